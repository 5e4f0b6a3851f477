// Patience: how long the reading of an object may go on without getting forward, and the waits between its attempts.
// Fetcher and RangeReader have one each per call. One thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/backoff.h"
#include "base/clock.h"
#include "base/stop.h"

namespace dray::object {

class Patience {
 public:
  Patience(Clock& clock, const std::string& key);

  // Enough new bytes renew it.
  void progress(std::uint64_t received);
  [[nodiscard]] bool exhausted() const;
  // Before the next attempt; a stop ends it.
  void wait(const Stop& stop);

 private:
  Clock& clock_;
  Backoff backoff_;
  TimePoint renewed_;
  std::uint64_t mark_ = 0;
};

}  // namespace dray::object
