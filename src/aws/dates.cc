#include "aws/dates.h"

#include <array>
#include <string>

#include "aws/sigv4.h"

namespace dray::aws {
namespace {

constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// Both forms are brought into the signing form, whose parser checks digits and ranges.
std::optional<WallTime> from_parts(std::string_view date, std::string_view time) {
  return parse_signing_timestamp(std::string(date).append("T").append(time).append("Z"));
}

}  // namespace

std::optional<WallTime> parse_http_date(std::string_view text) {
  if (text.size() != 29 || text.substr(25) != " GMT" || text.substr(3, 2) != ", ") return std::nullopt;
  for (std::size_t month = 0; month < kMonths.size(); ++month) {
    if (text.substr(8, 3) != kMonths[month]) continue;
    std::string date(text.substr(12, 4));
    date.push_back(static_cast<char>('0' + (month + 1) / 10));
    date.push_back(static_cast<char>('0' + (month + 1) % 10));
    date.append(text.substr(5, 2));
    return from_parts(date, std::string(text.substr(17, 2)).append(text.substr(20, 2)).append(text.substr(23, 2)));
  }
  return std::nullopt;
}

std::optional<WallTime> parse_iso_date(std::string_view text) {
  if (text.size() < 20 || text.back() != 'Z' || text[4] != '-' || text[7] != '-' || text[10] != 'T')
    return std::nullopt;
  if (text.size() > 20 && text[19] != '.') return std::nullopt;
  return from_parts(std::string(text.substr(0, 4)).append(text.substr(5, 2)).append(text.substr(8, 2)),
                    std::string(text.substr(11, 2)).append(text.substr(14, 2)).append(text.substr(17, 2)));
}

}  // namespace dray::aws
