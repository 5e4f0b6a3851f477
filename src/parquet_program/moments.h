// Moments: days and ticks since 1970 as ISO 8601 text. Proleptic Gregorian calendar, as parquet has it.
//
// A year of 0 to 9999 has four digits; any other a sign and at least four, the expanded form of ISO 8601. Pure.
#pragma once

#include <cstdint>

#include "parquet_program/text.h"

namespace dray::parquet_program {

// How many ticks make a second, and how many digits its fraction has.
struct Tick {
  std::int64_t per_second = 1;
  int digits = 0;
};
inline constexpr Tick kSeconds{1, 0};
inline constexpr Tick kMillis{1'000, 3};
inline constexpr Tick kMicros{1'000'000, 6};
inline constexpr Tick kNanos{1'000'000'000, 9};

void put_date(Text& text, std::int64_t days);                                // "2024-03-05"
void put_time(Text& text, std::int64_t ticks, Tick tick);                    // "09:10:11.123"; else the number
void put_timestamp(Text& text, std::int64_t ticks, Tick tick, bool is_utc);  // "2024-03-05T09:10:11.123Z"

}  // namespace dray::parquet_program
