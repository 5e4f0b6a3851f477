// Threads: the only place threads are started, so that the deterministic simulation (tests/sim) can run the same bodies
// as fibers of one thread.
//
// A body waits only through Clock, Signal and the waiting calls of its room's seams. A Thread is joined by join() or,
// at the latest, by its destructor; bodies therefore end when their owner asks them to. A machine that refuses a thread
// is treated like one without memory: one line on stderr, and the process ends. Thread-safe.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace dray {

class Thread {
 public:
  virtual ~Thread() = default;  // joins
  // Returns when the body has returned. Idempotent; one caller at a time.
  virtual void join() = 0;
};

class Threads {
 public:
  virtual ~Threads() = default;
  // name: for debuggers and top(1); the system keeps its first 15 characters.
  [[nodiscard]] virtual std::unique_ptr<Thread> spawn(std::string name, std::function<void()> body) = 0;
};

// Real threads with small stacks: hundreds of workers must not cost hundreds of megabytes.
class SystemThreads final : public Threads {
 public:
  static constexpr std::size_t kStackBytes = std::size_t{256} * 1024;

  explicit SystemThreads(std::size_t stack_bytes = kStackBytes) : stack_bytes_(stack_bytes) {}
  [[nodiscard]] std::unique_ptr<Thread> spawn(std::string name, std::function<void()> body) override;

 private:
  const std::size_t stack_bytes_;
};

}  // namespace dray
