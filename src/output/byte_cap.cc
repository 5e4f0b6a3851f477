#include "output/byte_cap.h"

#include <algorithm>

namespace dray::output {
namespace {

constexpr Duration kQuick = milliseconds(2500);
constexpr Duration kSlow = seconds(5);
constexpr Duration kVerySlow = seconds(10);
constexpr double kGrowthMax = 8.0;

}  // namespace

void ByteCap::proven(std::size_t cap, std::size_t filled, Duration taken) {
  if (taken > kVerySlow) return failed();
  if (cap != bytes_) return;
  if (taken > kSlow) return scale(0.7);
  // The byte limit ended it: small objects are turned away from three quarters on (Epoch::soft_limit_reached).
  const bool was_full = filled >= cap - cap / 4;
  if (taken >= kQuick || !was_full) return;
  const double speed = std::chrono::duration<double>(seconds(1)) / std::max<Duration>(taken, milliseconds(1));
  scale(std::clamp(speed, 2.0, kGrowthMax));
}

void ByteCap::failed() {
  scale(0.25);
}

void ByteCap::scale(double factor) {
  const auto scaled = static_cast<std::size_t>(static_cast<double>(bytes_) * factor);
  bytes_ = std::clamp(scaled, kMin, kMax);
}

}  // namespace dray::output
