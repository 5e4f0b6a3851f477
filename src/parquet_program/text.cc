#include "parquet_program/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "parquet_wire/frames.h"

namespace dray::parquet_program {
namespace {

constexpr std::size_t kFirstBytes = std::size_t{192} << 10U;
constexpr std::size_t kNumberBytesMax = 64;
// A string is escaped in blocks, so that the worst case (six bytes for one) is reserved for a block only.
constexpr std::size_t kBlockBytes = 4096;
constexpr std::size_t kEscapedBytesMax = 6;
constexpr std::string_view kHex = "0123456789abcdef";

// 0: as it is; 'u': \u00XX; else the letter behind the backslash.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table.at(c) = 'u';
  table['"'] = '"';
  table['\\'] = '\\';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  return table;
}();

constexpr std::uint64_t every_byte(std::uint8_t value) {
  return 0x0101010101010101U * value;
}

// Not zero if one of the eight bytes needs an escape: below 0x20, a quote or a backslash.
std::uint64_t needs_escape(std::uint64_t eight) {
  const std::uint64_t quote = eight ^ every_byte('"');
  const std::uint64_t backslash = eight ^ every_byte('\\');
  const std::uint64_t control = (eight - every_byte(0x20)) & ~eight;
  const std::uint64_t is_quote = (quote - every_byte(1)) & ~quote;
  const std::uint64_t is_backslash = (backslash - every_byte(1)) & ~backslash;
  return (control | is_quote | is_backslash) & every_byte(0x80);
}

std::size_t follow_bytes(unsigned char first) {
  if (first >= 0xC2 && first <= 0xDF) return 1;
  if (first >= 0xE0 && first <= 0xEF) return 2;
  if (first >= 0xF0 && first <= 0xF4) return 3;
  return 0;
}

// The second byte has a smaller range after some first bytes: overlong forms, surrogates, over U+10FFFF.
bool is_second(unsigned char first, unsigned char second) {
  switch (first) {
    case 0xE0: return second >= 0xA0 && second <= 0xBF;
    case 0xED: return second >= 0x80 && second <= 0x9F;
    case 0xF0: return second >= 0x90 && second <= 0xBF;
    case 0xF4: return second >= 0x80 && second <= 0x8F;
    default: return second >= 0x80 && second <= 0xBF;
  }
}

}  // namespace

void Text::begin_row() {
  row_start_ = size_;
  room(parquet_wire::kRowHeadBytes);
  size_ += parquet_wire::kRowHeadBytes;
}

void Text::end_row() {
  const std::size_t length = size_ - row_start_ - parquet_wire::kRowHeadBytes;
  if (length > row_bytes_max_) throw LongRow{};
  parquet_wire::put_u32(bytes_.data() + row_start_, static_cast<std::uint32_t>(length));
  row_start_ = size_;
}

std::string_view Text::rows() {
  size_ = row_start_;
  return {bytes_.data(), size_};
}

void Text::grow(std::size_t count) {
  if (size_ - row_start_ > row_bytes_max_ + parquet_wire::kRowHeadBytes) throw LongRow{};
  bytes_.resize(std::max({kFirstBytes, bytes_.size() + bytes_.size() / 2, size_ + count}));
}

template <class Number>
void Text::put_number(Number value) {
  char* place = room(kNumberBytesMax);
  size_ += static_cast<std::size_t>(std::to_chars(place, place + kNumberBytesMax, value).ptr - place);
}

void Text::put_integer(std::int64_t value) {
  put_number(value);
}

void Text::put_unsigned(std::uint64_t value) {
  put_number(value);
}

template <class Float>
void Text::put_float_digits(Float value) {
  if (std::isnan(value)) return put(R"("NaN")");
  if (std::isinf(value)) return put(value > 0 ? R"("Infinity")" : R"("-Infinity")");
  constexpr auto kPlainFrom = static_cast<Float>(1e-4);
  constexpr auto kPlainBelow = static_cast<Float>(1e16);
  const Float size = std::abs(value);
  const bool plain = size == 0 || (size >= kPlainFrom && size < kPlainBelow);
  char* const place = room(kNumberBytesMax);
  const auto form = plain ? std::chars_format::fixed : std::chars_format::scientific;
  char* end = std::to_chars(place, place + kNumberBytesMax, value, form).ptr;
  if (plain && std::memchr(place, '.', static_cast<std::size_t>(end - place)) == nullptr) {
    *end++ = '.';
    *end++ = '0';
  }
  size_ += static_cast<std::size_t>(end - place);
}

