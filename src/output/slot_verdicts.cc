// The second half of SlotDriver: how probes, connections and epochs end, and what follows.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/assert.h"
#include "output/slot_driver.h"

namespace dray::output {
namespace {

constexpr Duration kTick = milliseconds(50);
constexpr Duration kIdleTick = seconds(1);
constexpr Duration kYoung = seconds(1);  // a connection that dies younger was not wanted
constexpr Duration kLowProbesApart = seconds(5);
constexpr Duration kFailurePauseMax = seconds(10);

}  // namespace

void SlotDriver::probe_ended(TimePoint now) {
  const std::unique_ptr<Link> probe = std::move(probe_);
  const ProofLevel level = probe->level();
  const RequiredProof::Verdict verdict = endpoint_.required.probed(level, now);
  if (verdict == RequiredProof::Verdict::low) {
    const bool strict = endpoint_.required.mode() == ProofMode::strict;
    endpoint_.complain(
        strict ? endpoint_.required.hopeless(endpoint_.dialer.peer())
               : fmt::format("{} ended a probe with \"{}\", but \"{}\" before: sending nothing until it does again, "
                             "or twice not",
                             endpoint_.dialer.peer(), name_of(level), name_of(endpoint_.required.required())),
        now);
    retry_at_ = now + kLowProbesApart + milliseconds(100);
    return;
  }
  if (verdict == RequiredProof::Verdict::lowered) {
    endpoint_.log.warning(fmt::format("{} ends connections with \"{}\" now; from here on that is taken as proof",
                                      endpoint_.dialer.peer(), name_of(level)));
  }
  backoff_.reset();
  suspect_ = false;
  slot_.ready.store(true);
  const std::lock_guard lock(slot_.mutex);
  slot_.wake_all();
}

void SlotDriver::probe_failed(TimePoint now) {
  const std::unique_ptr<Link> probe = std::move(probe_);
  note_death(*probe);
  retry_at_ = now + backoff_.next();
  if (!probe_opened_) {
    if (probe->closed_in_handshake() && endpoint_.standing > 0) return endpoint_.turned_away(now);
    return endpoint_.complain(probe->error().message, now);
  }
  if (probe->error().code == kNoEnd && endpoint_.required.unanswered()) {
    endpoint_.log.error(endpoint_.required.hopeless(endpoint_.dialer.peer()));
  } else {
    endpoint_.complain(probe->error().message, now);
  }
}

// A connection that carried nothing is gone.
void SlotDriver::connection_lost(const Link& link, TimePoint now) {
  note_death(link);
  const bool opened = link.opened_at() != TimePoint::never();
  const bool young = opened && now - link.opened_at() < kYoung;
  if (opened && !young) {
    endpoint_.standing_one_died();
    endpoint_.log.debug(fmt::format("an idle connection is gone: {}", link.error().message));
    return;
  }
  retry_at_ = now + backoff_.next();
  const std::size_t others = endpoint_.standing - (opened && endpoint_.standing > 0 ? 1 : 0);
  const bool turned_away = (young && link.error().code == kClosed) || link.closed_in_handshake();
  if (turned_away && others > 0) return endpoint_.turned_away(now);
  endpoint_.complain(link.error().message, now);
  suspect();
}

void SlotDriver::note_death(const Link& link) {
  if (link.ended_unasked_at() != TimePoint::never()) endpoint_.canary.died(link.ended_unasked_at());
}

void SlotDriver::judge(TimePoint now) {
  for (std::size_t i = 0; i < settling_.size();) {
    const TimePoint due = settling_[i].ended_at + settling_[i].settling;
    const bool tripped = endpoint_.canary.tripped(settling_[i].ended_at, settling_[i].settling);
    if (!tripped && (now < due || endpoint_.checked_from < due)) {
      ++i;
      continue;
    }
    Settling epoch = std::move(settling_[i]);
    settling_.erase(settling_.begin() + static_cast<std::ptrdiff_t>(i));  // one verdict an epoch (A6)
    if (!tripped) {
      prove(std::move(epoch));
      continue;
    }
    fail({.group = epoch.group,
          .passengers = std::move(epoch.passengers),
          .bytes = epoch.bytes,
          .events = epoch.events,
          .own_connection_broke = false,
          .id = epoch.id},
         "another connection to the receiver ended at the same moment", now);
  }
}

void SlotDriver::prove(Settling epoch) {
  DRAY_ASSERT(epoch.level >= ProofLevel::end_of_file || endpoint_.required.mode() == ProofMode::kernel);  // A9
  for (Passenger& passenger : epoch.passengers) {
    if (passenger.ticket->epoch_proven(passenger.output, epoch.id))
      endpoint_.settled.push_back(std::move(passenger.ticket));
  }
  endpoint_.counters.events_proven += epoch.events;
  endpoint_.counters.bytes_proven += epoch.bytes;
  ++endpoint_.counters.epochs_proven;
  failed_in_a_row_ = 0;
  const std::lock_guard lock(slot_.mutex);
  slot_.cap.proven(epoch.cap, epoch.bytes, epoch.taken);
}

// The driver owns the epoch's link, so that no lane can be writing to it.
void SlotDriver::fail_epoch(std::unique_ptr<Epoch>& place, const std::string& reason, TimePoint now) {
  std::unique_ptr<Epoch> epoch;
  {
    const std::lock_guard lock(slot_.mutex);
    DRAY_ASSERT(place->busy);
    epoch = std::move(place);
    slot_.wake_all();
  }
  const bool broke = epoch->link->state() != Link::State::ended;
  epoch->link->abort();
  if (!epoch->carries()) return connection_lost(*epoch->link, now);
  note_death(*epoch->link);
  if (broke) endpoint_.standing_one_died();
  fail({.group = *epoch->group,
        .passengers = std::move(epoch->passengers),
        .bytes = epoch->bytes,
        .events = epoch->events,
        .own_connection_broke = broke,
        .id = epoch->id},
       reason, now);
}

void SlotDriver::fail(Remains remains, const std::string& reason, TimePoint now) {
  std::vector<std::size_t> again;  // in byte order; the others failed already in an earlier epoch
  for (std::size_t i = 0; i < remains.passengers.size(); ++i) {
    if (!remains.passengers[i].ticket->failure().by_receiver) again.push_back(i);
  }
  const auto groups = endpoint_.groups.after_failure(remains.group, again.size(), slot_.index);
  std::vector<flow::RetryGroup> next(remains.passengers.size());
  for (std::size_t i = 0; i < again.size(); ++i) next[again[i]] = groups[i];
  const bool alone = remains.own_connection_broke && remains.group.members == 1 && remains.passengers.size() == 1;
  for (std::size_t i = 0; i < remains.passengers.size(); ++i) {
    Passenger& passenger = remains.passengers[i];
    if (passenger.ticket->epoch_failed(passenger.output, remains.id, next[i], alone)) {
      endpoint_.settled.push_back(std::move(passenger.ticket));
    }
  }
  ++endpoint_.counters.epochs_failed;
  if (!endpoint_.stopping) {
    endpoint_.log.warning(
        fmt::format("{} events ({} bytes) of {} objects to {} are not proven and will be sent again: {}",
                    remains.events, remains.bytes, remains.passengers.size(), endpoint_.dialer.peer(), reason));
  }
  ++failed_in_a_row_;
  retry_at_ = std::max(retry_at_, now + std::min<Duration>(seconds(failed_in_a_row_ - 1), kFailurePauseMax));
  {
    const std::lock_guard lock(slot_.mutex);
    slot_.cap.failed();
  }
  suspect();
}

// Nothing more is sent until a probe passed; seal() ends what is being filled.
void SlotDriver::suspect() {
  suspect_ = true;
  slot_.ready.store(false);
}

bool SlotDriver::give_up(TimePoint now) {
  for (std::unique_ptr<Epoch>* const place : {&slot_.closing, &slot_.filling}) {
    if (!*place) continue;
    {
      const std::lock_guard lock(slot_.mutex);
      (*place)->doomed.store(true);
      if ((*place)->busy) return false;
      if (!(*place)->carries()) continue;
      (*place)->busy = true;
    }
    fail_epoch(*place, "stopped before its end was confirmed", now);
  }
  while (!settling_.empty()) {
    Settling epoch = std::move(settling_.front());
    settling_.pop_front();
    fail({.group = epoch.group,
          .passengers = std::move(epoch.passengers),
          .bytes = epoch.bytes,
          .events = epoch.events,
          .own_connection_broke = false,
          .id = epoch.id},
         "stopped before its end was settled", now);
  }
  return true;
}

bool SlotDriver::undecided() const {
  const std::lock_guard lock(slot_.mutex);
  return !settling_.empty() || slot_.closing != nullptr || (slot_.filling && slot_.filling->carries());
}

bool SlotDriver::lanes_wait() const {
  const std::lock_guard lock(slot_.mutex);
  return !slot_.waiters.empty();
}

std::size_t SlotDriver::standing() const {
  const auto one = [](const Link* link) {
    return std::size_t{link != nullptr && link->state() == Link::State::open ? 1U : 0U};
  };
  return one(slot_.filling ? slot_.filling->link.get() : nullptr) +
         one(slot_.closing ? slot_.closing->link.get() : nullptr) + one(next_.get());
}

TimePoint SlotDriver::checked_from(TimePoint now) const {
  TimePoint oldest = now;
  for (const Epoch* const epoch : {slot_.filling.get(), slot_.closing.get()}) {
    if (epoch != nullptr) oldest = std::min(oldest, TimePoint{Duration(epoch->checked_at.load())});
  }
  return oldest;
}

TimePoint SlotDriver::next_step(TimePoint now) const {
  const std::lock_guard lock(slot_.mutex);
  if (slot_.closing || (slot_.filling && slot_.filling->carries())) return now + kTick;
  TimePoint next = now + kIdleTick;
  for (const Settling& epoch : settling_)
    next = std::min(next, std::max(epoch.ended_at + epoch.settling, now + milliseconds(1)));
  if (suspect_ && !probe_) next = std::min(next, std::max({retry_at_, endpoint_.budget.next(), now + milliseconds(1)}));
  if (!slot_.waiters.empty()) next = std::min(next, now + kTick);
  return next;
}

// Links that a lane is writing to are left out: it watches them itself.
void SlotDriver::watched(std::vector<Link*>& links) const {
  for (Link* const link : {next_.get(), probe_.get(), resting_.get()}) {
    if (link != nullptr) links.push_back(link);
  }
  const std::lock_guard lock(slot_.mutex);
  for (const Epoch* const epoch : {slot_.filling.get(), slot_.closing.get()}) {
    if (epoch != nullptr && !epoch->busy) links.push_back(epoch->link.get());
  }
}

}  // namespace dray::output
