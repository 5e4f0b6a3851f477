#include "app/json_line.h"

#include <cstddef>
#include <cstdint>

#include "base/encoding.h"

namespace dray::app {
namespace {

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

// The length of the sequence that begins with `lead`, and the range of its second byte (RFC 3629, section 4).
struct Sequence {
  std::size_t length = 0;  // 0: no sequence begins so
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
};

Sequence sequence_of(std::uint8_t lead) {
  if (lead >= 0xC2 && lead <= 0xDF) return {2};
  if (lead == 0xE0) return {3, 0xA0, 0xBF};
  if (lead == 0xED) return {3, 0x80, 0x9F};
  if (lead >= 0xE1 && lead <= 0xEF) return {3};
  if (lead == 0xF0) return {4, 0x90, 0xBF};
  if (lead == 0xF4) return {4, 0x80, 0x8F};
  if (lead >= 0xF1 && lead <= 0xF3) return {4};
  return {};
}

void append_escaped(std::string_view text, std::string& out) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::uint8_t byte = byte_at(text, i);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out += text.substr(begin, i - begin);
    begin = i + 1;
    switch (byte) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      case '\n': out += "\\n"; break;
      default:
        out += "\\u00";
        out += digits[byte >> 4U];
        out += digits[byte & 0xFU];
    }
  }
  out += text.substr(begin);
}

}  // namespace

bool is_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::uint8_t lead = byte_at(text, at);
    if (lead < 0x80) {
      ++at;
      continue;
    }
    const Sequence sequence = sequence_of(lead);
    if (sequence.length == 0 || text.size() - at < sequence.length) return false;
    if (byte_at(text, at + 1) < sequence.low || byte_at(text, at + 1) > sequence.high) return false;
    for (std::size_t i = 2; i < sequence.length; ++i) {
      if ((byte_at(text, at + i) & 0xC0U) != 0x80) return false;
    }
    at += sequence.length;
  }
  return true;
}

void append_json_line(std::string_view tag, std::string_view event, std::string& out) {
  out += R"({"tag":")";
  append_escaped(tag, out);
  if (is_utf8(event)) {
    out += R"(","event":")";
    append_escaped(event, out);
  } else {
    out += R"(","event_base64":")";
    out += base64(event);
  }
  out += R"("})";
}

}  // namespace dray::app
