#include "ack/acknowledger.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace dray::ack {
namespace {

constexpr std::size_t kBatchMax = 10;  // AWS: entries in a batch call
// A delete waits this long for others to share its request; nothing depends on its speed.
constexpr Duration kLinger = milliseconds(20);
constexpr Duration kRetryFirst = milliseconds(200);
constexpr Duration kRetryMax = seconds(10);
// Shorter than the grace of a stop: a call under way when it begins has ended when it ends.
constexpr Duration kCallTimeout = seconds(5);
constexpr Duration kWaitMax = seconds(1);
// AWS: a message stays in flight for at most 12 h from its receive, however often it is extended.
constexpr Duration kLeaseMax = seconds(43'200);
constexpr Duration kOverdue = std::chrono::minutes(11 * 60 + 30);
// Ids remembered with ack_messages: false. Beyond it the oldest is forgotten and would be sent again.
constexpr std::size_t kIgnoredMax = 100'000;

Duration retry_wait(int tries) {
  const int doublings = std::min(tries, 6);
  return std::min<Duration>(kRetryFirst * (1 << doublings), kRetryMax);
}

}  // namespace

Acknowledger::Acknowledger(aws::Queue& queue, Clock& clock, Threads& threads, AckListener& listener,
                           telemetry::Logger log, AcknowledgerOptions options)
    : queue_(queue),
      clock_(clock),
      threads_(threads),
      listener_(listener),
      log_(std::move(log)),
      options_(options),
      changed_(clock) {}

Acknowledger::~Acknowledger() {
  stop(clock_.now());
}

void Acknowledger::start() {
  for (std::size_t i = 0; i < options_.calls_max; ++i) {
    callers_.push_back(threads_.spawn("ack", [this] { run_caller(); }));
  }
}

void Acknowledger::stop(TimePoint deadline) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    stop_deadline_ = deadline;
    changed_.notify_all();
  }
  for (auto& caller : callers_) caller->join();
  callers_.clear();
}

std::size_t Acknowledger::room() const {
  const std::lock_guard lock(mutex_);
  return options_.held_max - std::min(options_.held_max, entries_.size());
}

Acknowledger::Adopted Acknowledger::adopt(const flow::Notification& notification) {
  const std::lock_guard lock(mutex_);
  if (ignored_.contains(notification.message_id)) return {Adoption::ignored, 0};
  const auto [place, is_new] = entries_.try_emplace(notification.message_id);
  Entry& entry = place->second;
  const bool settled = !is_new && (entry.state == State::deleting || entry.state == State::releasing);
  entry.receipt_handle = notification.receipt_handle;
  entry.life = ++lives_;
  entry.received_at = notification.received_at;
  entry.lease_until = notification.received_at + options_.visibility;
  entry.extend_at = notification.received_at + options_.visibility / 3;
  if (settled) {
    // Its delete or release is still to be agreed to: now with the newer handle.
    entry.try_at = clock_.boot_now();
  } else {
    entry.state = State::held;
  }
  schedule(entry.extend_at);
  return {is_new ? Adoption::fresh : Adoption::revived, entry.life};
}

bool Acknowledger::settle(const std::string& message_id, const flow::Settlement& settlement) {
  const std::lock_guard lock(mutex_);
  const auto place = entries_.find(message_id);
  if (place == entries_.end()) return false;
  Entry& entry = place->second;
  DRAY_ASSERT(entry.state == State::held || entry.state == State::lost);
  const BootTime now = clock_.boot_now();
  switch (settlement.verdict) {
    case flow::Verdict::delivered:
      if (!options_.ack_messages) {
        ignored_.insert(message_id);
        ignored_order_.push_back(message_id);
        if (ignored_order_.size() > kIgnoredMax) {
          ignored_.erase(ignored_order_.front());
          ignored_order_.pop_front();
        }
        entries_.erase(place);
        return false;
      }
      if (entry.state == State::lost) {
        // Without a live handle nothing can be deleted; its redelivery finds the objects done.
        entries_.erase(place);
        return false;
      }
      entry.state = State::deleting;
      entry.try_at = now + (to_delete_.size() + 1 >= kBatchMax ? Duration::zero() : kLinger);
      to_delete_.push_back(message_id);
      if (to_delete_.size() == 1 || to_delete_.size() % kBatchMax == 0) changed_.notify_one();
      return true;
    case flow::Verdict::retry_later:
      if (entry.state == State::lost) {
        entries_.erase(place);
        return false;
      }
      entry.state = State::releasing;
      entry.delay = settlement.delay;
      entry.try_at = now;
      to_release_.push_back(message_id);
      changed_.notify_one();
      return true;
    case flow::Verdict::leave:
      ++counts_.left;
      entries_.erase(place);
      return false;
  }
  return false;
}

bool Acknowledger::lease_alive(const std::string& message_id) const {
  const std::lock_guard lock(mutex_);
  const auto place = entries_.find(message_id);
  return place != entries_.end() && place->second.state == State::held;
}

