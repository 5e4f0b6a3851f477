// Fibers: the program's own threads, run one at a time in an order that a seed chooses, under a clock that only moves
// when nobody can.
//
// Implements the two seams of base/: Clock (time and waiting) and Threads (starting). The product's code runs
// unchanged: a "thread" is a fiber with a stack of its own, and control passes to another one only where the code
// waits. Time is simulated, so hours pass in milliseconds and the same seed gives the same run, byte for byte.
//
// One process under simulation can be killed: crash() drops all fibers of the current group where they stand, without
// unwinding, as SIGKILL would. One OS thread; not thread-safe.
#pragma once

#include <ucontext.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/threads.h"

namespace dray::sim {

class Fibers final : public Clock, public Threads {
 public:
  explicit Fibers(std::uint64_t seed);
  ~Fibers() override;

  // Clock
  [[nodiscard]] TimePoint now() const override { return {now_}; }
  [[nodiscard]] BootTime boot_now() const override { return {now_ + suspended_}; }
  [[nodiscard]] WallTime wall_now() const override;
  void sleep_until(TimePoint when) override;

  // Threads. A fiber belongs to the group that was current when it was spawned.
  [[nodiscard]] std::unique_ptr<Thread> spawn(std::string name, std::function<void()> body) override;

  // Runs fibers until `done` holds or the limit of simulated time is reached. False: the limit, or a deadlock.
  [[nodiscard]] bool run_until(const std::function<bool()>& done, TimePoint limit);

  // Fibers spawned from now on belong to this group; crash() kills a group.
  void set_group(int group) { group_ = group; }
  void crash(int group);
  // The machine sleeps: boot time goes on, monotonic time does not.
  void suspend(Duration length) { suspended_ += length; }

  // From within a fiber: let others run.
  void yield();
  [[nodiscard]] bool in_fiber() const { return current_ != nullptr; }
  // What every fiber waits for, for the report of a deadlock.
  [[nodiscard]] std::string describe() const;
  [[nodiscard]] std::uint64_t switches() const { return switches_; }

 private:
  struct Fiber {
    std::string name;
    std::function<void()> body;
    std::unique_ptr<char[]> stack;
    ucontext_t context{};
    int group = 0;
    bool done = false;
    bool runnable = true;
    const Signal* waits_on = nullptr;
    Duration wakes_at = Duration::max();
    void* fake_stack = nullptr;
  };
  class Joinable;

  void wait(Signal& signal, std::unique_lock<std::mutex>& lock, TimePoint deadline) override;
  void wake(Signal& signal, bool all) override;
  void join(Fiber& fiber);
  void switch_to(Fiber& fiber);
  void switch_back();
  bool advance_time(Duration limit);
  static void enter(unsigned high, unsigned low);

  static constexpr std::size_t kStackBytes = std::size_t{512} * 1024;

  Random random_;
  Duration now_{std::chrono::hours(1)};
  Duration suspended_{0};
  std::vector<std::shared_ptr<Fiber>> fibers_;
  Fiber* current_ = nullptr;
  ucontext_t scheduler_{};
  void* scheduler_fake_stack_ = nullptr;
  const void* scheduler_stack_ = nullptr;
  std::size_t scheduler_stack_bytes_ = 0;
  int group_ = 0;
  std::uint64_t switches_ = 0;
  // Code that waits for a moment that has passed, for ever, is a bug.
  static constexpr std::uint64_t kSwitchesAtOnceMax = 1'000'000;
  std::uint64_t switches_at_once_ = 0;
};

}  // namespace dray::sim
