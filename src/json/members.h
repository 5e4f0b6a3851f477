// Members: looking up single members of a JSON record without parsing the rest of it.
//
// Used by the splitters (which collect the colons while they look for the record's end) and by route (tags, filters).
// A lookup touches only what lies between the record's start and the member. Keys may hold escapes; of a doubled key
// the last counts. Text that is not JSON is never an error here: a lookup in it finds nothing, or what stands there.
// Views point into the record. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dray::json {

// Replaces colons by the offsets of the ':' of the top-level members of an object, ascending. False (and no colons) if
// the text is not one container whose brackets and strings balance, white space around it allowed. An array has no
// colons.
bool scan_members(std::string_view object, std::vector<std::uint32_t>& colons);

// The value, as written, of the last top-level member of that (decoded) key.
std::optional<std::string_view> find_member(std::string_view object, std::span<const std::uint32_t> colons,
                                            std::string_view key);

// The value behind the colon of a member, as written; empty if there is none or it does not end.
std::string_view value_behind(std::string_view object, std::uint32_t colon);

// The value at a path from the outside in. In an array a path element is an index, negative from the end. An empty path
// is the whole record. `members` as Record has them; if empty they are collected here.
std::optional<std::string_view> find_path(std::string_view record, std::span<const std::uint32_t> members,
                                          std::span<const std::string> path);

// The decoded text of a string, a number or boolean as written; nothing for null, objects, arrays and what is no JSON.
// Lone surrogates become U+FFFD, unknown escapes stay as they are, bytes that are not UTF-8 pass unchanged.
std::optional<std::string> string_value(std::string_view raw);

// The same, replacing out; false where string_value gives nothing. For callers that keep a buffer.
bool string_value(std::string_view raw, std::string& out);

// Decodes what stands between the quotes of a JSON string.
void unescape(std::string_view inside, std::string& out);

}  // namespace dray::json
