#include "output/syslog_output.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/assert.h"
#include "output/frame.h"

namespace dray::output {

class SyslogLane final : public Lane {
 public:
  SyslogLane(SyslogOutput& output, std::shared_ptr<flow::Ticket> ticket, std::size_t index,
             const flow::RetryGroup& group)
      : output_(output),
        seat_(output.clock_, std::move(ticket), index, group),
        proven_(seat_.ticket->prefix(index)),
        slot_(&output.choose(group)),
        frames_(output.clock_, output.options_.host_name) {
    ++slot_->lanes;
  }
  ~SyslogLane() override { leave(false); }
  SyslogLane(const SyslogLane&) = delete;
  SyslogLane& operator=(const SyslogLane&) = delete;

  Status send(std::uint64_t ordinal, std::string_view tag, std::string_view text) override {
    if (ordinal <= proven_) return {};
    if (frames_.would_overflow(tag, text)) {
      if (Status status = hand_over(); !status) return status;
    }
    frames_.append(tag, text);
    last_ordinal_ = ordinal;
    ++events_;
    return {};
  }

  Status finish() override {
    if (Status status = hand_over(); !status) return status;
    leave(true);
    return {};
  }

 private:
  Status hand_over() {
    // A lease that was refused is not offered again: its range may be registered already.
    if (refused_) return *refused_;
    if (events_ == 0) return {};
    const Lease lease{.frames = frames_.frames(), .end_ordinal = last_ordinal_, .events = events_};
    Slot::Outcome outcome = slot_->send(seat_, lease);
    while (outcome == Slot::Outcome::elsewhere) {
      --slot_->lanes;
      slot_ = &output_.choose(seat_.group);
      ++slot_->lanes;
      outcome = slot_->send(seat_, lease);
    }
    if (outcome != Slot::Outcome::taken) {
      refused_ = refused(outcome);
      return *refused_;
    }
    output_.endpoint_.counters.events_sent.fetch_add(lease.events, std::memory_order_relaxed);
    output_.endpoint_.counters.bytes_sent.fetch_add(lease.frames.size(), std::memory_order_relaxed);
    frames_.clear();
    events_ = 0;
    return {};
  }

  [[nodiscard]] Error refused(Slot::Outcome outcome) const {
    const std::string& peer = output_.dialer_->peer();
    switch (outcome) {
      case Slot::Outcome::stopped: return {ErrorKind::stopped, "stopped", "the output to " + peer + " was stopped"};
      case Slot::Outcome::too_long:
        return {ErrorKind::later, "receiver_slow",
                peer + " took nothing for two minutes; this object is tried again later"};
      case Slot::Outcome::connection_failed:
        return {ErrorKind::later, "connection_failed", "the connection to " + peer + " failed under this object"};
      case Slot::Outcome::ticket_failed:
        return {ErrorKind::later, "unproven", "what was sent of this object to " + peer + " could not be proven"};
      case Slot::Outcome::taken:
      case Slot::Outcome::elsewhere: break;
    }
    DRAY_ASSERT(false);
    return {};
  }

  void leave(bool finished) {
    if (std::exchange(left_, true)) return;
    --slot_->lanes;
    slot_->leave(seat_, finished);
  }

  std::optional<Error> refused_;
  SyslogOutput& output_;
  Seat seat_;
  const std::uint64_t proven_;
  Slot* slot_;
  FrameBuilder frames_;
  std::uint64_t last_ordinal_ = 0;
  std::size_t events_ = 0;
  bool left_ = false;
};

SyslogOutput::SyslogOutput(EngineOptions options, std::unique_ptr<Dialer> dialer, Clock& clock, Threads& threads,
                           telemetry::Logger log)
    : options_(std::move(options)),
      clock_(clock),
      threads_(threads),
      dialer_(std::move(dialer)),
      endpoint_(clock, *dialer_, std::move(log), options_.proof, options_.name),
      down_since_(clock.now().since_start.count()) {
  constexpr std::size_t kSlotsMax = 4;
  const std::size_t count = std::clamp<std::size_t>(options_.connections, 1, kSlotsMax);
  endpoint_.slots_wanted = endpoint_.slots_used = count;
  for (std::size_t i = 0; i < count; ++i) {
    slots_.push_back(std::make_unique<Slot>(i, clock_, *dialer_));
    drivers_.push_back(std::make_unique<SlotDriver>(*slots_[i], endpoint_, options_.seed + i));
  }
}

SyslogOutput::~SyslogOutput() {
  stop(clock_.now());
}

std::unique_ptr<Lane> SyslogOutput::open(std::shared_ptr<flow::Ticket> ticket, std::size_t index,
                                         const flow::RetryGroup& group) {
  return std::make_unique<SyslogLane>(*this, std::move(ticket), index, group);
}

// A group stays together; fresh objects go where fewest are, ready slots first.
Slot& SyslogOutput::choose(const flow::RetryGroup& group) {
  const auto usable = [](const Slot& slot) { return slot.in_use.load(); };
  if (group.id != 0 && usable(*slots_[group.slot % slots_.size()])) return *slots_[group.slot % slots_.size()];
  if (group.id != 0) return *slots_[0];
  Slot* best = nullptr;
  const std::size_t start = turn_.fetch_add(1, std::memory_order_relaxed);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    Slot& slot = *slots_[(start + i) % slots_.size()];
    if (!usable(slot)) continue;
    const bool readier = best != nullptr && slot.ready.load() && !best->ready.load();
    const bool as_ready = best == nullptr || slot.ready.load() == best->ready.load();
    if (best == nullptr || readier || (as_ready && slot.lanes.load() < best->lanes.load())) best = &slot;
  }
  DRAY_ASSERT(best != nullptr);  // slot 0 is always in use
  return *best;
}

