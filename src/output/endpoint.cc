#include "output/endpoint.h"

#include <fmt/format.h>

namespace dray::output {

void Endpoint::turned_away(TimePoint now) {
  if (suspicion_at_ == TimePoint::never()) suspicion_at_ = now;
}

void Endpoint::standing_one_died() {
  suspicion_at_ = TimePoint::never();
  evidence_ = 0;
}

void Endpoint::weigh_evidence(TimePoint now) {
  if (suspicion_at_ == TimePoint::never() || now - suspicion_at_ < kEvidenceWait) return;
  suspicion_at_ = TimePoint::never();
  if (standing == 0) return;
  if (now - evidence_at_ > kEvidenceLife) evidence_ = 0;
  evidence_at_ = now;
  if (++evidence_ < kEvidenceMin) return;
  evidence_ = 0;
  take_one_less(now);
}

void Endpoint::take_one_less(TimePoint now) {
  if (single || now - resized_at_ < kShrinkEvery) return;
  resized_at_ = now;
  if (slots_used > 1) {
    --slots_used;
    log.warning(fmt::format(
        "{} closes new connections while others stand: it seems to take no more. Using {} of {} slots for ten "
        "minutes; `connections` sets the number",
        dialer.peer(), slots_used, slots_wanted));
  } else {
    single = true;
    log.warning(fmt::format(
        "{} takes only one connection: each must end before the next one begins, and nothing watches beside it "
        "for the death of a server behind a TLS terminator",
        dialer.peer()));
  }
}

void Endpoint::maybe_one_more(TimePoint now) {
  if ((!single && slots_used == slots_wanted) || now - resized_at_ < kGrowEvery) return;
  resized_at_ = now;
  if (single) {
    single = false;
  } else {
    ++slots_used;
  }
}

void Endpoint::complain(const std::string& message, TimePoint now) {
  constexpr std::size_t kKindsMax = 64;
  if (complaints_.size() >= kKindsMax && !complaints_.contains(message)) complaints_.clear();
  const auto [entry, is_new] = complaints_.try_emplace(message, Complaint{.last = now, .silent = 0});
  if (!is_new && now - entry->second.last < kComplainEvery) {
    ++entry->second.silent;
    return;
  }
  const std::uint64_t silent = std::exchange(entry->second.silent, 0);
  entry->second.last = now;
  log.error(silent == 0 ? message : fmt::format("{} (and {} times before)", message, silent));
}

}  // namespace dray::output
