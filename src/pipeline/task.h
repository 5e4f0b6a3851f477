// Job: one held notification being worked on. Task: one object of it, for one worker, once. TaskQueue: tasks to do.
//
// A job is shared by its tasks, the ledger and the worker that runs one; all but `stop` is guarded by the ledger's
// mutex or constant since its making. Jobs are kept small: there may be 10,000 (delivery.md rule 10: no body).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/stop.h"
#include "flow/object_ref.h"
#include "flow/ticket.h"

namespace dray::pipeline {

// What became of one object, in all its attempts.
enum class Outcome { pending, delivered, failed };

struct Work {
  flow::ObjectRef object;
  std::string identity;                  // see Progress; "" = unrecognisable
  std::shared_ptr<flow::Ticket> ticket;  // of the first attempt on
  std::string etag;                      // of the bytes the ticket's prefixes count records of
  std::uint64_t events = 0;              // of the last whole streaming
  std::uint64_t bytes = 0;               // of their text
  std::uint64_t quarantined = 0;         // by on_error: records, and the object itself
  std::uint64_t dropped = 0;
  Outcome outcome = Outcome::pending;
  bool known_done = false;  // delivered before: nothing was sent for this notification
};

struct Job {
  std::string message_id;
  std::string md5_of_body;  // hex; for debug_md5
  int receive_count = 1;
  std::uint64_t life = 0;  // of its newest receive; see ack::Acknowledger
  bool sends_md5 = false;  // the last work is the MD5 event, not an object
  std::vector<Work> works;
  std::size_t pending = 0;           // works without outcome
  std::optional<Error> first_error;  // decides the settlement
  bool lost = false;                 // the lease is gone
  Stop stop;                         // "stop at a record boundary"
};

struct Task {
  std::shared_ptr<Job> job;  // shared: see above
  std::size_t index = 0;
  flow::RetryGroup group;

  [[nodiscard]] Work& work() const { return job->works[index]; }
  [[nodiscard]] bool is_md5() const { return job->sends_md5 && index + 1 == job->works.size(); }
  // Bytes as stored; unknown counts as large.
  [[nodiscard]] bool is_large() const { return !is_md5() && work().object.size.value_or(kLargeBytes) >= kLargeBytes; }
  static constexpr std::uint64_t kLargeBytes = std::uint64_t{128} << 10U;
};

// Tasks to do, oldest first, retries before fresh ones (delivery.md rule 9). Bounded by the notifications held.
// Thread-safe.
//
// Many workers wait on small objects at once, but a large object keeps a core busy and its buffers full: of those only
// `large_max` are given out at a time, which is what bounds memory. A task that was popped is given back by done().
class TaskQueue {
 public:
  TaskQueue(Clock& clock, std::size_t large_max) : clock_(clock), large_max_(large_max), changed_(clock) {}

  void push_fresh(Task task) { push(fresh_, std::move(task)); }
  void push_retry(Task task) { push(retries_, std::move(task)); }
  // Empty at the deadline, or closed and drained.
  std::optional<Task> pop(TimePoint deadline);
  void done(const Task& task);
  void close();
  [[nodiscard]] bool closed() const;
  // How many more fresh objects could start soon, if `soon` may wait.
  [[nodiscard]] std::size_t room(std::size_t soon) const;

 private:
  struct Line {
    std::deque<Task> small;
    std::deque<Task> large;
  };
  void push(Line& line, Task task);
  std::optional<Task> take(Line& line);

  Clock& clock_;
  const std::size_t large_max_;
  mutable std::mutex mutex_;
  Signal changed_;
  Line retries_;
  Line fresh_;
  std::size_t large_out_ = 0;
  bool large_turn_ = false;
  bool closed_ = false;
};

}  // namespace dray::pipeline