Acknowledger::Counts Acknowledger::counts() const {
  const std::lock_guard lock(mutex_);
  Counts counts = counts_;
  counts.held = entries_.size();
  counts.deleting = 0;
  counts.releasing = 0;
  for (const auto& [id, entry] : entries_) {
    if (entry.state == State::deleting) ++counts.deleting;
    if (entry.state == State::releasing) ++counts.releasing;
  }
  return counts;
}

void Acknowledger::run_caller() {
  Batch batch;
  std::vector<Told> told;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      BootTime wake_at{};
      while (!next_batch(batch, told, wake_at) && told.empty()) {
        if (stopping_ && ((to_delete_.empty() && to_release_.empty()) || clock_.now() >= stop_deadline_)) return;
        const Duration wait = std::clamp<Duration>(wake_at - clock_.boot_now(), milliseconds(1), kWaitMax);
        changed_.wait_until(lock, clock_.now() + wait);
      }
    }
    tell(told);
    told.clear();
    if (!batch.ids.empty()) perform(batch);
  }
}

// Under mutex_. True: a batch to perform. wake_at: when there may be one.
bool Acknowledger::next_batch(Batch& batch, std::vector<Told>& told, BootTime& wake_at) {
  batch = {};
  wake_at = {Duration::max()};
  const BootTime now = clock_.boot_now();
  batch.begun = now;
  if (now >= next_scan_) {
    find_expired(now, told, wake_at);
    collect(Call::extend, now, batch, wake_at);
    next_scan_ = batch.ids.size() == kBatchMax ? now : wake_at;
    if (!batch.ids.empty()) return true;
  }
  wake_at = next_scan_;
  collect(Call::remove, now, batch, wake_at);
  if (batch.ids.empty()) collect(Call::release, now, batch, wake_at);
  return !batch.ids.empty();
}

// Under mutex_. Takes up to ten entries that are due for that call.
void Acknowledger::collect(Call call, BootTime now, Batch& batch, BootTime& wake_at) {
  batch.call = call;
  const auto take = [&](const std::string& id, Entry& entry) {
    entry.in_call = true;
    batch.ids.push_back(id);
    batch.handles.push_back(entry.receipt_handle);
  };
  if (call == Call::extend) {
    for (auto& [id, entry] : entries_) {
      if (entry.state != State::held || entry.in_call || entry.overdue) continue;
      if (!options_.ack_messages && ignored_.contains(id)) continue;
      if (entry.extend_at > now || batch.ids.size() == kBatchMax) {
        wake_at = std::min(wake_at, entry.extend_at);
        continue;
      }
      take(id, entry);
      const Duration left = kLeaseMax - (now - entry.received_at) - seconds(1);
      const auto extension = std::chrono::duration_cast<seconds>(std::min<Duration>(options_.visibility, left));
      batch.changes.push_back({entry.receipt_handle, extension});
      batch.extensions.emplace_back(extension);
    }
    return;
  }
  const State wanted = call == Call::remove ? State::deleting : State::releasing;
  std::deque<std::string>& due = call == Call::remove ? to_delete_ : to_release_;
  // A full batch goes at once; the first entry's time counts for a smaller one.
  const bool full = due.size() >= kBatchMax;
  std::size_t waiting = 0;
  while (waiting < due.size() && batch.ids.size() < kBatchMax) {
    const std::string id = due[waiting];
    const auto place = entries_.find(id);
    if (place != entries_.end() && place->second.state == wanted && place->second.in_call) {
      ++waiting;  // its heartbeat is under way; whoever makes that call looks here next
      continue;
    }
    if (place == entries_.end() || place->second.state != wanted) {
      due.erase(due.begin() + static_cast<std::ptrdiff_t>(waiting));
      continue;
    }
    Entry& entry = place->second;
    if (entry.try_at > now && (entry.tries > 0 || (!full && !stopping_))) {
      wake_at = std::min(wake_at, entry.try_at);
      ++waiting;
      continue;
    }
    due.erase(due.begin() + static_cast<std::ptrdiff_t>(waiting));
    take(id, entry);
    if (call == Call::release) batch.changes.push_back({entry.receipt_handle, entry.delay});
  }
}

// Under mutex_. A lease that could not be extended in time is lost before AWS takes it, so that nobody deletes with it.
void Acknowledger::find_expired(BootTime now, std::vector<Told>& told, BootTime& wake_at) {
  for (auto place = entries_.begin(); place != entries_.end();) {
    const std::string& id = place->first;
    Entry& entry = place->second;
    const BootTime limit = entry.lease_until + (-lost_margin());
    // What is being asked of the queue right now, its answer decides.
    const bool leased = entry.state != State::lost && !entry.in_call;
    if (leased && now >= limit && entry.state != State::held) {
      // Settled, but the queue never agreed: its redelivery will find everything done.
      told.push_back({Told::What::lost, id, entry.life, {}});
      ++counts_.lost;
      place = entries_.erase(place);
      continue;
    }
    if (leased && now >= limit) {
      lose(id, entry, told);
    } else if (leased) {
      wake_at = std::min(wake_at, limit);
    }
    if (entry.state == State::held && !entry.overdue && now - entry.received_at >= kOverdue) {
      entry.overdue = true;
      told.push_back({Told::What::overdue, id, entry.life, {}});
    }
    ++place;
  }
}

