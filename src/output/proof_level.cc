#include "output/proof_level.h"

#include <fmt/format.h>

#include <algorithm>

namespace dray::output {
namespace {

constexpr Duration kLowProbesApart = seconds(5);
constexpr int kUnansweredMax = 3;

ProofLevel least(ProofMode mode) {
  switch (mode) {
    case ProofMode::strict: return ProofLevel::close_notify;
    case ProofMode::kernel: return ProofLevel::kernel;
    case ProofMode::automatic: break;
  }
  return ProofLevel::end_of_file;
}

}  // namespace

std::string_view name_of(ProofLevel level) {
  switch (level) {
    case ProofLevel::none: return "no proof";
    case ProofLevel::kernel: return "the peer's kernel took it (L1)";
    case ProofLevel::end_of_file: return "TCP end (L2)";
    case ProofLevel::close_notify: return "close_notify and TCP end (L3)";
  }
  return "unknown";
}

RequiredProof::RequiredProof(ProofMode mode) : mode_(mode), required_(least(mode)) {}

RequiredProof::Verdict RequiredProof::probed(ProofLevel level, TimePoint now) {
  unanswered_ = 0;
  seen(level);
  if (enough(level)) {
    low_since_ = TimePoint::never();
    return Verdict::passed;
  }
  if (mode_ != ProofMode::automatic || level < least(mode_)) return Verdict::low;
  if (low_since_ == TimePoint::never()) low_since_ = now;
  if (now - low_since_ < kLowProbesApart) return Verdict::low;
  low_since_ = TimePoint::never();
  required_ = level;
  return Verdict::lowered;
}

void RequiredProof::seen(ProofLevel level) {
  if (level == ProofLevel::close_notify) low_since_ = TimePoint::never();
  // Kernel level is a choice of the user's; what the receiver could do better changes nothing.
  if (mode_ == ProofMode::automatic) required_ = std::max(required_, level);
}

bool RequiredProof::unanswered() {
  return ++unanswered_ == kUnansweredMax;
}

std::string RequiredProof::hopeless(const std::string& peer) const {
  const std::string_view what =
      mode_ == ProofMode::strict
          ? "does not end connections with close_notify and a TCP end, which delivery_proof: strict asks for. "
            "delivery_proof: auto is content with a TCP end"
          : "does not end its side of a connection when we end ours, so nothing proves that it read what we sent. "
            "delivery_proof: kernel sends without that proof and loses, whenever the receiver dies, what its kernel "
            "held";
  return fmt::format("{} {}. Until then nothing is received from the queue.", peer, what);
}

}  // namespace dray::output
