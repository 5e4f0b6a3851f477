// Clock: the only place time comes from, and Signal: the only way a thread waits for another.
//
// Everything that waits does so through a Signal or Clock::sleep_until, so that the deterministic simulation
// (tests/sim) can run the real threads' code as fibers of one thread under a simulated clock.
// Rules for callers: a Signal is waited on with its lock held and in a loop over a predicate (spurious wake-ups
// happen); no other lock is held while waiting; no lock is held across sleep_until or a call that may block.
// Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace dray {

using Duration = std::chrono::nanoseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Monotonic time: timers, deadlines, epochs. Stops while the machine is suspended.
struct TimePoint {
  Duration since_start{0};
  auto operator<=>(const TimePoint&) const = default;
  TimePoint operator+(Duration d) const { return {since_start + d}; }
  TimePoint operator-(Duration d) const { return {since_start - d}; }
  Duration operator-(TimePoint other) const { return since_start - other.since_start; }
  static constexpr TimePoint never() { return {Duration::max()}; }
};

// Boot time (CLOCK_BOOTTIME): leases of SQS messages, because a suspended machine's leases go on running.
struct BootTime {
  Duration since_boot{0};
  auto operator<=>(const BootTime&) const = default;
  BootTime operator+(Duration d) const { return {since_boot + d}; }
  Duration operator-(BootTime other) const { return since_boot - other.since_boot; }
};

// Wall time in microseconds since 1970 UTC: signatures, event headers and log lines only, never a timer.
struct WallTime {
  std::int64_t micros = 0;
  auto operator<=>(const WallTime&) const = default;
};

class Signal;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual TimePoint now() const = 0;
  [[nodiscard]] virtual BootTime boot_now() const = 0;
  [[nodiscard]] virtual WallTime wall_now() const = 0;
  virtual void sleep_until(TimePoint when) = 0;

 private:
  friend class Signal;
  virtual void wait(Signal& signal, std::unique_lock<std::mutex>& lock, TimePoint deadline) = 0;
  virtual void wake(Signal& signal, bool all) = 0;
};

// A condition variable whose waiting is the Clock's business.
class Signal {
 public:
  explicit Signal(Clock& clock) : clock_(clock) {}
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  // Returns after notify_all(), at the deadline, or spuriously.
  void wait_until(std::unique_lock<std::mutex>& lock, TimePoint deadline) { clock_.wait(*this, lock, deadline); }
  void notify_all() { clock_.wake(*this, true); }
  // Wakes at least one waiter; only where any one of them can do what there is to do.
  void notify_one() { clock_.wake(*this, false); }

  // For the real clock only.
  std::condition_variable condition;

 private:
  Clock& clock_;
};

// The machine's own clocks; one for the process, made in main() or in a test.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override;
  [[nodiscard]] BootTime boot_now() const override;
  [[nodiscard]] WallTime wall_now() const override;
  void sleep_until(TimePoint when) override;

 private:
  void wait(Signal& signal, std::unique_lock<std::mutex>& lock, TimePoint deadline) override;
  void wake(Signal& signal, bool all) override;
};

}  // namespace dray
