// Hex, base64, percent and UTF-8 encodings. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dray {

std::string hex(std::string_view bytes);  // lower case
std::string base64(std::string_view bytes);
std::optional<std::string> from_base64(std::string_view text);

// RFC 3986 as SigV4 wants it: every byte outside A-Za-z0-9-_.~ becomes %XX in upper case; '/' stays if keep_slash.
std::string percent_encode(std::string_view text, bool keep_slash);
// %XX once; a malformed escape keeps its literal text.
std::string percent_decode(std::string_view text);
// An S3 event's object key: '+' is a space, then %XX once (formats.md 2.1; AWS: "Event message structure").
std::string decode_event_key(std::string_view key);

// Appends a code point (up to U+10FFFF) as UTF-8. Surrogates are the caller's affair.
void append_utf8(std::uint32_t code, std::string& out);

}  // namespace dray
