// ManualClock: time that moves only when a test, or a sleeper, moves it. Sleeping is a leap. Single-threaded tests
// only.
#pragma once

#include <algorithm>

#include "base/clock.h"

namespace dray::aws {

class ManualClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return now_; }
  [[nodiscard]] BootTime boot_now() const override { return {now_.since_start}; }
  [[nodiscard]] WallTime wall_now() const override {
    return {kWallStartMicros + std::chrono::duration_cast<std::chrono::microseconds>(now_.since_start).count()};
  }
  void sleep_until(TimePoint when) override {
    slept_ += std::max(Duration{0}, when - now_);
    now_ = std::max(now_, when);
  }
  void advance(Duration by) { now_ = now_ + by; }
  // In all, by sleepers.
  [[nodiscard]] Duration slept() const { return slept_; }

  // 2026-01-02T03:04:05Z
  static constexpr std::int64_t kWallStartMicros = 1'767'323'045'000'000;

 private:
  void wait(Signal&, std::unique_lock<std::mutex>&, TimePoint deadline) override { sleep_until(deadline); }
  void wake(Signal&, bool) override {}

  TimePoint now_{seconds(1000)};
  Duration slept_{0};
};

}  // namespace dray::aws
