// RequiredProof: the level of proof that an endpoint must give, learned from how its connections end (delivery.md rule
// 5).
//
// automatic: never below end_of_file. Rises with what was seen; falls from close_notify to end_of_file only after two
// probes without data, at least 5 s apart, with no close_notify between. strict: always close_notify. kernel: the
// peer's kernel took it, by configuration only. One owner (the driver); required() is also read by it alone.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "output/link.h"

namespace dray::output {

enum class ProofMode { automatic, strict, kernel };

[[nodiscard]] std::string_view name_of(ProofLevel level);

class RequiredProof {
 public:
  explicit RequiredProof(ProofMode mode);

  [[nodiscard]] ProofLevel required() const { return required_; }
  [[nodiscard]] bool enough(ProofLevel level) const { return level >= required_; }
  [[nodiscard]] ProofMode mode() const { return mode_; }

  enum class Verdict {
    passed,   // send
    low,      // below what is required: send nothing, probe again
    lowered,  // passed, because the requirement fell: warn
  };
  // A connection without data ended at that level.
  [[nodiscard]] Verdict probed(ProofLevel level, TimePoint now);
  // A connection with data ended at that level.
  void seen(ProofLevel level);
  // A probe connected, and its end was never answered. True at the third in a row: say so once, with hopeless().
  [[nodiscard]] bool unanswered();
  // The one error for a receiver that does not prove enough; names the setting and its risk.
  [[nodiscard]] std::string hopeless(const std::string& peer) const;

 private:
  const ProofMode mode_;
  ProofLevel required_;
  TimePoint low_since_ = TimePoint::never();  // the first of the low probes in a row
  int unanswered_ = 0;
};

}  // namespace dray::output
