#include "sim/fibers.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

#if defined(__SANITIZE_ADDRESS__)
#define DRAY_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DRAY_ASAN 1
#endif
#endif

#ifdef DRAY_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

namespace dray::sim {

// Joined by waiting in simulated time.
class Fibers::Joinable final : public Thread {
 public:
  Joinable(Fibers& fibers, std::shared_ptr<Fiber> fiber) : fibers_(fibers), fiber_(std::move(fiber)) {}
  ~Joinable() override { join(); }
  void join() override { fibers_.join(*fiber_); }

 private:
  Fibers& fibers_;
  std::shared_ptr<Fiber> fiber_;
};

Fibers::Fibers(std::uint64_t seed) : random_(seed ^ 0xF1BE5ULL) {}

Fibers::~Fibers() = default;

WallTime Fibers::wall_now() const {
  constexpr std::int64_t kStart = 1'790'000'000'000'000;  // some day in 2026
  return {kStart + std::chrono::duration_cast<std::chrono::microseconds>(now_ + suspended_).count()};
}

std::unique_ptr<Thread> Fibers::spawn(std::string name, std::function<void()> body) {
  auto fiber = std::make_shared<Fiber>();
  fiber->name = std::move(name);
  fiber->body = std::move(body);
  fiber->stack = std::unique_ptr<char[]>(new char[kStackBytes]);
  fiber->group = group_;
  ::getcontext(&fiber->context);
  fiber->context.uc_stack.ss_sp = fiber->stack.get();
  fiber->context.uc_stack.ss_size = kStackBytes;
  fiber->context.uc_link = nullptr;
  const auto address = reinterpret_cast<std::uintptr_t>(this);
  ::makecontext(&fiber->context, reinterpret_cast<void (*)()>(&Fibers::enter), 2, static_cast<unsigned>(address >> 32U),
                static_cast<unsigned>(address & 0xFFFFFFFFU));
  fibers_.push_back(fiber);
  return std::make_unique<Joinable>(*this, fiber);
}

void Fibers::enter(unsigned high, unsigned low) {
  auto* self = reinterpret_cast<Fibers*>((static_cast<std::uintptr_t>(high) << 32U) | low);
#ifdef DRAY_ASAN
  __sanitizer_finish_switch_fiber(nullptr, &self->scheduler_stack_, &self->scheduler_stack_bytes_);
#endif
  self->current_->body();
  self->current_->body = nullptr;
  self->current_->done = true;
  self->switch_back();
  DRAY_ASSERT(false);  // a finished fiber is never resumed
}

void Fibers::switch_to(Fiber& fiber) {
  current_ = &fiber;
  ++switches_;
#ifdef DRAY_ASAN
  __sanitizer_start_switch_fiber(&scheduler_fake_stack_, fiber.stack.get(), kStackBytes);
#endif
  ::swapcontext(&scheduler_, &fiber.context);
#ifdef DRAY_ASAN
  __sanitizer_finish_switch_fiber(scheduler_fake_stack_, nullptr, nullptr);
#endif
  current_ = nullptr;
}

void Fibers::switch_back() {
  Fiber& fiber = *current_;
  // Here, and not in the scheduler, so that the stack tells who it is.
  DRAY_ASSERT(++switches_at_once_ < kSwitchesAtOnceMax);
#ifdef DRAY_ASAN
  __sanitizer_start_switch_fiber(fiber.done ? nullptr : &fiber.fake_stack, scheduler_stack_, scheduler_stack_bytes_);
#endif
  ::swapcontext(&fiber.context, &scheduler_);
#ifdef DRAY_ASAN
  __sanitizer_finish_switch_fiber(fiber.fake_stack, &scheduler_stack_, &scheduler_stack_bytes_);
#endif
}

bool Fibers::run_until(const std::function<bool()>& done, TimePoint limit) {
  DRAY_ASSERT(current_ == nullptr);
  std::vector<Fiber*> ready;
  while (!done()) {
    ready.clear();
    std::erase_if(fibers_, [](const auto& fiber) { return fiber->done; });
    for (const auto& fiber : fibers_) {
      if (fiber->runnable || fiber->wakes_at <= now_) ready.push_back(fiber.get());
    }
    if (ready.empty()) {
      if (!advance_time(limit.since_start)) return false;
      continue;
    }
    Fiber& next = *ready[random_.below(ready.size())];
    next.runnable = true;
    next.waits_on = nullptr;
    next.wakes_at = Duration::max();
    switch_to(next);
  }
  return true;
}

bool Fibers::advance_time(Duration limit) {
  Duration next = Duration::max();
  for (const auto& fiber : fibers_) next = std::min(next, fiber->wakes_at);
  if (next == Duration::max() || next > limit) return false;
  now_ = next;
  switches_at_once_ = 0;
  return true;
}

void Fibers::yield() {
  DRAY_ASSERT(current_ != nullptr);
  current_->runnable = true;
  switch_back();
}

void Fibers::sleep_until(TimePoint when) {
  DRAY_ASSERT(current_ != nullptr);
  current_->runnable = false;
  current_->waits_on = nullptr;
  current_->wakes_at = std::max(when.since_start, now_);
  switch_back();
}

void Fibers::wait(Signal& signal, std::unique_lock<std::mutex>& lock, TimePoint deadline) {
  DRAY_ASSERT(current_ != nullptr);
  lock.unlock();
  current_->runnable = false;
  current_->waits_on = &signal;
  current_->wakes_at = std::max(deadline.since_start, now_);
  switch_back();
  lock.lock();
}

void Fibers::wake(Signal& signal, bool all) {
  std::vector<Fiber*> waiting;
  for (const auto& fiber : fibers_) {
    if (!fiber->done && fiber->waits_on == &signal) waiting.push_back(fiber.get());
  }
  if (waiting.empty()) return;
  if (!all) waiting = {waiting[random_.below(waiting.size())]};
  for (Fiber* fiber : waiting) {
    fiber->runnable = true;
    fiber->waits_on = nullptr;
  }
}

void Fibers::join(Fiber& fiber) {
  if (current_ == nullptr) {
    // The test itself joins: let the fiber run to its end.
    if (!fiber.done) DRAY_ASSERT(run_until([&] { return fiber.done; }, now() + std::chrono::hours(24)));
    return;
  }
  while (!fiber.done) sleep_until(now() + milliseconds(1));
}

void Fibers::crash(int group) {
  DRAY_ASSERT(current_ == nullptr || current_->group != group);
  for (const auto& fiber : fibers_) {
    if (fiber->group == group) fiber->done = true;
  }
}

std::string Fibers::describe() const {
  std::string text;
  for (const auto& fiber : fibers_) {
    if (fiber->done) continue;
    const Duration left = fiber->wakes_at == Duration::max() ? Duration(-1) : fiber->wakes_at - now_;
    text += fiber->name + (fiber->runnable ? " ready" : " waits") + " " +
            std::to_string(std::chrono::duration_cast<milliseconds>(left).count()) + " ms\n";
  }
  return text;
}

}  // namespace dray::sim
