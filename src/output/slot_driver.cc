#include "output/slot_driver.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace dray::output {
namespace {

constexpr Duration kTick = milliseconds(50);
constexpr Duration kIdleMax = seconds(20);
constexpr Duration kCanaryWait = seconds(2);  // for a sibling to open before an epoch is ended without one
constexpr Duration kSealedMax = seconds(95);  // A6: a verdict within 100 s

}  // namespace

SlotDriver::SlotDriver(Slot& slot, Endpoint& endpoint, std::uint64_t seed)
    : slot_(slot),
      endpoint_(endpoint),
      backoff_({.first = seconds(1), .cap = seconds(60), .least = milliseconds(500)}, seed) {}

void SlotDriver::step(TimePoint now) {
  tend_resting();
  tend_next(now);
  tend_probe(now);
  tend_epoch(slot_.closing, now);
  tend_epoch(slot_.filling, now);
  seal(now);
  drain(now);
  conclude(now);
  rotate(now);
  rest_idle(now);
  dial(now);
  DRAY_ASSERT(sockets() <= 2);  // A10
}

void SlotDriver::tend_resting() {
  if (!resting_) return;
  const Link::State state = resting_->advance();
  if (state != Link::State::ended && state != Link::State::aborted) return;
  note_death(*resting_);
  resting_.reset();
}

void SlotDriver::tend_next(TimePoint now) {
  if (!next_) return;
  if (next_->advance() != Link::State::aborted) return;
  const std::unique_ptr<Link> lost = std::move(next_);
  connection_lost(*lost, now);
}

void SlotDriver::tend_probe(TimePoint now) {
  if (!probe_) return;
  const Link::State state = probe_->advance();
  if (state == Link::State::open) {
    probe_opened_ = true;
    probe_->end();
  } else if (state == Link::State::ended) {
    probe_ended(now);
  } else if (state == Link::State::aborted) {
    probe_failed(now);
  }
}

// Owns the link for a moment: watches it and flushes what was gathered. Lanes that are writing watch it themselves.
void SlotDriver::tend_epoch(std::unique_ptr<Epoch>& place, TimePoint now) {
  std::unique_lock lock(slot_.mutex);
  Epoch* const epoch = place.get();
  if (epoch == nullptr) return;
  if (epoch->busy) {
    if (now.since_start.count() - epoch->checked_at.load() > Duration(kTick).count()) epoch->driver_wants = true;
    return;
  }
  epoch->busy = true;
  lock.unlock();
  const Link::State state = epoch->link->advance();
  lock.lock();
  epoch->checked_at.store(now.since_start.count());
  if (state == Link::State::open && epoch->state != Epoch::State::draining) flush(lock, *epoch, now);
  std::string reason = std::exchange(epoch->trouble, {});
  if (state == Link::State::aborted) reason = epoch->link->error().message;
  const bool overdue = epoch->sealed_at != TimePoint::never() && now - epoch->sealed_at > kSealedMax;
  if (reason.empty() && overdue) reason = "its end took too long";
  if (!reason.empty()) {
    lock.unlock();
    return fail_epoch(place, reason, now);
  }
  epoch->driver_wants = false;
  epoch->busy = false;
  slot_.wake_for_room();
}

// Offers the link what is due, without waiting. What it refuses stays in `outgoing`.
void SlotDriver::flush(std::unique_lock<std::mutex>& lock, Epoch& epoch, TimePoint now) {
  const bool due = epoch.closed || now - epoch.staged_at >= Slot::kFlushAfter;
  while (epoch.trouble.empty()) {
    if (epoch.outgoing.empty()) {
      if (epoch.staging.empty() || (!due && epoch.staging.size() < Slot::kWriteBytes)) return;
      epoch.offer_staging();
    }
    lock.unlock();
    const Link::Write result = epoch.link->write(epoch.outgoing);
    lock.lock();
    if (result == Link::Write::accepted) {
      if (epoch.blocked_at != TimePoint::never()) epoch.blocked += now - epoch.blocked_at;
      epoch.blocked_at = TimePoint::never();
      epoch.outgoing.clear();
      continue;
    }
    if (result == Link::Write::failed) {
      epoch.trouble = epoch.link->error().message;
      return;
    }
    if (epoch.blocked_at == TimePoint::never()) epoch.blocked_at = now;
    const Duration allowed = Slot::kWriteMax + seconds(epoch.outgoing.size() / Slot::kSlowestReceiver);
    if (now - epoch.blocked_at > allowed) epoch.trouble = "the receiver takes no more bytes";
    return;
  }
}

void SlotDriver::seal(TimePoint now) {
  const std::lock_guard lock(slot_.mutex);
  for (Epoch* const epoch : {slot_.filling.get(), slot_.closing.get()}) {
    if (epoch == nullptr || !epoch->carries() || epoch->state == Epoch::State::draining) continue;
    const bool wanted = epoch->soft_limit_reached(now) || (epoch->group->id == 0 && slot_.retry_waits());
    if (epoch->state == Epoch::State::filling && wanted) epoch->state = Epoch::State::finishing;
    const bool last_left = epoch->state == Epoch::State::finishing && epoch->streaming == 0;
    if (last_left || suspect_ || endpoint_.sealing || epoch->hard_limit_reached(now)) epoch->close();
  }
  if (slot_.filling && slot_.filling->state == Epoch::State::finishing && !slot_.closing) {
    slot_.closing = std::move(slot_.filling);
  }
  if (slot_.closing && slot_.closing->closed && slot_.closing->sealed_at == TimePoint::never()) {
    slot_.closing->sealed_at = now;
  }
}

