#include "json/compact.h"

#include <utility>

#include "json/kernel.h"

namespace dray::json {
namespace {

constexpr std::size_t kSlack = 64;

// After compaction a line feed can only stand inside a string.
void escape_line_feeds(std::string& text) {
  if (text.find('\n') == std::string::npos) {
    return;
  }
  std::string escaped;
  escaped.reserve(text.size() + kSlack);
  for (const char byte : text) {
    if (byte == '\n') {
      escaped += "\\n";
    } else {
      escaped += byte;
    }
  }
  text = std::move(escaped);
}

}  // namespace

void compact(std::string_view value, std::string& out) {
  out.resize(value.size() + kSlack);
  out.resize(best_kernel().compact(value.data(), value.size(), out.data()));
  escape_line_feeds(out);
}

}  // namespace dray::json
