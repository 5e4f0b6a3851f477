// is_value: is this text exactly one JSON value (RFC 8259)?
//
// Used where a text is announced as JSON: what is none must be sent as it is, its variables "null". For lines see
// json/strict_reader.h, which is faster and falls back to this. Checks the grammar
// (numbers, literals, escapes, commas, colons, brackets), no UTF-8. Lone surrogates and doubled keys pass. Control
// bytes inside strings and NaN or Infinity do not. Nesting over kDepthMax does not. Iterative, no allocation. Pure;
// any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace dray::json {

// White space around the value is allowed.
bool is_value(std::string_view text);

// The same, and what a record wants to know, on one pass: the ':' of the members if the value is an object (offsets in
// text, ascending), and whether there is white space outside strings. Both mean nothing if the answer is false.
bool is_value(std::string_view text, std::vector<std::uint32_t>& colons, bool& blanks);

// For a message: where a text that is no value stops being one, no further back than the beginning of the token there;
// its size if only the end is missing.
struct Fault {
  std::size_t at = 0;
  bool too_deep = false;  // it may be JSON: `at` is the bracket that is one too many
};
// Nothing if it is a value.
std::optional<Fault> fault_of(std::string_view text);

// Bytes of the number, string or literal that the text begins with; 0 if it begins with none. Behind it anything may
// stand.
std::size_t scalar_size(std::string_view text);

}  // namespace dray::json
