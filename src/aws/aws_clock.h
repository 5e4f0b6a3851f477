// AwsClock: the wall time as AWS sees it: ours plus the correction learned from an answer's Date header.
//
// Signatures are refused when more than 5 minutes off (15 for S3), so one wrong machine clock would stop everything;
// the SDKs correct it the same way. Shared by all clients of one session; thread-safe.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"

namespace dray::aws {

class AwsClock {
 public:
  // Smaller differences are network delay and rounding.
  static constexpr seconds kToleratedSkew{240};

  explicit AwsClock(Clock& clock) : clock_(clock) {}

  [[nodiscard]] WallTime now() const {
    return {clock_.wall_now().micros + offset_micros_.load(std::memory_order_relaxed)};
  }

  // Takes the server's time over if ours is off by more than the tolerance; true if it was.
  bool learn(WallTime server) {
    const std::int64_t off = server.micros - now().micros;
    const std::int64_t tolerated = std::chrono::microseconds(kToleratedSkew).count();
    if (off <= tolerated && off >= -tolerated) return false;
    offset_micros_.store(server.micros - clock_.wall_now().micros, std::memory_order_relaxed);
    return true;
  }

 private:
  Clock& clock_;
  std::atomic<std::int64_t> offset_micros_{0};
};

}  // namespace dray::aws
