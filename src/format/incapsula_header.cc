#include "format/incapsula_header.h"

#include <algorithm>
#include <iterator>

namespace dray::format {
namespace {

constexpr std::string_view kSeparator = "|==|";
constexpr std::string_view kNames[] = {"accountid", "configid", "checksum",    "format",
                                       "starttime", "endtime",  "publickeyid", "key"};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte; });
  return out;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

std::string name_of(std::string_view line) {
  return lower(trimmed(line.substr(0, line.find(':'))));
}

std::string value_of(std::string_view line) {
  const std::size_t colon = line.find(':');
  return std::string(colon == std::string_view::npos ? std::string_view() : trimmed(line.substr(colon + 1)));
}

void take(std::string_view line, IncapsulaHeader& header) {
  const std::string name = name_of(line);
  if (name == "format") header.format = lower(value_of(line));
  if (name == "checksum") header.checksum = lower(value_of(line));
  if (name == "key") header.key = value_of(line);
  if (name == "publickeyid") header.public_key_id = value_of(line);
}

}  // namespace

HeaderEnd parse_incapsula_header(std::string_view bytes, bool whole, IncapsulaHeader& header, std::size_t& content_at) {
  header = {};
  for (std::size_t at = 0;;) {
    const std::size_t line_feed = bytes.find('\n', at);
    if (line_feed == std::string_view::npos) {
      return whole ? HeaderEnd::absent : HeaderEnd::more;
    }
    const std::string_view line = bytes.substr(at, line_feed - at);
    // A CEF line has a colon too, so the first name must be one that we know.
    if (at == 0 && (line.find(':') == std::string_view::npos ||
                    std::find(std::begin(kNames), std::end(kNames), name_of(line)) == std::end(kNames))) {
      return HeaderEnd::absent;
    }
    at = line_feed + 1;
    if (trimmed(line) == kSeparator) {
      content_at = at;
      return HeaderEnd::found;
    }
    take(line, header);
  }
}

}  // namespace dray::format
