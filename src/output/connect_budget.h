// ConnectBudget: at most 10 new connections a second to one receiver, 20 at once (delivery.md rule 12, A10).
// One owner; no thread of its own.
#pragma once

#include "base/clock.h"

namespace dray::output {

class ConnectBudget {
 public:
  static constexpr double kPerSecond = 10.0;
  static constexpr double kBurst = 20.0;

  // Takes one connection's worth if there is one.
  [[nodiscard]] bool take(TimePoint now);
  // When the next one will be there, as of the last take().
  [[nodiscard]] TimePoint next() const;

 private:
  double left_ = kBurst;
  TimePoint counted_at_;
};

}  // namespace dray::output
