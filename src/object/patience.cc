#include "object/patience.h"

#include <algorithm>
#include <functional>

namespace dray::object {
namespace {

// Attempts in a row that brought less than kProgress; then the object goes back to the queue.
constexpr int kAttemptsMax = 6;
constexpr std::uint64_t kProgress = 64U << 10U;
constexpr Backoff::Limits kBackoff{.first = milliseconds(200), .cap = seconds(10), .least = milliseconds(50)};
// Without kProgress for this long the object goes back to the queue, whatever the attempts did.
constexpr Duration kStallMax = seconds(90);
// A sleep looks at the stop flag this often.
constexpr Duration kStopLatency = milliseconds(50);

}  // namespace

Patience::Patience(Clock& clock, const std::string& key)
    : clock_(clock),
      backoff_(kBackoff, std::hash<std::string>()(key) ^ static_cast<std::uint64_t>(clock.wall_now().micros)),
      renewed_(clock.now()) {}

void Patience::progress(std::uint64_t received) {
  if (received >= mark_ + kProgress) {
    mark_ = received;
    backoff_.reset();
    renewed_ = clock_.now();
  }
}

bool Patience::exhausted() const {
  return backoff_.tries() >= kAttemptsMax || clock_.now() - renewed_ >= kStallMax;
}

void Patience::wait(const Stop& stop) {
  const TimePoint end = clock_.now() + backoff_.next();
  while (!stop.requested() && clock_.now() < end) {
    clock_.sleep_until(std::min(end, clock_.now() + kStopLatency));
  }
}

}  // namespace dray::object
