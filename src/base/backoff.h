// Backoff: how long to wait before the next try: exponential, capped, with full jitter.
//
// Used wherever something is tried again: connections, AWS calls, releases. The n-th wait is uniform between
// `least` and min(cap, first * 2^n), so that many clients of one broken server do not come back in step (AWS
// Architecture Blog, "Exponential Backoff And Jitter": full jitter). It only says how long; waiting is the
// caller's, through its Clock. A value with its own generator; one owner.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/random.h"

namespace dray {

class Backoff {
 public:
  // 0 <= least <= first <= cap, first > 0.
  struct Limits {
    Duration first = milliseconds(50);
    Duration cap = seconds(20);
    Duration least{0};
  };

  Backoff(Limits limits, std::uint64_t seed);

  // The wait before the next try; each call doubles the bound of the following one.
  Duration next();
  // After a success: the next wait is a first one again.
  void reset() { tries_ = 0; }
  // Calls of next() since the last reset.
  [[nodiscard]] int tries() const { return tries_; }

  // The bound that try number `tries` (from 0) is drawn below.
  [[nodiscard]] Duration bound(int tries) const;

 private:
  Limits limits_;
  Random random_;
  int tries_ = 0;
};

}  // namespace dray
