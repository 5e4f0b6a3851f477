#include "aws/error_body.h"

#include <charconv>
#include <cstdint>

#include "base/json.h"

namespace dray::aws {
namespace {

constexpr std::size_t kTextMax = 2048;  // of a message that goes into our own error text

// UTF-8 of one code point; nothing for those that are none.
void append_code_point(std::uint32_t point, std::string& out) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (point == 0 || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return;
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | point >> 6U);
    put(0x80U | (point & 63U));
  } else if (point < 0x10000) {
    put(0xE0U | point >> 12U);
    put(0x80U | (point >> 6U & 63U));
    put(0x80U | (point & 63U));
  } else {
    put(0xF0U | point >> 18U);
    put(0x80U | (point >> 12U & 63U));
    put(0x80U | (point >> 6U & 63U));
    put(0x80U | (point & 63U));
  }
}

// The text between '&' and ';'. False: not an entity.
bool append_entity(std::string_view name, std::string& out) {
  if (name == "lt") return out.push_back('<'), true;
  if (name == "gt") return out.push_back('>'), true;
  if (name == "amp") return out.push_back('&'), true;
  if (name == "quot") return out.push_back('"'), true;
  if (name == "apos") return out.push_back('\''), true;
  if (name.size() < 2 || name[0] != '#') return false;
  const bool is_hex = name[1] == 'x';
  const std::string_view digits = name.substr(is_hex ? 2 : 1);
  std::uint32_t point = 0;
  const auto [rest, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), point, is_hex ? 16 : 10);
  if (fault != std::errc() || rest != digits.data() + digits.size()) return false;
  append_code_point(point, out);
  return true;
}

std::string unescape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t end = text[i] == '&' ? text.substr(i, 12).find(';') : std::string_view::npos;
    if (end == std::string_view::npos || !append_entity(text.substr(i + 1, end - 1), out)) {
      out.push_back(text[i]);
    } else {
      i += end;
    }
  }
  return out;
}

// Fit for one log line: bounded, without control characters.
std::string one_line(std::string_view text) {
  std::string out(text.substr(0, kTextMax));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return out;
}

}  // namespace

std::string xml_text(std::string_view xml, std::string_view element) {
  const std::string open = std::string("<").append(element).append(">");
  const std::size_t begin = xml.find(open);
  if (begin == std::string_view::npos) return "";
  const std::string_view rest = xml.substr(begin + open.size());
  const std::size_t end = rest.find(std::string("</").append(element).append(">"));
  return end == std::string_view::npos ? "" : unescape(rest.substr(0, end));
}

ErrorBody parse_xml_error(std::string_view body) {
  ErrorBody error;
  error.code = one_line(xml_text(body, "Code"));
  error.message = one_line(xml_text(body, "Message"));
  error.request_id = one_line(xml_text(body, "RequestId"));
  error.region = one_line(xml_text(body, "Region"));
  return error;
}

ErrorBody parse_json_error(std::string_view body, std::string_view query_error) {
  ErrorBody error;
  if (const Result<Json> json = Json::parse(body); json.ok()) {
    std::string_view type = json->text("__type");
    if (const std::size_t hash = type.rfind('#'); hash != std::string_view::npos) type.remove_prefix(hash + 1);
    error.code = one_line(type.substr(0, type.find(':')));
    const std::string_view lower = json->text("message");
    error.message = one_line(lower.empty() ? json->text("Message") : lower);
  }
  const std::string_view legacy = query_error.substr(0, query_error.find(';'));
  if (!legacy.empty()) error.code = one_line(legacy);
  return error;
}

}  // namespace dray::aws
