#include "output/slot.h"

#include <algorithm>

#include "base/assert.h"
#include "output/output.h"

namespace dray::output {

Slot::Outcome Slot::send(Seat& seat, const Lease& lease) {
  std::unique_lock lock(mutex);
  const TimePoint deadline = clock_.now() + kLaneWaitMax;
  for (bool first = true;; first = false) {
    if (stopping) return Outcome::stopped;
    if (!first && seat.ticket->failing()) return Outcome::ticket_failed;
    if (!first && clock_.now() >= deadline) return Outcome::too_long;
    Epoch* const epoch = admit(seat);
    if (epoch == nullptr || !epoch->trouble.empty()) {
      // An epoch in trouble takes nothing; the driver will fail it and wake us.
      if (epoch == nullptr && !in_use.load() && seat.epoch == 0) return Outcome::elsewhere;
      wait(lock, seat, Seat::Waiting::for_epoch, deadline);
    } else if (!epoch->fits(lease.frames.size())) {
      epoch->close();
      dialer_.wake();
    } else if (!epoch->staging.empty() && epoch->staging.size() + lease.frames.size() > kStagingMax) {
      if (epoch->busy || epoch->driver_wants) {
        wait(lock, seat, Seat::Waiting::for_room, deadline);
      } else {
        epoch->busy = true;
        pump(lock, *epoch, 1);
        release(*epoch);
      }
    } else {
      if (!seat.ticket->register_range(seat.output, epoch->id, lease.end_ordinal)) return Outcome::ticket_failed;
      carry(seat, *epoch, lease);
      return hand_over(lock, *epoch, lease.frames);
    }
  }
}

void Slot::leave(Seat& seat, bool finished) {
  const std::lock_guard lock(mutex);
  if (Epoch* const epoch = carrier(seat.epoch)) {
    DRAY_ASSERT(epoch->streaming > 0);
    if (--epoch->streaming == 0 && epoch->state == Epoch::State::finishing) dialer_.wake();
  }
  if (!finished || seat.group.id == 0 || !tally.finished(seat.group)) return;
  // The whole group was sent: no need to wait for the epoch's idle time.
  if (filling && filling->carries() && filling->group->id == seat.group.id) {
    filling->state = Epoch::State::finishing;
    dialer_.wake();
  }
}

void Slot::wake_all() {
  for (Seat* const seat : waiters) seat->woken.notify_all();
}

void Slot::wake_for_room() {
  std::size_t left = kStagingMax / kWriteBytes;
  for (Seat* const seat : waiters) {
    if (seat->waiting != Seat::Waiting::for_room) continue;
    seat->woken.notify_all();
    if (--left == 0) return;
  }
}

bool Slot::retry_waits() const {
  return std::ranges::any_of(waiters, [](const Seat* seat) { return seat->group.id != 0 && seat->epoch == 0; });
}

void Slot::release(Epoch& epoch) {
  epoch.busy = false;
  if (epoch.driver_wants || epoch.closed || !epoch.trouble.empty()) dialer_.wake();
  wake_for_room();
}

Epoch* Slot::carrier(flow::EpochId id) const {
  if (id == 0) return nullptr;
  if (filling && filling->id == id) return filling.get();
  if (closing && closing->id == id) return closing.get();
  return nullptr;
}

// The epoch that may take this lane's next lease; none: wait. An object is in at most one epoch that has not ended
// (A4).
Epoch* Slot::admit(Seat& seat) {
  if (Epoch* const mine = carrier(seat.epoch)) return mine->closed ? nullptr : mine;
  seat.epoch = 0;
  return may_begin(seat) ? filling.get() : nullptr;
}

bool Slot::may_begin(const Seat& seat) const {
  if (!ready.load() || !filling || filling->state != Epoch::State::filling) return false;
  if (!in_use.load() && !filling->carries()) return false;
  // A slow receiver's connections share its rate: the next carries bytes only after the previous one ended (rule 3).
  if (closing && cap.bytes() < ByteCap::kOverlapFrom) return false;
  if (filling->carries()) return filling->group->id == seat.group.id;
  return seat.group.id != 0 || !retry_waits();  // retries go before fresh ones (rule 9)
}

void Slot::carry(Seat& seat, Epoch& epoch, const Lease& lease) {
  DRAY_ASSERT(!epoch.closed && epoch.state != Epoch::State::draining);  // A3
  const TimePoint now = clock_.now();
  const auto state_before = epoch.state;
  const bool first = !epoch.carries();
  if (first) {
    epoch.group = seat.group;
    epoch.cap = cap.bytes();
    epoch.first_byte_at = now;
  }
  if (seat.epoch == 0) {
    DRAY_ASSERT(epoch.state == Epoch::State::filling && epoch.group->id == seat.group.id);  // A11
    seat.epoch = epoch.id;
    seat.index = epoch.passengers.size();
    epoch.passengers.push_back({.ticket = seat.ticket, .output = seat.output, .end_ordinal = 0});
    ++epoch.streaming;
  }
  Passenger& passenger = epoch.passengers[seat.index];
  DRAY_ASSERT(seat.epoch == epoch.id && passenger.ticket == seat.ticket && passenger.end_ordinal < lease.end_ordinal);
  passenger.end_ordinal = lease.end_ordinal;
  epoch.bytes += lease.frames.size();
  epoch.events += lease.events;
  epoch.last_byte_at = now;
  if (epoch.hard_limit_reached(now)) epoch.close();
  if (epoch.state == Epoch::State::filling && epoch.soft_limit_reached(now)) epoch.state = Epoch::State::finishing;
  if (first || epoch.state != state_before) dialer_.wake();  // its timers begin; its turn to be replaced
}

Slot::Outcome Slot::hand_over(std::unique_lock<std::mutex>& lock, Epoch& epoch, std::string_view frames) {
  const bool may_write = !epoch.busy && !epoch.driver_wants;
  if (may_write && epoch.written() && frames.size() >= kDirectBytes) {
    epoch.busy = true;
    write(lock, epoch, frames);
    pump(lock, epoch);  // what others left meanwhile
    release(epoch);
  } else {
    if (epoch.staging.empty()) epoch.staged_at = clock_.now();
    epoch.staging += frames;
    if (may_write && epoch.staging.size() >= kWriteBytes) {
      epoch.busy = true;
      pump(lock, epoch);
      release(epoch);
    }
  }
  return epoch.trouble.empty() ? Outcome::taken : Outcome::connection_failed;
}

// Writes while there is a write's worth: `least` bytes. A few rounds, then another lane's turn if one waits.
void Slot::pump(std::unique_lock<std::mutex>& lock, Epoch& epoch, std::size_t least) {
  constexpr int kRounds = 4;
  for (int round = 0; epoch.trouble.empty(); ++round) {
    if (epoch.outgoing.empty()) {
      if (epoch.staging.size() < least) return;
      if (round >= kRounds && !waiters.empty()) return;
      epoch.offer_staging();
      wake_for_room();
    }
    write(lock, epoch, epoch.outgoing);
    epoch.outgoing.clear();
    if (epoch.outgoing.capacity() > 2 * kStagingMax) epoch.outgoing = {};  // a long event's
  }
}

// Offers the bytes until all are accepted or the link has failed. The caller owns the link; the lock is dropped
// meanwhile.
void Slot::write(std::unique_lock<std::mutex>& lock, Epoch& epoch, std::string_view frames) {
  DRAY_ASSERT(epoch.busy && epoch.state != Epoch::State::draining);  // A3
  Link& link = *epoch.link;
  lock.unlock();
  Duration blocked{0};
  std::string trouble;
  Link::Write result = link.state() == Link::State::open ? link.write(frames) : Link::Write::failed;
  while (result == Link::Write::blocked) {
    const Duration allowed = kWriteMax + seconds(frames.size() / kSlowestReceiver);
    const TimePoint before = clock_.now();
    dialer_.wait_writable(link, before + kPatience);
    const TimePoint after = clock_.now();
    blocked += after - before;
    if (blocked > allowed) trouble = "the receiver takes no more bytes";
    if (epoch.doomed.load()) trouble = "we gave it up";
    if (!trouble.empty()) break;
    if (link.advance() != Link::State::open) {
      result = Link::Write::failed;
      break;
    }
    epoch.checked_at.store(after.since_start.count());
    result = link.write(frames);
  }
  if (result == Link::Write::failed) {
    trouble = link.state() == Link::State::aborted ? link.error().message : "the connection ended";
  }
  lock.lock();
  epoch.blocked += blocked;
  epoch.blocked_at = TimePoint::never();
  if (epoch.trouble.empty()) epoch.trouble = std::move(trouble);
}

void Slot::wait(std::unique_lock<std::mutex>& lock, Seat& seat, Seat::Waiting reason, TimePoint deadline) {
  constexpr Duration kLook = seconds(1);  // wake-ups are told; this bounds the cost of one that nobody told
  seat.waiting = reason;
  waiters.push_back(&seat);
  // A connection is wanted. Not for room: the link's owner makes it, and a driver woken for it would wake us again.
  if (reason == Seat::Waiting::for_epoch && (waiters.size() == 1 || !filling)) dialer_.wake();
  seat.woken.wait_until(lock, std::min(deadline, clock_.now() + kLook));
  std::erase(waiters, &seat);
  seat.waiting = Seat::Waiting::no;
}

}  // namespace dray::output