TimePoint SyslogOutput::down_since() const {
  const std::int64_t since = down_since_.load();
  return since == kUp ? TimePoint::never() : TimePoint{Duration(since)};
}

void SyslogOutput::start(flow::TicketListener& listener) {
  DRAY_ASSERT(!thread_);
  listener_ = &listener;
  thread_ = threads_.spawn("out:" + options_.name, [this] { drive(); });
}

void SyslogOutput::seal() {
  seal_asked_.store(true);
  dialer_->wake();
}

void SyslogOutput::stop(TimePoint deadline) {
  if (!thread_) return;
  for (const auto& slot : slots_) {
    const std::lock_guard lock(slot->mutex);
    slot->stopping = true;
    slot->wake_all();
  }
  stop_by_.store(std::min(deadline.since_start.count(), kUp - 1));
  dialer_->wake();
  thread_->join();
  thread_.reset();
}

OutputStats SyslogOutput::stats() const {
  const Counters& counters = endpoint_.counters;
  OutputStats stats;
  stats.events_sent = counters.events_sent.load();
  stats.bytes_sent = counters.bytes_sent.load();
  stats.events_proven = counters.events_proven.load();
  stats.bytes_proven = counters.bytes_proven.load();
  stats.epochs_proven = counters.epochs_proven.load();
  stats.epochs_failed = counters.epochs_failed.load();
  stats.epochs_without_canary = counters.epochs_without_canary.load();
  stats.connected = open_connections_.load() > 0;
  for (const auto& slot : slots_) {
    const std::lock_guard lock(slot->mutex);
    for (const Epoch* const epoch : {slot->filling.get(), slot->closing.get()}) {
      if (epoch != nullptr) stats.queued += epoch->staging.size() + epoch->outgoing.size();
    }
  }
  return stats;
}

void SyslogOutput::drive() {
  std::vector<Link*> links;
  while (round(clock_.now())) {
    const TimePoint now = clock_.now();
    TimePoint deadline = now + seconds(1);
    links.clear();
    for (const auto& driver : drivers_) {
      deadline = std::min(deadline, driver->next_step(now));
      driver->watched(links);
    }
    dialer_->wait(links, deadline);
  }
}

bool SyslogOutput::round(TimePoint now) {
  const TimePoint stop_by{Duration(stop_by_.load())};
  endpoint_.stopping = stop_by.since_start.count() != kUp;
  if (seal_asked_.exchange(false) || endpoint_.stopping) endpoint_.sealing = true;
  endpoint_.standing = 0;
  for (const auto& driver : drivers_) endpoint_.standing += driver->standing();
  open_connections_.store(endpoint_.standing);
  for (const auto& driver : drivers_) driver->step(now);
  endpoint_.checked_from = now;
  for (const auto& driver : drivers_)
    endpoint_.checked_from = std::min(endpoint_.checked_from, driver->checked_from(now));
  for (const auto& driver : drivers_) driver->judge(now);
  endpoint_.weigh_evidence(now);
  endpoint_.maybe_one_more(now);
  note_readiness(now);
  if (!endpoint_.stopping && std::ranges::any_of(drivers_, [](const auto& driver) { return driver->lanes_wait(); })) {
    endpoint_.sealing = false;
  }
  const bool ends = endpoint_.stopping && over(now);
  tell();
  return !ends;
}

// While stopping: nothing is undecided any more, or the deadline passed and what is undecided fails. Connections
// without data get a moment to end in good form.
bool SyslogOutput::over(TimePoint now) {
  constexpr Duration kFarewell = seconds(1);
  const bool late = now.since_start.count() >= stop_by_.load();
  if (std::ranges::any_of(drivers_, [](const auto& driver) { return driver->undecided(); })) {
    if (!late) return false;
    bool given_up = true;
    for (const auto& driver : drivers_) given_up = driver->give_up(now) && given_up;
    return given_up;
  }
  if (decided_at_ == TimePoint::never()) decided_at_ = now;
  const bool closed = std::ranges::all_of(drivers_, [](const auto& driver) { return driver->sockets() == 0; });
  return closed || late || now - decided_at_ >= kFarewell;
}

void SyslogOutput::note_readiness(TimePoint now) {
  bool any = false;
  for (const auto& slot : slots_) {
    slot->in_use.store(slot->index < endpoint_.slots_used);
    any = any || (slot->in_use.load() && slot->ready.load());
  }
  if (any == ready()) return;
  down_since_.store(any ? kUp : now.since_start.count());
  if (any) {
    endpoint_.log.info("connected to " + dialer_->peer() +
                       ", proof: " + std::string(name_of(endpoint_.required.required())));
  } else {
    endpoint_.log.warning("nothing is sent to " + dialer_->peer() + " until it answers again");
  }
}

void SyslogOutput::tell() {
  for (const auto& ticket : std::exchange(endpoint_.settled, {})) listener_->settled(ticket);
}

}  // namespace dray::output
