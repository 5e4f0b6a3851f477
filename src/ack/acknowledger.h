// Acknowledger: the only owner of receipt handles. Keeps the leases of all held notifications, deletes, releases.
//
// A notification is adopted at the moment it was received and is held until it is settled and the queue has agreed, or
// its lease is lost. While it is held its visibility is extended at a third of the timeout (delivery.md 10: healthy
// ones need none), to at most 43,200 s after its receive; at 11 h 30 it is released. Deleting happens only with the
// newest handle and only while its lease lives (A8); an unknown result is repeated. Batches of ten; at most 16 requests
// in flight: extensions, then deletes, then releases.
//
// States (delivery.md 2): held → deleting | releasing → gone; held → lost → gone, or held again when the same message
// is redelivered to us while its work still goes on. Leases count in boot time: a suspended machine's leases run out
// too.
// Limits: at most kHeldMax held; the poller asks room() first. Thread-safe. Callbacks come without locks held.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "aws/queue.h"
#include "base/clock.h"
#include "base/stop.h"
#include "base/threads.h"
#include "flow/notification.h"
#include "flow/settlement.h"
#include "telemetry/log.h"

namespace dray::ack {

// Told what the queue agreed to. Must not block and must not call the acknowledger. `life` is the number that adopt()
// gave: a message may have been received again between the decision and the call.
class AckListener {
 public:
  virtual ~AckListener() = default;
  // Asserts that the notification may go (A1); called before the first delete request that names it.
  virtual void deleting(const std::string& message_id) = 0;
  virtual void deleted(const std::string& message_id, std::uint64_t life, const std::string& receipt_handle) = 0;
  virtual void released(const std::string& message_id, std::uint64_t life) = 0;
  // Its lease is gone: begin no new object of it. What is under way may still be proven.
  virtual void lost(const std::string& message_id, std::uint64_t life) = 0;
  // Held for 11 h 30: SQS ends the lease at 12 h whatever we do. Stop work on it.
  virtual void overdue(const std::string& message_id) = 0;
};

struct AcknowledgerOptions {
  seconds visibility{120};
  bool ack_messages = true;  // false: proven messages are neither deleted nor extended nor released
  std::size_t held_max = 10'000;
  std::size_t calls_max = 16;
};

class Acknowledger {
 public:
  enum class Adoption {
    fresh,    // begin work
    revived,  // we hold it already: the newer handle and lease replace the old ones; begin nothing
    ignored,  // settled here before and not to be deleted (ack_messages: false); begin nothing
  };

  struct Counts {
    std::size_t held = 0;  // all that are not gone
    std::size_t deleting = 0;
    std::size_t releasing = 0;
    std::uint64_t deleted = 0;
    std::uint64_t released = 0;
    std::uint64_t left = 0;
    std::uint64_t lost = 0;
    std::uint64_t extensions = 0;
  };

  Acknowledger(aws::Queue& queue, Clock& clock, Threads& threads, AckListener& listener, telemetry::Logger log,
               AcknowledgerOptions options);
  ~Acknowledger();
  Acknowledger(const Acknowledger&) = delete;
  Acknowledger& operator=(const Acknowledger&) = delete;

  void start();
  // Carries out what is settled until the deadline, then ends. What is not settled by then keeps its lease.
  void stop(TimePoint deadline);

  [[nodiscard]] std::size_t room() const;
  struct Adopted {
    Adoption adoption = Adoption::fresh;
    std::uint64_t life = 0;  // of this receive; callbacks name it
  };
  Adopted adopt(const flow::Notification& notification);
  // Settles a held notification once. True: the listener will be told how it ends; false: nothing more comes (its lease
  // is gone, or there is nothing to ask of the queue).
  bool settle(const std::string& message_id, const flow::Settlement& settlement);
  [[nodiscard]] bool lease_alive(const std::string& message_id) const;

  [[nodiscard]] Counts counts() const;

 private:
  enum class State { held, deleting, releasing, lost };
  struct Entry {
    std::string receipt_handle;
    State state = State::held;
    std::uint64_t life = 0;
    BootTime received_at;  // of the newest receive
    BootTime lease_until;
    BootTime extend_at;
    BootTime try_at;  // deleting, releasing: not before
    int tries = 0;
    seconds delay{0};  // releasing
    bool in_call = false;
    bool announced = false;  // deleting() was told
    bool overdue = false;
  };
  enum class Call { extend, remove, release };
  struct Batch {
    Call call = Call::extend;
    std::vector<std::string> ids;
    std::vector<std::string> handles;
    std::vector<aws::VisibilityChange> changes;
    std::vector<Duration> extensions;
    BootTime begun;
  };
  struct Told {
    enum class What { deleted, released, lost, overdue } what;
    std::string message_id;
    std::uint64_t life = 0;
    std::string receipt_handle;
  };

  void run_caller();
  bool next_batch(Batch& batch, std::vector<Told>& told, BootTime& wake_at);
  void collect(Call call, BootTime now, Batch& batch, BootTime& wake_at);
  void find_expired(BootTime now, std::vector<Told>& told, BootTime& wake_at);
  void perform(Batch& batch);
  Result<std::vector<Status>> request(const Batch& batch);
  void apply(const Batch& batch, const Result<std::vector<Status>>& answers, std::vector<Told>& told);
  void apply_one(const Batch& batch, std::size_t index, const Status& answer, std::vector<Told>& told);
  void lose(const std::string& message_id, Entry& entry, std::vector<Told>& told);
  void tell(const std::vector<Told>& told);
  void schedule(BootTime when);
  [[nodiscard]] Duration lost_margin() const;

  aws::Queue& queue_;
  Clock& clock_;
  Threads& threads_;
  AckListener& listener_;
  const telemetry::Logger log_;
  const AcknowledgerOptions options_;

  mutable std::mutex mutex_;
  Signal changed_;
  std::unordered_map<std::string, Entry> entries_;
  // Ids in the order in which they became due; an id may be stale, the entry decides.
  std::deque<std::string> to_delete_;
  std::deque<std::string> to_release_;
  BootTime next_scan_{Duration::max()};  // earliest extend_at, retry or expiry
  std::unordered_set<std::string> ignored_;
  std::deque<std::string> ignored_order_;
  Counts counts_;
  std::uint64_t lives_ = 0;
  bool stopping_ = false;
  TimePoint stop_deadline_ = TimePoint::never();
  std::vector<std::unique_ptr<Thread>> callers_;
};

}  // namespace dray::ack
