// RetryBudget: a token bucket that keeps many callers from hammering a service that is down: retries cost, successes
// refund.
//
// Numbers of the AWS SDKs' standard mode of 2026 (botocore/retries; aws-client.md 8): 500 tokens, 14 for a retry
// after a transient fault, 5 after throttling. One per client; thread-safe.
#pragma once

#include <algorithm>
#include <mutex>

namespace dray::aws {

class RetryBudget {
 public:
  static constexpr int kCapacity = 500;
  static constexpr int kTransientCost = 14;
  static constexpr int kThrottleCost = 5;
  static constexpr int kFirstTryRefund = 1;

  // True: a retry of that cost may be made.
  bool spend(int cost) {
    const std::lock_guard lock(mutex_);
    if (tokens_ < cost) return false;
    tokens_ -= cost;
    return true;
  }

  // A request succeeded whose last retry cost that much; 0 if it needed none.
  void refund(int last_cost) {
    const std::lock_guard lock(mutex_);
    tokens_ = std::min(kCapacity, tokens_ + (last_cost > 0 ? last_cost : kFirstTryRefund));
  }

  [[nodiscard]] int tokens() const {
    const std::lock_guard lock(mutex_);
    return tokens_;
  }

 private:
  mutable std::mutex mutex_;
  int tokens_ = kCapacity;
};

}  // namespace dray::aws
