// Canary: the ends that nobody asked for, on any connection of an output (delivery.md rule 2).
//
// A TLS terminator turns a killed backend into a clean end of the connection that we were ending, but its idle
// siblings end at the same moment. So an epoch that ended well is believed only if no sibling ended unasked within the
// settling time before or after. Limits: blind when siblings reach different backends. One owner; no thread of its
// own.
#pragma once

#include <deque>

#include "base/clock.h"

namespace dray::output {

// Q of delivery.md.
inline constexpr Duration kSettleMin = milliseconds(250);
[[nodiscard]] inline Duration settling_time(Duration round_trip) {
  return round_trip * 4 > kSettleMin ? round_trip * 4 : kSettleMin;
}

class Canary {
 public:
  void died(TimePoint at);
  // Did a sibling end unasked within `settling` of that end?
  [[nodiscard]] bool tripped(TimePoint ended_at, Duration settling) const;

 private:
  static constexpr std::size_t kRemembered = 256;  // newest ends; far more than a settling time can hold (A10)
  std::deque<TimePoint> deaths_;
};

}  // namespace dray::output