void Text::put_double(double value) {
  put_float_digits(value);
}

void Text::put_float(float value) {
  put_float_digits(value);
}

void Text::put_escaped(std::string_view block) {
  char* to = room(block.size() * kEscapedBytesMax + sizeof(std::uint64_t));
  char* const first = to;
  const char* from = block.data();
  const char* const end = from + block.size();
  while (from != end) {
    while (end - from >= std::ptrdiff_t{sizeof(std::uint64_t)}) {
      std::uint64_t eight = 0;
      std::memcpy(&eight, from, sizeof eight);
      if (needs_escape(eight) != 0) break;
      std::memcpy(to, &eight, sizeof eight);
      from += sizeof eight;
      to += sizeof eight;
    }
    for (std::size_t i = 0; i < sizeof(std::uint64_t) && from != end; ++i, ++from) {
      const char escape = kEscapes.at(static_cast<unsigned char>(*from));
      if (escape == 0) [[likely]] {
        *to++ = *from;
        continue;
      }
      *to++ = '\\';
      *to++ = escape;
      if (escape == 'u') {
        const auto code = static_cast<unsigned char>(*from);
        *to++ = '0';
        *to++ = '0';
        *to++ = kHex[code >> 4U];
        *to++ = kHex[code & 15U];
      }
    }
  }
  size_ += static_cast<std::size_t>(to - first);
}

void Text::put_string(std::string_view bytes) {
  put('"');
  for (; bytes.size() > kBlockBytes; bytes.remove_prefix(kBlockBytes)) put_escaped(bytes.substr(0, kBlockBytes));
  put_escaped(bytes);
  put('"');
}

void Text::put_bytes(std::string_view bytes) {
  is_utf8(bytes) ? put_string(bytes) : put_base64(bytes);
}

void Text::put_base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  put('"');
  for (; !bytes.empty(); bytes.remove_prefix(std::min<std::size_t>(3, bytes.size()))) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8U | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
    }
    char* to = room(4);
    to[0] = kDigits[group >> 18U];
    to[1] = kDigits[group >> 12U & 63U];
    to[2] = bytes.size() > 1 ? kDigits[group >> 6U & 63U] : '=';
    to[3] = bytes.size() > 2 ? kDigits[group & 63U] : '=';
    size_ += 4;
  }
  put('"');
}

void Text::put_uuid(std::string_view sixteen) {
  put('"');
  for (std::size_t i = 0; i < sixteen.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) put('-');
    const auto byte = static_cast<unsigned char>(sixteen[i]);
    put(kHex[byte >> 4U]);
    put(kHex[byte & 15U]);
  }
  put('"');
}

void Text::put_scaled(std::string_view digits, int scale) {
  if (digits.starts_with('-')) {
    put('-');
    digits.remove_prefix(1);
  }
  if (scale <= 0) {
    put(digits);
    if (digits != "0") {
      for (; scale < 0; ++scale) put('0');
    }
    return;
  }
  const auto places = static_cast<std::size_t>(scale);
  if (digits.size() > places) {
    put(digits.substr(0, digits.size() - places));
    put('.');
    put(digits.substr(digits.size() - places));
    return;
  }
  put("0.");
  for (std::size_t zeros = digits.size(); zeros < places; ++zeros) put('0');
  put(digits);
}

bool is_utf8(std::string_view bytes) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  std::size_t i = 0;
  while (i < bytes.size()) {
    if (at(i) < 0x80) {
      ++i;
      continue;
    }
    const std::size_t follow = follow_bytes(at(i));
    if (follow == 0 || bytes.size() - i <= follow || !is_second(at(i), at(i + 1))) return false;
    for (std::size_t k = 2; k <= follow; ++k) {
      if ((at(i + k) & 0xC0U) != 0x80) return false;
    }
    i += follow + 1;
  }
  return true;
}

}  // namespace dray::parquet_program
