#include "json/write.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace dray::json {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kHighs = 0x8080808080808080U;

constexpr std::uint64_t zero_bytes(std::uint64_t word) {
  return (word - kOnes) & ~word & kHighs;
}

// The high bit of bytes that need an escape. A borrow may set bits above the first one, never below it.
constexpr std::uint64_t special_bytes(std::uint64_t word) {
  const std::uint64_t control = (word - kOnes * 0x20U) & ~word & kHighs;
  return control | zero_bytes(word ^ (kOnes * '"')) | zero_bytes(word ^ (kOnes * '\\'));
}

bool is_special(char byte) {
  return static_cast<unsigned char>(byte) < 0x20U || byte == '"' || byte == '\\';
}

// How many bytes at the start need no escape.
std::size_t clean_prefix(std::string_view text) {
  std::size_t at = 0;
  static_assert(std::endian::native == std::endian::little, "the first byte is looked for in the lowest bits");
  for (; text.size() - at >= sizeof(std::uint64_t); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    if (const std::uint64_t special = special_bytes(word); special != 0) {
      return at + static_cast<std::size_t>(std::countr_zero(special)) / 8U;
    }
  }
  while (at < text.size() && !is_special(text[at])) {
    ++at;
  }
  return at;
}

void append_escape(char byte, std::string& out) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  switch (byte) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\b': out += "\\b"; return;
    case '\f': out += "\\f"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  const auto value = static_cast<unsigned char>(byte);
  out += "\\u00";
  out += kHex[value >> 4U];
  out += kHex[value & 0xFU];
}

}  // namespace

void append_escaped(std::string_view text, std::string& out) {
  for (;;) {
    const std::size_t clean = clean_prefix(text);
    out.append(text.substr(0, clean));
    if (clean == text.size()) {
      return;
    }
    append_escape(text[clean], out);
    text.remove_prefix(clean + 1);
  }
}

}  // namespace dray::json
