#include "output/epoch.h"

namespace dray::output {

bool Epoch::soft_limit_reached(TimePoint now) const {
  if (!carries()) return false;
  const double soft_bytes = 0.75 * soft_share * static_cast<double>(cap);
  const auto soft_age = std::chrono::duration_cast<Duration>(kSoftAge * soft_share);
  return static_cast<double>(bytes) >= soft_bytes || passengers.size() >= kPassengersMax ||
         now - first_byte_at >= soft_age || now - last_byte_at >= kIdle;
}

bool Epoch::hard_limit_reached(TimePoint now) const {
  return carries() && (bytes >= cap || now - first_byte_at >= kHardAge);
}

void Epoch::close() {
  closed = true;
  if (state == State::filling) state = State::finishing;
}

void Epoch::offer_staging() {
  outgoing = std::move(staging);  // libstdc++ hands the old buffer over in return, so both keep their memory
  staging.clear();
}

}  // namespace dray::output
