#include "pipeline/ledger.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "intake/notification_decoder.h"

namespace dray::pipeline {
namespace {

// Identities remembered: about 100 bytes each.
constexpr std::size_t kProgressMax = 100'000;
// A denied access that repeats over this many objects is not the object's fault: stop receiving, so that a missing
// permission does not push a whole queue into its DLQ.
constexpr int kDeniedMax = 5;
constexpr Duration kBreakerPause = seconds(30);
// delivery.md rule 9: alone three times, each after a passed probe.
constexpr int kLoneFailuresMax = 3;
constexpr int kBackoffFirst = 5;
constexpr int kBackoffMax = 900;
constexpr std::size_t kLeftMax = 100'000;

}  // namespace

Ledger::Ledger(const Plan& plan, TaskQueue& tasks, Clock& clock, telemetry::Logger log, std::size_t started_max,
               std::uint64_t seed)
    : plan_(plan),
      tasks_(tasks),
      clock_(clock),
      log_(std::move(log)),
      started_max_(started_max),
      random_(seed),
      progress_(kProgressMax),
      active_at_(clock.now()) {}

// ---------------------------------------------------------------------------------------------------- from the queue

int Ledger::reserve(int most) {
  const bool receivable = outputs_ready();
  const std::size_t startable = std::min(tasks_.room(started_max_), acknowledger_->room());
  const std::lock_guard lock(mutex_);
  if (!receivable || clock_.now() < closed_until_) {
    // The queue is not asked: that it brings nothing says nothing.
    active_at_ = clock_.now();
    return 0;
  }
  if (stopping_ || startable <= reserved_) return 0;
  const std::size_t room = startable - reserved_;
  const int granted = static_cast<int>(std::min<std::size_t>(room, static_cast<std::size_t>(most)));
  reserved_ += static_cast<std::size_t>(granted);
  return granted;
}

void Ledger::unreserve(int count) {
  const std::lock_guard lock(mutex_);
  reserved_ -= static_cast<std::size_t>(count);
}

void Ledger::take(std::vector<flow::Notification> notifications) {
  for (const flow::Notification& notification : notifications) take_one(notification);
}

void Ledger::take_one(const flow::Notification& notification) {
  // Decoded before it is adopted, so that a body of a megabyte is read once and then dropped.
  auto objects = intake::decode_notification(notification.body);
  const std::lock_guard lock(mutex_);
  const auto [adoption, life] = acknowledger_->adopt(notification);
  if (adoption == ack::Acknowledger::Adoption::ignored) return;
  if (adoption == ack::Acknowledger::Adoption::revived) {
    if (const auto place = jobs_.find(notification.message_id); place != jobs_.end()) {
      place->second->lost = false;
      place->second->life = life;
    }
    return;
  }
  if (!left_.contains(notification.message_id)) active_at_ = clock_.now();
  ++counts_.notifications;
  auto job = make_job(notification, objects ? std::move(*objects) : std::vector<flow::ObjectRef>{});
  job->life = life;
  jobs_[job->message_id] = job;
  if (!objects) {
    job->first_error = with_context(objects.error(), "message " + job->message_id);
    job->pending = 0;
    settle_job(job);
    return;
  }
  if (stopping_) {
    job->first_error = Error{ErrorKind::stopped, "stopped", "stopping"};
    job->pending = 0;
  }
  if (job->pending == 0) {
    settle_job(job);
    return;
  }
  for (std::size_t i = 0; i < job->works.size(); ++i) tasks_.push_fresh({.job = job, .index = i, .group = {}});
}

std::shared_ptr<Job> Ledger::make_job(const flow::Notification& notification,
                                      std::vector<flow::ObjectRef> objects) const {
  auto job = std::make_shared<Job>();
  job->message_id = notification.message_id;
  job->md5_of_body = notification.md5_of_body;
  job->receive_count = notification.receive_count;
  job->sends_md5 = plan_.debug_md5;
  job->works.reserve(objects.size() + (plan_.debug_md5 ? 1 : 0));
  for (flow::ObjectRef& object : objects) {
    Work& work = job->works.emplace_back();
    work.object = std::move(object);
    work.identity = Progress::identity_of(plan_.identity_scope, work.object);
  }
  if (plan_.debug_md5) {
    flow::ObjectRef md5;
    md5.key = "md5 of the message";
    md5.sequencer = job->message_id;
    job->works.emplace_back().identity = Progress::identity_of(plan_.identity_scope, md5);
  }
  job->pending = job->works.size();
  return job;
}

void Ledger::queue_answered(bool ok) {
  const std::lock_guard lock(mutex_);
  if (ok) {
    queue_has_answered_ = true;
  } else {
    active_at_ = clock_.now();
  }
}

// ------------------------------------------------------------------------------------------------------- the workers

std::optional<Ledger::Attempt> Ledger::begin(const Task& task) {
  const std::lock_guard lock(mutex_);
  Work& work = task.work();
  const bool again = work.ticket != nullptr;
  if (stopping_ || task.job->stop.requested()) {
    conclude(task, Outcome::failed, Error{ErrorKind::stopped, "stopped", "stopping"});
    return std::nullopt;
  }
  if (task.job->lost && !again) {
    conclude(task, Outcome::failed, Error{ErrorKind::lost, "lease_lost", "its lease was lost before it began"});
    return std::nullopt;
  }
  // Without a mark on the bytes nobody can say that they are still those whose prefix was proven.
  const bool recognisable = task.is_md5() || !work.etag.empty() || !work.object.version_id.empty();
  if (again) {
    ++counts_.retries;
    if (recognisable) {
      work.ticket->restart();
    } else {
      work.ticket = std::make_shared<flow::Ticket>(std::vector<std::uint64_t>(plan_.outputs.size(), 0));
    }
  } else {
    std::optional<Resume> resume;
    switch (progress_.start(work.identity, task, resume)) {
      case Progress::Start::parked: return std::nullopt;
      case Progress::Start::done:
        work.known_done = true;
        conclude(task, Outcome::delivered, std::nullopt);
        return std::nullopt;
      case Progress::Start::go: break;
    }
    std::vector<std::uint64_t> prefixes(plan_.outputs.size(), 0);
    if (resume && (task.is_md5() || !resume->etag.empty() || !work.object.version_id.empty())) {
      prefixes = resume->prefixes;
      work.etag = resume->etag;
    }
    work.ticket = std::make_shared<flow::Ticket>(prefixes);
  }
  streaming_[work.ticket.get()] = task;
  return Attempt{work.ticket, work.etag};
}

void Ledger::restart_from_zero(const Task& task) {
  const std::lock_guard lock(mutex_);
  Work& work = task.work();
  streaming_.erase(work.ticket.get());
  work.etag.clear();
  work.ticket = std::make_shared<flow::Ticket>(std::vector<std::uint64_t>(plan_.outputs.size(), 0));
  streaming_[work.ticket.get()] = task;
}

void Ledger::end(const Task& task, Streamed streamed) {
  const std::shared_ptr<flow::Ticket> ticket = task.work().ticket;
  {
    const std::lock_guard lock(mutex_);
    Work& work = task.work();
    if (!streamed.etag.empty()) work.etag = std::move(streamed.etag);
    work.events = streamed.events;
    work.bytes = streamed.bytes;
    work.quarantined = streamed.quarantined;
    work.dropped = streamed.dropped;
    if (!streamed.error || streamed.error->kind != ErrorKind::denied) denied_in_a_row_ = 0;
  }
  if (ticket->seal(streamed.records, std::move(streamed.error))) settled(ticket);
}

// ------------------------------------------------------------------------------------------------------- the outputs

void Ledger::settled(const std::shared_ptr<flow::Ticket>& ticket) {
  DRAY_ASSERT(settle_if_ours(ticket));
}

bool Ledger::settle_if_ours(const std::shared_ptr<flow::Ticket>& ticket) {
  const std::lock_guard lock(mutex_);
  const auto place = streaming_.find(ticket.get());
  if (place == streaming_.end()) return false;
  const Task task = place->second;
  streaming_.erase(place);
  if (ticket->state() == flow::Ticket::State::proven) {
    conclude(task, Outcome::delivered, std::nullopt);
  } else {
    conclude_failed_ticket(task, ticket->failure());
  }
  return true;
}

// Under mutex_.
void Ledger::conclude_failed_ticket(const Task& task, const flow::Ticket::Failure& failure) {
  const Work& work = task.work();
  const bool stop = stopping_ || task.job->stop.requested();
  // A lane that waited in vain for a slow or absent receiver is the receiver's failure too: again, under the same
  // lease.
  const bool waited_in_vain =
      failure.source && (failure.source->code == "receiver_slow" || failure.source->code == "console_slow");
  if ((failure.by_receiver || waited_in_vain) && !stop) {
    if (work.ticket->lone_failures() < kLoneFailuresMax) {
      tasks_.push_retry({.job = task.job, .index = task.index, .group = failure.group});
      return;
    }
    conclude(task, Outcome::failed,
             Error{ErrorKind::poison, "receiver_refuses",
                   "the receiver broke the connection each time this object was sent alone (3 times); left on the "
                   "queue (on_error: receiver_refuses)"});
    return;
  }
  if (stop || !failure.source) {
    conclude(task, Outcome::failed, Error{ErrorKind::stopped, "stopped", "stopping"});
    return;
  }
  conclude(task, Outcome::failed, failure.source);
}

// Under mutex_. The end of one work, in all its attempts.
void Ledger::conclude(const Task& task, Outcome outcome, std::optional<Error> error) {
  Work& work = task.work();
  Job& job = *task.job;
  DRAY_ASSERT(work.outcome == Outcome::pending && job.pending > 0);
  work.outcome = outcome;
  --job.pending;
  if (work.ticket) {
    Resume resume{work.etag, work.ticket->prefixes()};
    // With the eTag as its only mark an object is known again only if those were the bytes that were read.
    const bool only_etag = work.object.version_id.empty() && work.object.sequencer.empty();
    const bool known = outcome == Outcome::delivered && (!only_etag || work.etag == work.object.etag);
    for (Task& waiting : progress_.finish(work.identity, known, std::move(resume))) {
      tasks_.push_fresh(std::move(waiting));
    }
  }
  if (outcome == Outcome::delivered && !work.known_done && !task.is_md5()) {
    ++counts_.objects;
    counts_.events += work.events;
    counts_.bytes += work.bytes;
    counts_.quarantined += work.quarantined;
    counts_.dropped += work.dropped;
  }
  if (error) {
    if (error->kind == ErrorKind::denied) note_denied(*error);
    const std::string what = task.is_md5() ? "message " + job.message_id : work.object.url();
    // Poison decides over anything that may pass: the message cannot become whole.
    if (!job.first_error || (error->kind == ErrorKind::poison && job.first_error->kind != ErrorKind::poison)) {
      job.first_error = with_context(std::move(*error), what);
    }
  }
  if (job.pending == 0) settle_job(task.job);
}

// Under mutex_.
void Ledger::settle_job(const std::shared_ptr<Job>& job) {
  active_at_ = left_.contains(job->message_id) ? active_at_ : clock_.now();
  flow::Settlement settlement{.verdict = flow::Verdict::delivered, .delay = seconds(0)};
  if (job->first_error) {
    const Error& error = *job->first_error;
    settlement = settlement_for(*job, error);
    if (error.kind != ErrorKind::stopped) note_left(*job);
    if (error.kind != ErrorKind::stopped && error.kind != ErrorKind::lost) {
      const bool comes_back = settlement.verdict == flow::Verdict::retry_later;
      log_.warning("Left on the queue (receive " + std::to_string(job->receive_count) + ", " +
                   (comes_back ? "again in " + std::to_string(settlement.delay.count()) + " s"
                               : "again after its visibility timeout, then the dead-letter queue if there is one") +
                   "): " + error.message);
    }
  } else if (!plan_.ack_messages) {
    left_.erase(job->message_id);
  }
  if (acknowledger_->settle(job->message_id, settlement)) return;
  ++counts_.settled;
  jobs_.erase(job->message_id);
}

// Under mutex_. Until it is delivered after all.
void Ledger::note_left(const Job& job) {
  if (left_.size() < kLeftMax) left_.insert(job.message_id);
}

// Under mutex_. Null if that receive of the message is history.
std::shared_ptr<Job> Ledger::job_of(const std::string& message_id, std::uint64_t life) const {
  const auto place = jobs_.find(message_id);
  return place != jobs_.end() && place->second->life == life ? place->second : nullptr;
}

// Under mutex_.
flow::Settlement Ledger::settlement_for(const Job& job, const Error& error) {
  switch (error.kind) {
    case ErrorKind::stopped: return {.verdict = flow::Verdict::retry_later, .delay = seconds(0)};
    case ErrorKind::poison:
    case ErrorKind::config:
    case ErrorKind::lost: return {.verdict = flow::Verdict::leave, .delay = seconds(0)};
    case ErrorKind::transient:
    case ErrorKind::later:
    case ErrorKind::denied: break;
  }
  const int doublings = std::clamp(job.receive_count - 1, 0, 8);
  const int longest = std::min(kBackoffMax, kBackoffFirst * (1 << doublings));
  const auto jitter = static_cast<int>(random_.below(static_cast<std::uint64_t>(longest) / 4 + 1));
  return {.verdict = flow::Verdict::retry_later, .delay = seconds(longest - jitter)};
}

// Under mutex_.
void Ledger::note_denied(const Error& error) {
  if (++denied_in_a_row_ < kDeniedMax) return;
  denied_in_a_row_ = 0;
  closed_until_ = clock_.now() + kBreakerPause;
  log_.error(
      "Access was denied for " + std::to_string(kDeniedMax) +
      " objects in a row; nothing is received for 30 seconds, so that they do not end in the dead-letter queue: " +
      error.message);
}

// -------------------------------------------------------------------------------------------------- the acknowledger

void Ledger::deleting(const std::string& message_id) {
  const std::lock_guard lock(mutex_);
  const auto place = jobs_.find(message_id);
  DRAY_ASSERT(place != jobs_.end());
  const Job& job = *place->second;
  // A1: each record of it is filtered, disposed of by on_error, or within the proven prefix of every output.
  DRAY_ASSERT(job.pending == 0 && !job.first_error);
  for (const Work& work : job.works) {
    DRAY_ASSERT(work.outcome == Outcome::delivered);
    DRAY_ASSERT(work.known_done || work.ticket->state() == flow::Ticket::State::proven);
  }
}

void Ledger::deleted(const std::string& message_id, std::uint64_t life, const std::string& receipt_handle) {
  {
    const std::lock_guard lock(mutex_);
    if (job_of(message_id, life)) jobs_.erase(message_id);
    left_.erase(message_id);
    ++counts_.deleted;
    ++counts_.settled;
    active_at_ = clock_.now();
  }
  log_.info("Acked message receiptHandle: " + receipt_handle);
}

void Ledger::released(const std::string& message_id, std::uint64_t life) {
  const std::lock_guard lock(mutex_);
  if (job_of(message_id, life)) jobs_.erase(message_id);
  ++counts_.settled;
}

void Ledger::lost(const std::string& message_id, std::uint64_t life) {
  {
    const std::lock_guard lock(mutex_);
    const std::shared_ptr<Job> job = job_of(message_id, life);
    if (!job) return;
    job->lost = true;
    note_left(*job);
    active_at_ = clock_.now();
    // Settled, and the queue never agreed: it comes back and finds its objects done.
    if (job->pending == 0) jobs_.erase(message_id);
  }
  log_.warning("The lease of message " + message_id +
               " was lost (extended too late, or the machine slept); it will be delivered to a collector again. "
               "If this repeats, raise sqs_visibility_timeout.");
}

void Ledger::overdue(const std::string& message_id) {
  const std::lock_guard lock(mutex_);
  if (const auto place = jobs_.find(message_id); place != jobs_.end()) place->second->stop.request();
}

// ---------------------------------------------------------------------------------------------------------- the whole

void Ledger::stop_all() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
  for (const auto& [id, job] : jobs_) job->stop.request();
}

void Ledger::hold_off(TimePoint until) {
  const std::lock_guard lock(mutex_);
  closed_until_ = std::max(closed_until_, until);
}

void Ledger::release_held() {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, job] : jobs_) job->stop.request();
}

LedgerCounts Ledger::counts() const {
  const std::size_t held = acknowledger_->counts().held;
  const std::lock_guard lock(mutex_);
  LedgerCounts counts = counts_;
  counts.left = left_.size();
  counts.held = std::max(held, jobs_.size());
  return counts;
}

TimePoint Ledger::active_at() const {
  const std::lock_guard lock(mutex_);
  return queue_has_answered_ ? active_at_ : clock_.now();
}

bool Ledger::outputs_ready() const {
  return std::ranges::all_of(plan_.outputs, [](const output::Output* output) { return output->ready(); });
}

}  // namespace dray::pipeline
