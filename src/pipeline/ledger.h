// Ledger: who owes what. Takes notifications from the poller, hands objects to workers, hears how tickets settle, and
// tells the acknowledger what becomes of each notification. One per input.
//
// What it guarantees: a notification is settled as delivered only when every object of it is known and proven in every
// output, or holds nothing to send (A1, asserted again before the delete). What on_error disposed of is nothing to
// send: the worker ends the attempt without error only when that is done, and durable. No verdict means: later. A work
// whose receiver failed is tried again here, under its lease; a source that failed is given back to the queue after the
// notification's other objects settled, so that what was proven is remembered exactly. Thread-safe: one mutex, never
// held while calling a worker, an output or the queue (the acknowledger's and the task queue's own locks are taken
// inside it, in that order, never the other way).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ack/acknowledger.h"
#include "base/clock.h"
#include "base/random.h"
#include "flow/ticket.h"
#include "intake/poller.h"
#include "pipeline/plan.h"
#include "pipeline/progress.h"
#include "pipeline/task.h"
#include "telemetry/log.h"

namespace dray::pipeline {

// What the reporter, `--until-idle` and the summary read.
struct LedgerCounts {
  std::uint64_t notifications = 0;  // fresh ones
  std::uint64_t objects = 0;        // delivered, once each
  std::uint64_t events = 0;         // proven
  std::uint64_t bytes = 0;          // text of those events
  std::uint64_t quarantined = 0;    // objects and records of those objects, as on_error says
  std::uint64_t dropped = 0;        // likewise, by on_error: delete
  std::uint64_t deleted = 0;
  std::uint64_t settled = 0;  // deleted, released or left
  std::uint64_t retries = 0;  // objects sent again because the receiver failed
  std::size_t left = 0;       // notifications that were left or given back and have not been delivered since
  std::size_t held = 0;       // notifications with work, proof or delete outstanding
};

class Ledger final : public flow::TicketListener, public ack::AckListener, public intake::Desk {
 public:
  Ledger(const Plan& plan, TaskQueue& tasks, Clock& clock, telemetry::Logger log, std::size_t started_max,
         std::uint64_t seed);

  // Before any thread starts; the acknowledger outlives the ledger's use.
  void connect(ack::Acknowledger& acknowledger) { acknowledger_ = &acknowledger; }

  // --- Desk, for pollers ---
  int reserve(int most) override;
  void unreserve(int count) override;
  void take(std::vector<flow::Notification> notifications) override;
  void queue_answered(bool ok) override;

  // --- workers ---
  // What to stream, or nothing if the task needs no streaming (done before, waiting for a twin, lease lost, stopping).
  // May an object be begun? Not while an output is down: it would hold its bytes from S3 in vain.
  [[nodiscard]] bool outputs_ready() const;
  struct Attempt {
    std::shared_ptr<flow::Ticket> ticket;
    std::string expected_etag;  // "" or that of the bytes whose prefix is skipped
  };
  std::optional<Attempt> begin(const Task& task);
  // The object is not the one whose prefix was proven: forget the prefix and stream it from 0.
  void restart_from_zero(const Task& task);
  struct Streamed {
    std::uint64_t records = 0;
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;
    std::uint64_t quarantined = 0;  // records of it, and the object itself
    std::uint64_t dropped = 0;
    std::string etag;
    std::optional<Error> error;
  };
  // Ends the attempt: seals its ticket.
  void end(const Task& task, Streamed streamed);

  // --- outputs ---
  void settled(const std::shared_ptr<flow::Ticket>& ticket) override;
  // The same, but false if the ticket is another input's.
  [[nodiscard]] bool settle_if_ours(const std::shared_ptr<flow::Ticket>& ticket);

  // --- acknowledger ---
  void deleting(const std::string& message_id) override;
  void deleted(const std::string& message_id, std::uint64_t life, const std::string& receipt_handle) override;
  void released(const std::string& message_id, std::uint64_t life) override;
  void lost(const std::string& message_id, std::uint64_t life) override;
  void overdue(const std::string& message_id) override;

  // Every object stops at a record boundary; what is not proven is given back at once.
  void stop_all();
  // Receives nothing before then (the process holds more memory than it may).
  void hold_off(TimePoint until);
  // Stops what is under way so that it is given back (the receiver has been down for long); later notifications are
  // taken again.
  void release_held();

  [[nodiscard]] LedgerCounts counts() const;
  // When something new last came or was settled, or nothing could be received; for `--until-idle`. Now, as long as the
  // queue has never answered.
  [[nodiscard]] TimePoint active_at() const;

 private:
  void take_one(const flow::Notification& notification);
  std::shared_ptr<Job> make_job(const flow::Notification& notification, std::vector<flow::ObjectRef> objects) const;
  void conclude(const Task& task, Outcome outcome, std::optional<Error> error);
  void conclude_failed_ticket(const Task& task, const flow::Ticket::Failure& failure);
  void settle_job(const std::shared_ptr<Job>& job);
  void note_left(const Job& job);
  std::shared_ptr<Job> job_of(const std::string& message_id, std::uint64_t life) const;
  void note_denied(const Error& error);
  [[nodiscard]] flow::Settlement settlement_for(const Job& job, const Error& error);

  const Plan& plan_;
  TaskQueue& tasks_;
  Clock& clock_;
  const telemetry::Logger log_;
  const std::size_t started_max_;
  ack::Acknowledger* acknowledger_ = nullptr;

  mutable std::mutex mutex_;
  Random random_;
  Progress progress_;
  std::unordered_map<std::string, std::shared_ptr<Job>> jobs_;  // until the queue agreed
  std::unordered_map<const flow::Ticket*, Task> streaming_;     // unsettled tickets
  std::unordered_set<std::string> left_;
  LedgerCounts counts_;
  std::size_t reserved_ = 0;
  bool stopping_ = false;
  int denied_in_a_row_ = 0;
  TimePoint closed_until_{};  // the breaker: nothing is received before
  TimePoint active_at_;
  bool queue_has_answered_ = false;
};

}  // namespace dray::pipeline
