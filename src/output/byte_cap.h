// ByteCap: how many bytes one epoch of a slot may carry: what the receiver takes in about a second (delivery.md rule
// 3).
//
// Kernels hold megabytes a connection, so a slow receiver shows only in how long an epoch takes to be proven. The
// rule's doubling is a lower bound here: an epoch that was over in a fraction of a second grows the cap by up to 8, to
// what the same speed moves in one second, so that a fast receiver is at full size after three proofs instead of
// eight. Epochs that were filled under an older cap say nothing about the present one: only the first proof at a cap
// moves it up. One owner; no thread of its own.
#pragma once

#include <cstddef>

#include "base/clock.h"

namespace dray::output {

class ByteCap {
 public:
  static constexpr std::size_t kMin = std::size_t{64} << 10U;
  static constexpr std::size_t kStart = std::size_t{256} << 10U;
  static constexpr std::size_t kMax = std::size_t{64} << 20U;
  // Below it the next connection carries bytes only after the previous one ended.
  static constexpr std::size_t kOverlapFrom = std::size_t{4} << 20U;

  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  // cap: what the epoch was allowed; filled: what it carried; taken: how long the receiver needed for it, waits for
  // more input excluded, settling excluded.
  void proven(std::size_t cap, std::size_t filled, Duration taken);
  void failed();

 private:
  void scale(double factor);

  std::size_t bytes_ = kStart;
};

}  // namespace dray::output
