// Kinds of bytes in JSON, and how a message shows them. Used by the JSON formats. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace dray::format {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

inline bool is_space(char byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

// Bytes of numbers and literals; what they spell is checked when the word is whole.
inline bool is_word(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '-' ||
         byte == '+' || byte == '.';
}

inline std::string shown(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  return code > 0x20U && code < 0x7FU ? fmt::format("'{}'", byte) : fmt::format("byte {:#04x}", code);
}

inline std::string_view kind_of(char first) {
  switch (first) {
    case '{': return "an object";
    case '[': return "an array";
    case '"': return "a string";
    default: return "a number, a literal or plain text";
  }
}

}  // namespace dray::format
