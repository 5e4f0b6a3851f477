// Ticket: one object's account of delivery: which source records are proven to have been taken by each output.
//
// Made by the worker when it first streams an object of a held notification; shared by the worker (streams and seals),
// the outputs (register epochs before they write, report verdicts) and the acknowledger (learns how it settled).
// shared_ptr, because an epoch's verdict may come long after the worker went on, and before or after the notification
// is lost.
//
// State machine (delivery.md 2): streaming → sealed → proven | failed; failed → streaming by restart().
// A ticket is born held by its streamer and settles exactly once per attempt: when it is sealed AND no epoch that
// carries it is undecided, in any output. It is proven iff it was sealed complete, nothing failed, and in every output
// the confirmed prefix equals what was written (A1). A prefix rises contiguously and only on PROVEN (A2).
//
// Threads: guarded by its own mutex; any thread. Lock order: a slot's lock may be held by the caller; the ticket calls
// nothing while it holds its own. A settling call RETURNS that it settled; the caller tells the TicketListener after it
// dropped its locks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/result.h"

namespace dray::flow {

using EpochId = std::uint64_t;

// The tickets that are sent again together, in epochs of their own (delivery.md rule 9). id 0: fresh, no group.
struct RetryGroup {
  std::uint64_t id = 0;
  std::size_t members = 0;  // how many tickets the group has; the epoch may seal when that many have finished
  std::size_t slot = 0;     // where the group is sent
  bool operator==(const RetryGroup&) const = default;
};

class Ticket {
 public:
  enum class State { streaming, sealed, proven, failed };

  // Why an attempt failed.
  struct Failure {
    bool by_receiver = false;     // an epoch failed: send again in-process, in `group`
    RetryGroup group;             // where the output wants it sent again; id 0 if it was not the receiver
    std::optional<Error> source;  // the error it was sealed with
  };

  // `prefixes`: per output, the number of leading source records already proven (resume); its size is the output count.
  explicit Ticket(const std::vector<std::uint64_t>& prefixes);
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;

  // --- the streamer ---
  // Ends this attempt's streaming: no error = every record of the object was handed to every output and the source was
  // whole. Returns true if the ticket settled by this call.
  [[nodiscard]] bool seal(std::uint64_t records, std::optional<Error> error);
  // From failed: begin the next attempt. Prefixes stay.
  void restart();
  // The records up to this were proven in that output: skip them.
  [[nodiscard]] std::uint64_t prefix(std::size_t output) const;

  // --- an output; under its slot's lock ---
  // Before the write (A3): records up to end_ordinal travel in that epoch. False: the ticket has failed, do not write.
  [[nodiscard]] bool register_range(std::size_t output, EpochId epoch, std::uint64_t end_ordinal);
  // The verdict of an epoch on this ticket, once per epoch (A6). Return true if the ticket settled by this call.
  [[nodiscard]] bool epoch_proven(std::size_t output, EpochId epoch);
  // alone: that epoch carried only this ticket, in a group of one, and its own connection broke: evidence against the
  // records.
  [[nodiscard]] bool epoch_failed(std::size_t output, EpochId epoch, const RetryGroup& next, bool alone = false);

  // --- the acknowledger and the retry queue ---
  [[nodiscard]] State state() const;
  // This attempt can only fail any more: stop streaming it.
  [[nodiscard]] bool failing() const;
  [[nodiscard]] Failure failure() const;
  [[nodiscard]] std::vector<std::uint64_t> prefixes() const;
  [[nodiscard]] std::uint64_t records() const;  // as sealed
  [[nodiscard]] int receiver_failures() const;  // failed attempts by the receiver, in all
  [[nodiscard]] int lone_failures() const;      // of those, alone, since a prefix last rose
  [[nodiscard]] std::size_t live_epochs() const;

 private:
  struct Carried {
    EpochId epoch;
    std::uint64_t end_ordinal;
    bool proven = false;
    bool voided = false;  // an earlier epoch failed: whatever this one's verdict, its records are sent again
  };
  struct Account {
    std::uint64_t prefix = 0;
    std::uint64_t written = 0;
    std::deque<Carried> live;  // oldest first
  };

  bool settle_if_decided();  // under mutex_

  mutable std::mutex mutex_;
  std::vector<Account> accounts_;
  State state_ = State::streaming;
  bool failed_ = false;
  Failure failure_;
  std::uint64_t records_ = 0;
  int receiver_failures_ = 0;
  int lone_failures_ = 0;
};

// Told of every ticket that settled. Called without locks of the teller; must not block and must not call an output.
class TicketListener {
 public:
  virtual ~TicketListener() = default;
  virtual void settled(const std::shared_ptr<Ticket>& ticket) = 0;
};

}  // namespace dray::flow
