#include "pipeline/collector.h"

#include <algorithm>

#include "base/assert.h"
#include "telemetry/memory.h"

namespace dray::pipeline {
namespace {

constexpr Duration kDownMax = std::chrono::minutes(30);
constexpr Duration kMemoryPause = seconds(1);
constexpr Duration kMemoryTold = seconds(60);
constexpr Duration kSettlePoll = milliseconds(20);

}  // namespace

void TicketSwitch::settled(const std::shared_ptr<flow::Ticket>& ticket) {
  for (Ledger* ledger : ledgers_) {
    if (ledger->settle_if_ours(ticket)) return;
  }
  DRAY_ASSERT(false);  // a ticket nobody streams has settled
}

void Collector::add_input(std::unique_ptr<InputRun> input) {
  switch_.add(input->ledger());
  inputs_.push_back(std::move(input));
}

void Collector::start() {
  for (const auto& output : outputs_) output->start(switch_);
  for (const auto& input : inputs_) input->start();
}

bool Collector::probe_outputs(TimePoint deadline) {
  for (const auto& output : outputs_) output->start(switch_);
  const auto ready = [&] { return std::ranges::all_of(outputs_, [](const auto& output) { return output->ready(); }); };
  while (!ready() && clock_.now() < deadline) clock_.sleep_until(clock_.now() + kSettlePoll);
  const bool all = ready();
  for (const auto& output : outputs_) output->stop(clock_.now() + seconds(1));
  return all;
}

void Collector::tick() {
  const TimePoint now = clock_.now();
  if (memory_bytes_max_ > 0) keep_memory_limit(now);
  for (const auto& output : outputs_) {
    const TimePoint down_since = output->down_since();
    if (down_since == TimePoint::never() || now - down_since < kDownMax || now - released_at_ < kDownMax) continue;
    released_at_ = now;
    log_.error("Output " + output->name() + " has been down for 30 minutes: what is held is given back to the queue.");
    for (const auto& input : inputs_) input->release_held();
  }
}

void Collector::keep_memory_limit(TimePoint now) {
  const std::uint64_t used = telemetry::memory_use().rss_bytes;
  if (used <= memory_bytes_max_) return;
  for (const auto& input : inputs_) input->ledger().hold_off(now + kMemoryPause);
  if (memory_told_at_ != TimePoint{} && now - memory_told_at_ < kMemoryTold) return;
  memory_told_at_ = now;
  log_.warning("This process holds " + telemetry::size_text(used) + ", more than globals.memory_bytes_max (" +
               telemetry::size_text(memory_bytes_max_) +
               "): nothing is received until it holds less. Fewer `workers` need less memory.");
}

bool Collector::stop(Duration grace) {
  const TimePoint begun = clock_.now();
  for (const auto& input : inputs_) input->stop_receiving();
  wait_until_settled(begun + grace / 8);
  for (const auto& output : outputs_) output->seal();
  for (const auto& input : inputs_) input->cancel_polls();
  const TimePoint last_verdict = begun + grace * 11 / 16;
  wait_until_settled(last_verdict);
  for (const auto& output : outputs_) output->stop(last_verdict);
  for (const auto& input : inputs_) input->finish_workers();
  const TimePoint last_call = begun + grace * 15 / 16;
  for (const auto& input : inputs_) input->stop_acknowledging(last_call);
  return counts().work.held == 0;
}

// Returns early when nothing is held any more: a stop of an idle collector takes no grace.
void Collector::wait_until_settled(TimePoint deadline) {
  while (counts().work.held > 0 && clock_.now() < deadline) {
    clock_.sleep_until(std::min(deadline, clock_.now() + kSettlePoll));
  }
}

bool Collector::idle_for(Duration length) const {
  return std::ranges::all_of(inputs_, [&](const auto& input) {
    return input->counts().held == 0 && clock_.now() - input->ledger().active_at() >= length;
  });
}

CollectorCounts Collector::counts() const {
  CollectorCounts sum;
  for (const auto& input : inputs_) {
    const LedgerCounts one = input->counts();
    sum.work.notifications += one.notifications;
    sum.work.objects += one.objects;
    sum.work.events += one.events;
    sum.work.bytes += one.bytes;
    sum.work.quarantined += one.quarantined;
    sum.work.dropped += one.dropped;
    sum.work.deleted += one.deleted;
    sum.work.settled += one.settled;
    sum.work.retries += one.retries;
    sum.work.left += one.left;
    sum.work.held += one.held;
    sum.released += input->ack_counts().released;
  }
  return sum;
}

}  // namespace dray::pipeline
