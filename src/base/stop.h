// Stop: "end soon", asked by one thread, seen by many. Set once, never cleared.
#pragma once

#include <atomic>

namespace dray {

class Stop {
 public:
  void request() { requested_.store(true, std::memory_order_release); }
  [[nodiscard]] bool requested() const { return requested_.load(std::memory_order_acquire); }

 private:
  std::atomic<bool> requested_{false};
};

}  // namespace dray