void Acknowledger::perform(Batch& batch) {
  if (batch.call == Call::remove) {
    for (const std::string& id : batch.ids) listener_.deleting(id);
  }
  const auto answers = request(batch);
  std::vector<Told> told;
  {
    const std::lock_guard lock(mutex_);
    apply(batch, answers, told);
  }
  tell(told);
}

Result<std::vector<Status>> Acknowledger::request(const Batch& batch) {
  TimePoint deadline = clock_.now() + kCallTimeout;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) deadline = std::min(deadline, stop_deadline_);
  }
  if (batch.call == Call::remove) return queue_.remove(batch.handles, deadline);
  return queue_.change_visibility(batch.changes, deadline);
}

// Under mutex_.
void Acknowledger::apply(const Batch& batch, const Result<std::vector<Status>>& answers, std::vector<Told>& told) {
  if (!answers) {
    log_.warning("SQS did not answer a batch of " + std::to_string(batch.ids.size()) + ": " + answers.error().message);
  } else {
    DRAY_ASSERT(answers->size() == batch.ids.size());
  }
  for (std::size_t i = 0; i < batch.ids.size(); ++i) {
    apply_one(batch, i, answers ? (*answers)[i] : Status(Error{answers.error()}), told);
  }
}

void Acknowledger::apply_one(const Batch& batch, std::size_t index, const Status& answer, std::vector<Told>& told) {
  const std::string& id = batch.ids[index];
  const auto place = entries_.find(id);
  if (place == entries_.end()) return;
  Entry& entry = place->second;
  entry.in_call = false;
  const bool newer_handle = entry.receipt_handle != batch.handles[index];
  if (answer.ok() && !newer_handle) {
    entry.tries = 0;
    switch (batch.call) {
      case Call::extend:
        ++counts_.extensions;
        entry.lease_until = batch.begun + batch.extensions[index];
        entry.extend_at = batch.begun + batch.extensions[index] / 3;
        schedule(entry.extend_at);
        return;
      case Call::remove:
        ++counts_.deleted;
        told.push_back({Told::What::deleted, id, entry.life, entry.receipt_handle});
        entries_.erase(place);
        return;
      case Call::release:
        ++counts_.released;
        told.push_back({Told::What::released, id, entry.life, {}});
        entries_.erase(place);
        return;
    }
  }
  const bool lost = !answer.ok() && answer.error().kind == ErrorKind::lost && !newer_handle;
  if (lost && batch.call == Call::extend) {
    lose(id, entry, told);
    return;
  }
  if (lost) {
    ++counts_.lost;
    told.push_back({Told::What::lost, id, entry.life, {}});
    entries_.erase(place);
    return;
  }
  // Unknown outcome, or a newer handle came meanwhile: again.
  entry.try_at = clock_.boot_now() + (newer_handle ? Duration::zero() : retry_wait(entry.tries++));
  if (entry.state == State::deleting) to_delete_.push_back(id);
  if (entry.state == State::releasing) to_release_.push_back(id);
  if (entry.state == State::held && batch.call == Call::extend && !newer_handle) {
    entry.extend_at = entry.try_at;
    schedule(entry.extend_at);
  }
  changed_.notify_one();
}

// Under mutex_.
void Acknowledger::lose(const std::string& message_id, Entry& entry, std::vector<Told>& told) {
  if (entry.state == State::lost) return;
  entry.state = State::lost;
  ++counts_.lost;
  told.push_back({Told::What::lost, message_id, entry.life, {}});
}

void Acknowledger::tell(const std::vector<Told>& told) {
  for (const Told& one : told) {
    switch (one.what) {
      case Told::What::deleted: listener_.deleted(one.message_id, one.life, one.receipt_handle); break;
      case Told::What::released: listener_.released(one.message_id, one.life); break;
      case Told::What::lost: listener_.lost(one.message_id, one.life); break;
      case Told::What::overdue: listener_.overdue(one.message_id); break;
    }
  }
}

// Under mutex_.
void Acknowledger::schedule(BootTime when) {
  if (when < next_scan_) {
    next_scan_ = when;
    changed_.notify_one();
  }
}

// Five seconds before an unextended deadline (delivery.md 2); less for the short timeouts of tests.
Duration Acknowledger::lost_margin() const {
  return std::min<Duration>(seconds(5), options_.visibility / 6);
}

}  // namespace dray::ack
