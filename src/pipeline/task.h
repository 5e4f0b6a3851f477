// Job: one held notification being worked on. Task: one object of it, for one worker, once. TaskQueue: tasks to do.
//
// A job is shared by its tasks, the ledger and the worker that runs one; all but `stop` is guarded by the ledger's mutex
// or constant since its making. Jobs are kept small: there may be 10,000 (delivery.md rule 10: no body).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
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
  Outcome outcome = Outcome::pending;
  bool known_done = false;               // delivered before: nothing was sent for this notification
};

struct Job {
  std::string message_id;
  std::string md5_of_body;  // hex; for debug_md5
  int receive_count = 1;
  bool sends_md5 = false;   // the last work is the MD5 event, not an object
  std::vector<Work> works;
  std::size_t pending = 0;          // works without outcome
  std::optional<Error> first_error; // decides the settlement
  bool lost = false;                // the lease is gone
  Stop stop;                        // "stop at a record boundary"
};

struct Task {
  std::shared_ptr<Job> job;  // shared: see above
  std::size_t index = 0;
  flow::RetryGroup group;

  [[nodiscard]] Work& work() const { return job->works[index]; }
  [[nodiscard]] bool is_md5() const { return job->sends_md5 && index + 1 == job->works.size(); }
};

// Retries before fresh tasks (delivery.md rule 9). Bounded by the notifications held. Thread-safe.
class TaskQueue {
 public:
  explicit TaskQueue(Clock& clock) : clock_(clock), not_empty_(clock) {}

  void push_fresh(Task task);
  void push_retry(Task task);
  // Empty at the deadline, or closed and drained.
  std::optional<Task> pop(TimePoint deadline);
  void close();
  [[nodiscard]] bool closed() const;
  [[nodiscard]] std::size_t fresh() const;

 private:
  void push(std::deque<Task>& tasks, Task task);

  Clock& clock_;
  mutable std::mutex mutex_;
  Signal not_empty_;
  std::deque<Task> retries_;
  std::deque<Task> fresh_;
  bool closed_ = false;
};

}  // namespace dray::pipeline