// Everything was written: begin to end the connection, once a sibling stands beside it.
void SlotDriver::drain(TimePoint now) {
  {
    const std::lock_guard lock(slot_.mutex);
    Epoch* const epoch = slot_.closing.get();
    if (epoch == nullptr || !epoch->closed || epoch->state == Epoch::State::draining || !epoch->written()) return;
    if (epoch->link->state() != Link::State::open) return;
    if (endpoint_.standing < 2) {
      const bool hopeless = endpoint_.single || endpoint_.stopping || now - epoch->sealed_at >= kCanaryWait;
      if (!hopeless) return;
      ++endpoint_.counters.epochs_without_canary;
    }
    epoch->state = Epoch::State::draining;
  }
  slot_.closing->link->end();  // nobody else touches the link of a draining epoch
}

void SlotDriver::conclude(TimePoint now) {
  Epoch* const epoch = slot_.closing.get();
  if (epoch == nullptr || epoch->state != Epoch::State::draining) return;
  const Link& link = *epoch->link;
  if (link.state() != Link::State::ended) return;
  const ProofLevel level = link.level();
  endpoint_.required.seen(level);
  if (!endpoint_.required.enough(level)) {
    {
      const std::lock_guard lock(slot_.mutex);
      epoch->busy = true;
    }
    return fail_epoch(
        slot_.closing,
        fmt::format(R"(its end was "{}", required is "{}")", name_of(level), name_of(endpoint_.required.required())),
        now);
  }
  Settling settling;
  std::unique_ptr<Epoch> ended;
  {
    const std::lock_guard lock(slot_.mutex);
    ended = std::move(slot_.closing);
    slot_.wake_all();
  }
  settling.id = ended->id;
  settling.ended_at = now;
  settling.settling = settling_time(link.round_trip());
  settling.level = level;
  settling.group = *ended->group;
  settling.passengers = std::move(ended->passengers);
  settling.cap = ended->cap;
  settling.bytes = ended->bytes;
  settling.events = ended->events;
  settling.taken = ended->blocked + (now - ended->sealed_at);
  settling_.push_back(std::move(settling));
}

// The next connection's turn.
void SlotDriver::rotate(TimePoint now) {
  const std::lock_guard lock(slot_.mutex);
  if (slot_.filling || !next_ || next_->state() != Link::State::open || suspect_) return;
  auto epoch = std::make_unique<Epoch>(++endpoint_.last_epoch, std::move(next_));
  epoch->checked_at.store(now.since_start.count());
  if (!std::exchange(had_epoch_, true)) {
    epoch->soft_share = static_cast<double>(slot_.index + 1) / static_cast<double>(endpoint_.slots_wanted);
  }
  slot_.filling = std::move(epoch);
  slot_.wake_all();
}

// A connection that waited too long for data is ended, before the other side does it and looks like a dying sibling.
void SlotDriver::rest_idle(TimePoint now) {
  const std::lock_guard lock(slot_.mutex);
  const bool needed = slot_.closing != nullptr || !settling_.empty() || !slot_.waiters.empty();
  const auto spent = [&](const Link& link) {
    if (link.state() != Link::State::open) return false;
    return now - link.opened_at() >= kIdleMax || (!needed && endpoint_.sealing) || !in_use();
  };
  const bool filling_idle = slot_.filling && !slot_.filling->carries();
  if (filling_idle && suspect_ && !probe_) {
    begin_probe(std::move(std::exchange(slot_.filling, nullptr)->link));
  } else if (filling_idle && !resting_ && spent(*slot_.filling->link)) {
    resting_ = std::move(std::exchange(slot_.filling, nullptr)->link);
    resting_->end();
  }
  if (!next_ || next_->state() != Link::State::open) return;
  if (suspect_ && !probe_) {
    begin_probe(std::move(next_));
  } else if (!resting_ && (suspect_ || spent(*next_))) {
    resting_ = std::move(next_);
    resting_->end();
  }
}

void SlotDriver::dial(TimePoint now) {
  if (endpoint_.stopping || now < retry_at_ || sockets() >= endpoint_.sockets_per_slot()) return;
  if (suspect_) {
    if (probe_ || !in_use() || !endpoint_.budget.take(now)) return;
    return begin_probe(endpoint_.dialer.dial());
  }
  {
    const std::lock_guard lock(slot_.mutex);
    const bool standby = slot_.filling && !slot_.filling->carries();
    const bool busy = slot_.filling || slot_.closing || !settling_.empty();
    const bool wanted = in_use() && (!slot_.waiters.empty() || busy);
    if (next_ || standby || !wanted) return;
  }
  if (endpoint_.budget.take(now)) next_ = endpoint_.dialer.dial();
}

void SlotDriver::begin_probe(std::unique_ptr<Link> link) {
  probe_ = std::move(link);
  probe_opened_ = probe_->state() == Link::State::open;
  if (probe_opened_) probe_->end();
}

std::size_t SlotDriver::sockets() const {
  const auto one = [](const auto& holder) { return std::size_t{holder ? 1U : 0U}; };
  return one(slot_.filling) + one(slot_.closing) + one(next_) + one(probe_) + one(resting_);
}

}  // namespace dray::output
