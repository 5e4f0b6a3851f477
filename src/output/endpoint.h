// Endpoint: what the slots of one output know together about their receiver: how well it proves, how many connections
// it takes, which ones ended unasked, and what is to be told when the locks are dropped. Used by the output's driver
// thread alone, except the counters, which anybody may read.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "flow/ticket.h"
#include "output/canary.h"
#include "output/connect_budget.h"
#include "output/link.h"
#include "output/proof_level.h"
#include "output/retry_groups.h"
#include "telemetry/log.h"

namespace dray::output {

struct Counters {
  std::atomic<std::uint64_t> events_sent{0};
  std::atomic<std::uint64_t> bytes_sent{0};
  std::atomic<std::uint64_t> events_proven{0};
  std::atomic<std::uint64_t> bytes_proven{0};
  std::atomic<std::uint64_t> epochs_proven{0};
  std::atomic<std::uint64_t> epochs_failed{0};
  std::atomic<std::uint64_t> epochs_without_canary{0};
};

class Endpoint {
 public:
  Endpoint(Clock& its_clock, Dialer& its_dialer, telemetry::Logger logger, ProofMode mode,
           const std::string& output_name)
      : clock(its_clock), dialer(its_dialer), log(std::move(logger)), required(mode), groups(output_name) {}

  Clock& clock;
  Dialer& dialer;
  const telemetry::Logger log;
  RequiredProof required;
  ConnectBudget budget;
  Canary canary;
  RetryGroups groups;
  Counters counters;
  flow::EpochId last_epoch = 0;

  bool sealing = false;                                // end what stands and open nothing that no lane waits for
  bool stopping = false;                               // open nothing
  std::vector<std::shared_ptr<flow::Ticket>> settled;  // to be told to the listener

  // --- how many connections ---
  std::size_t slots_wanted = 1;  // as configured
  std::size_t slots_used = 1;
  bool single = false;       // one connection in all: break before make, no canary (rule 12)
  std::size_t standing = 0;  // open connections, as counted at the beginning of a round
  TimePoint checked_from;    // every open connection was seen alive at or after this moment

  // A receiver closed a connection right away while others stood. A dying receiver does that too, a moment before the
  // others end; so it counts only if nothing else ended in the second after it, and only the third time within a minute
  // takes one slot (the canary depends on it: rule 2). After ten quiet minutes one more is tried.
  void turned_away(TimePoint now);
  // Another connection, which had stood, was ended by the receiver.
  void standing_one_died();
  void weigh_evidence(TimePoint now);
  void maybe_one_more(TimePoint now);
  [[nodiscard]] std::size_t sockets_per_slot() const { return single ? 1 : 2; }

  // One line for the first of a kind of trouble and one a minute for what goes on.
  void complain(const std::string& message, TimePoint now);

 private:
  static constexpr Duration kComplainEvery = seconds(60);
  static constexpr Duration kShrinkEvery = seconds(1);
  static constexpr Duration kGrowEvery = std::chrono::minutes(10);

  struct Complaint {
    TimePoint last;
    std::uint64_t silent = 0;
  };
  std::unordered_map<std::string, Complaint> complaints_;
  void take_one_less(TimePoint now);

  static constexpr Duration kEvidenceWait = seconds(1);
  static constexpr Duration kEvidenceLife = seconds(60);
  static constexpr int kEvidenceMin = 3;

  TimePoint resized_at_;
  TimePoint suspicion_at_ = TimePoint::never();  // turned away then; not weighed yet
  TimePoint evidence_at_;
  int evidence_ = 0;
};

}  // namespace dray::output
