// SyslogOutput: an Output over C connections to one syslog receiver: the delivery engine (delivery.md).
//
// It is blind to the network: connections come from a Dialer (tls_dialer.h; the simulation has its own), time from a
// Clock, chance from a seed, its one driver thread from Threads. Lanes share the slots: each lane is pinned to one, so
// that order inside an object holds. What it guarantees and how it fails: output.h; which thread does what: slot.h
// (lanes), slot_driver.h (driver). TicketListener is called by the driver thread without any lock. The output outlives
// its lanes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/threads.h"
#include "output/endpoint.h"
#include "output/output.h"
#include "output/slot.h"
#include "output/slot_driver.h"

namespace dray::output {

struct EngineOptions {
  std::string name;             // the key under `outputs:`
  std::string host_name;        // in every event's header
  std::size_t connections = 2;  // 1..4
  ProofMode proof = ProofMode::automatic;
  std::uint64_t seed = 0;
};

class SyslogOutput final : public Output {
 public:
  SyslogOutput(EngineOptions options, std::unique_ptr<Dialer> dialer, Clock& clock, Threads& threads,
               telemetry::Logger log);
  ~SyslogOutput() override;
  SyslogOutput(const SyslogOutput&) = delete;
  SyslogOutput& operator=(const SyslogOutput&) = delete;

  [[nodiscard]] const std::string& name() const override { return options_.name; }
  std::unique_ptr<Lane> open(std::shared_ptr<flow::Ticket> ticket, std::size_t index,
                             const flow::RetryGroup& group) override;
  [[nodiscard]] bool ready() const override { return down_since_.load() == kUp; }
  [[nodiscard]] TimePoint down_since() const override;
  void start(flow::TicketListener& listener) override;
  void seal() override;
  void stop(TimePoint deadline) override;
  [[nodiscard]] OutputStats stats() const override;

 private:
  friend class SyslogLane;
  static constexpr std::int64_t kUp = INT64_MAX;

  void drive();
  [[nodiscard]] bool round(TimePoint now);  // false: all is over
  [[nodiscard]] bool over(TimePoint now);
  void note_readiness(TimePoint now);
  void tell();
  [[nodiscard]] Slot& choose(const flow::RetryGroup& group);

  const EngineOptions options_;
  Clock& clock_;
  Threads& threads_;
  const std::unique_ptr<Dialer> dialer_;
  Endpoint endpoint_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::vector<std::unique_ptr<SlotDriver>> drivers_;
  std::atomic<std::size_t> turn_{0};
  std::atomic<std::int64_t> down_since_;  // ns; kUp while ready
  std::atomic<std::size_t> open_connections_{0};
  std::atomic<bool> seal_asked_{false};
  std::atomic<std::int64_t> stop_by_{kUp};     // ns; the deadline of stop()
  TimePoint decided_at_ = TimePoint::never();  // while stopping: the last verdict
  flow::TicketListener* listener_ = nullptr;
  std::unique_ptr<Thread> thread_;
};

}  // namespace dray::output
