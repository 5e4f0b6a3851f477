#include "parquet_program/moments.h"

#include <array>

namespace dray::parquet_program {
namespace {

constexpr std::int64_t kDaySeconds = 86'400;

struct Floor {
  std::int64_t quotient;
  std::int64_t rest;  // never negative
};

Floor divide(std::int64_t value, std::int64_t by) {
  Floor floor{value / by, value % by};
  if (floor.rest < 0) {
    floor.rest += by;
    --floor.quotient;
  }
  return floor;
}

char* digits(char* to, std::uint64_t value, int count) {
  for (int i = count - 1; i >= 0; --i) {
    to[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
  return to + count;
}

// From days to year, month and day over 400-year eras that begin on 1 March 0000 (H. Hinnant, "chrono-Compatible
// Low-Level Date Algorithms").
char* date(char* to, std::int64_t days) {
  const auto [era, day_of_era] = divide(days + 719'468, 146'097);
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const std::int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  const std::uint64_t size = year < 0 ? 0 - static_cast<std::uint64_t>(year) : static_cast<std::uint64_t>(year);
  int width = 4;
  if (year < 0 || year > 9'999) {
    *to++ = year < 0 ? '-' : '+';
    for (std::uint64_t above = size / 10'000; above > 0; above /= 10) ++width;
  }
  to = digits(to, size, width);
  *to++ = '-';
  to = digits(to, static_cast<std::uint64_t>(month), 2);
  *to++ = '-';
  return digits(to, static_cast<std::uint64_t>(day), 2);
}

char* time_of_day(char* to, std::int64_t second_of_day, std::int64_t fraction, Tick tick) {
  const auto second = static_cast<std::uint64_t>(second_of_day);
  to = digits(to, second / 3'600, 2);
  *to++ = ':';
  to = digits(to, second / 60 % 60, 2);
  *to++ = ':';
  to = digits(to, second % 60, 2);
  if (tick.digits > 0) {
    *to++ = '.';
    to = digits(to, static_cast<std::uint64_t>(fraction), tick.digits);
  }
  return to;
}

using Line = std::array<char, 64>;

void put_line(Text& text, Line& line, char* end) {
  *end++ = '"';
  text.put(std::string_view(line.data(), static_cast<std::size_t>(end - line.data())));
}

}  // namespace

void put_date(Text& text, std::int64_t days) {
  Line line{'"'};
  put_line(text, line, date(line.data() + 1, days));
}

void put_time(Text& text, std::int64_t ticks, Tick tick) {
  // Outside the day it is no time of day, and no text of one says what it was.
  if (ticks < 0 || ticks / tick.per_second >= kDaySeconds) return text.put_integer(ticks);
  Line line{'"'};
  const auto [seconds, fraction] = divide(ticks, tick.per_second);
  put_line(text, line, time_of_day(line.data() + 1, seconds, fraction, tick));
}

void put_timestamp(Text& text, std::int64_t ticks, Tick tick, bool is_utc) {
  Line line{'"'};
  const auto [seconds, fraction] = divide(ticks, tick.per_second);
  const auto [days, second_of_day] = divide(seconds, kDaySeconds);
  char* to = date(line.data() + 1, days);
  *to++ = 'T';
  to = time_of_day(to, second_of_day, fraction, tick);
  if (is_utc) *to++ = 'Z';
  put_line(text, line, to);
}

}  // namespace dray::parquet_program
