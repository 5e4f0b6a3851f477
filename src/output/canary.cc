#include "output/canary.h"

#include <algorithm>

namespace dray::output {

void Canary::died(TimePoint at) {
  deaths_.push_back(at);
  if (deaths_.size() > kRemembered) deaths_.pop_front();
}

bool Canary::tripped(TimePoint ended_at, Duration settling) const {
  return std::ranges::any_of(deaths_, [&](TimePoint at) {
    const Duration apart = at > ended_at ? at - ended_at : ended_at - at;
    return apart <= settling;
  });
}

}  // namespace dray::output
