#include "local/cloud_text.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

#include "base/encoding.h"

namespace dray::local {
namespace {

struct Civil {
  std::chrono::year_month_day date;
  std::chrono::hh_mm_ss<std::chrono::microseconds> time;
  unsigned weekday;
};

Civil civil(WallTime when) {
  const std::chrono::sys_time<std::chrono::microseconds> instant{std::chrono::microseconds(when.micros)};
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  return {std::chrono::year_month_day(day), std::chrono::hh_mm_ss(instant - day),
          std::chrono::weekday(day).c_encoding()};
}

std::string date_and_time(const Civil& at) {
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", static_cast<int>(at.date.year()),
                     static_cast<unsigned>(at.date.month()), static_cast<unsigned>(at.date.day()),
                     at.time.hours().count(), at.time.minutes().count(), at.time.seconds().count());
}

bool alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

std::string iso_time(WallTime when) {
  const Civil at = civil(when);
  return fmt::format("{}.{:03}Z", date_and_time(at), at.time.subseconds().count() / 1000);
}

std::string iso_seconds(WallTime when) {
  return date_and_time(civil(when)) + "Z";
}

std::string http_date(WallTime when) {
  static constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Civil at = civil(when);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[at.weekday],
                     static_cast<unsigned>(at.date.day()), kMonths[static_cast<unsigned>(at.date.month()) - 1],
                     static_cast<int>(at.date.year()), at.time.hours().count(), at.time.minutes().count(),
                     at.time.seconds().count());
}

std::optional<WallTime> parse_amz_date(std::string_view text) {
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  std::array<int, 6> parts{};
  static constexpr std::array<std::pair<std::size_t, std::size_t>, 6> kPlaces{
      {{0, 4}, {4, 2}, {6, 2}, {9, 2}, {11, 2}, {13, 2}}};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (const char c : text.substr(kPlaces[i].first, kPlaces[i].second)) {
      if (c < '0' || c > '9') return std::nullopt;
      parts[i] = parts[i] * 10 + (c - '0');
    }
  }
  const std::chrono::year_month_day date{std::chrono::year(parts[0]),
                                         std::chrono::month(static_cast<unsigned>(parts[1])),
                                         std::chrono::day(static_cast<unsigned>(parts[2]))};
  if (!date.ok()) return std::nullopt;
  const auto instant = std::chrono::sys_days(date) + std::chrono::hours(parts[3]) + std::chrono::minutes(parts[4]) +
                       std::chrono::seconds(parts[5]);
  return WallTime{std::chrono::duration_cast<std::chrono::microseconds>(instant.time_since_epoch()).count()};
}

std::string xml_escape(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out.append("&amp;"); break;
      case '<': out.append("&lt;"); break;
      case '>': out.append("&gt;"); break;
      case '"': out.append("&quot;"); break;
      case '\r': out.append("&#xD;"); break;
      default: out.push_back(c);
    }
  }
  return out;
}

Fields parse_fields(std::string_view text, bool plus_is_space) {
  const auto decoded = [&](std::string_view part) {
    return plus_is_space ? decode_event_key(part) : percent_decode(part);
  };
  Fields fields;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string_view value = equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    fields[decoded(pair.substr(0, equals))] = decoded(value);
  }
  return fields;
}

std::string encode_event_key(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '*' || c == '/') {
      out.push_back(c);
    } else if (c == ' ') {
      out.push_back('+');
    } else {
      fmt::format_to(std::back_inserter(out), "%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

std::string IdSource::uuid() {
  const std::lock_guard lock(mutex_);
  const std::uint64_t a = random_.next();
  const std::uint64_t b = random_.next();
  return fmt::format("{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}", a >> 32U, (a >> 16U) & 0xffffU, a & 0xfffU,
                     0x8000U | ((b >> 48U) & 0x3fffU), b & 0xffffffffffffU);
}

std::string IdSource::upper_hex(std::size_t digits) {
  std::string out;
  const std::lock_guard lock(mutex_);
  while (out.size() < digits) fmt::format_to(std::back_inserter(out), "{:016X}", random_.next());
  out.resize(digits);
  return out;
}

std::uint64_t IdSource::number() {
  const std::lock_guard lock(mutex_);
  return random_.next();
}

}  // namespace dray::local
