#include "output/connect_budget.h"

#include <algorithm>

namespace dray::output {

bool ConnectBudget::take(TimePoint now) {
  const double passed = std::chrono::duration<double>(now - counted_at_).count();
  left_ = std::min(kBurst, left_ + passed * kPerSecond);
  counted_at_ = now;
  if (left_ < 1.0) return false;
  left_ -= 1.0;
  return true;
}

TimePoint ConnectBudget::next() const {
  if (left_ >= 1.0) return counted_at_;
  const auto missing = std::chrono::duration<double>((1.0 - left_) / kPerSecond);
  return counted_at_ + std::chrono::duration_cast<Duration>(missing) + milliseconds(1);
}

}  // namespace dray::output
