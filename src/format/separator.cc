#include "format/separator.h"

#include <charconv>

namespace dray::format {
namespace {

constexpr std::string_view kNames = "nrtvf0\\";
constexpr std::string_view kBytes("\n\r\t\v\f\0\\", 7);

// Takes one escape off the text and appends its byte; false if there is none.
bool take_escape(std::string_view& text, std::string& out) {
  if (text.size() < 2 || text[0] != '\\') {
    return false;
  }
  if (const std::size_t name = kNames.find(text[1]); name != std::string_view::npos) {
    out += kBytes[name];
    text.remove_prefix(2);
    return true;
  }
  if (text[1] != 'x' || text.size() < 4) {
    return false;
  }
  unsigned value = 0;
  const char* const end = text.data() + 4;
  if (const auto [stop, fault] = std::from_chars(text.data() + 2, end, value, 16);
      fault != std::errc() || stop != end) {
    return false;
  }
  out += static_cast<char>(value);
  text.remove_prefix(4);
  return true;
}

}  // namespace

std::string parse_separator(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    if (!take_escape(text, out)) {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace dray::format
