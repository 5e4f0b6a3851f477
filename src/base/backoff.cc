#include "base/backoff.h"

#include <limits>

#include "base/assert.h"

namespace dray {

Backoff::Backoff(Limits limits, std::uint64_t seed) : limits_(limits), random_(seed) {
  DRAY_ASSERT(limits.least.count() >= 0 && limits.least <= limits.first && limits.first <= limits.cap);
  DRAY_ASSERT(limits.first.count() > 0);
}

Duration Backoff::bound(int tries) const {
  Duration longest = limits_.first;
  for (int i = 0; i < tries && longest < limits_.cap; ++i) {
    longest = longest > limits_.cap / 2 ? limits_.cap : longest * 2;
  }
  return longest;
}

Duration Backoff::next() {
  const Duration span = bound(tries_) - limits_.least;
  if (tries_ < std::numeric_limits<int>::max()) ++tries_;
  return limits_.least + Duration(static_cast<Duration::rep>(random_.fraction() * static_cast<double>(span.count())));
}

}  // namespace dray
