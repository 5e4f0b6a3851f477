#include "base/clock.h"

#include <ctime>

namespace dray {
namespace {

Duration read(clockid_t id) {
  timespec t{};
  ::clock_gettime(id, &t);
  return std::chrono::seconds(t.tv_sec) + Duration(t.tv_nsec);
}

// Waiting for longer than this is a loop of such waits: it keeps time_point arithmetic far from overflow.
constexpr Duration kLongestWait = std::chrono::hours(1);

}  // namespace

TimePoint SystemClock::now() const {
  return {read(CLOCK_MONOTONIC)};
}

BootTime SystemClock::boot_now() const {
  return {read(CLOCK_BOOTTIME)};
}

WallTime SystemClock::wall_now() const {
  return {std::chrono::duration_cast<std::chrono::microseconds>(read(CLOCK_REALTIME)).count()};
}

void SystemClock::sleep_until(TimePoint when) {
  timespec t{};
  t.tv_sec = when.since_start / std::chrono::seconds(1);
  t.tv_nsec = (when.since_start % std::chrono::seconds(1)).count();
  while (::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, nullptr) != 0) {
  }
}

void SystemClock::wait(Signal& signal, std::unique_lock<std::mutex>& lock, TimePoint deadline) {
  const Duration left = deadline - now();
  if (left <= Duration::zero()) return;
  signal.condition.wait_for(lock, left < kLongestWait ? left : kLongestWait);
}

void SystemClock::wake(Signal& signal, bool all) {
  if (all) {
    signal.condition.notify_all();
  } else {
    signal.condition.notify_one();
  }
}

}  // namespace dray
