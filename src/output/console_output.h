// ConsoleOutput: `tag⇥event` lines on a descriptor, usually stdout.
//
// Proof by kind of descriptor (delivery.md rule 14): file: fdatasync(2); an error fails everything since the last good
// one. Pipe: what we wrote less what lies in it (FIONREAD) was read, and its reader lives (no POLLERR). Socket: the
// peer's kernel took it. Terminal and device: written. Batches are proven in the order they were written, ten times a
// second. Writes wait for a slow reader in small steps, so every wait has an end. Any thread may open lanes; the
// listener is called by the output's own thread without locks.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/threads.h"
#include "output/epoch.h"
#include "output/output.h"
#include "telemetry/log.h"

namespace dray::output {

class ConsoleOutput final : public Output {
 public:
  // fd stays the caller's.
  ConsoleOutput(std::string name, int fd, Clock& clock, Threads& threads, telemetry::Logger log);
  ~ConsoleOutput() override;
  ConsoleOutput(const ConsoleOutput&) = delete;
  ConsoleOutput& operator=(const ConsoleOutput&) = delete;

  [[nodiscard]] const std::string& name() const override { return name_; }
  std::unique_ptr<Lane> open(std::shared_ptr<flow::Ticket> ticket, std::size_t index,
                             const flow::RetryGroup& group) override;
  [[nodiscard]] bool ready() const override { return down_since_.load() == kUp; }
  [[nodiscard]] TimePoint down_since() const override;
  void start(flow::TicketListener& listener) override;
  void seal() override {}  // batches are sealed ten times a second anyway
  void stop(TimePoint deadline) override;
  [[nodiscard]] OutputStats stats() const override;

 private:
  class ConsoleLane;
  enum class Kind { file, pipe, socket, device };

  struct Batch {
    flow::EpochId id = 0;
    std::vector<Passenger> passengers;
    std::size_t unwritten = 0;  // leases that are registered and not written yet
    std::uint64_t end = 0;      // bytes written up to its last lease
    std::size_t events = 0;
    std::size_t bytes = 0;
  };
  struct Place {                           // a lane's passenger
    std::shared_ptr<flow::Ticket> ticket;  // shared with the worker
    std::size_t output = 0;
    flow::EpochId batch = 0;
    std::size_t index = 0;
  };

  Status hand_over(Place& place, std::string_view lines, std::uint64_t end_ordinal, std::size_t events);
  Status write_all(std::string_view lines);
  [[nodiscard]] Error lost(int error) const;
  void drive();
  void prove_round();
  [[nodiscard]] std::uint64_t proven_up_to(std::uint64_t written);
  void fail_all(const std::string& reason);
  void decide(const std::deque<Batch>& batches, bool proven);

  static constexpr std::int64_t kUp = INT64_MAX;

  const std::string name_;
  const int fd_;
  const Kind kind_;
  Clock& clock_;
  Threads& threads_;
  const telemetry::Logger log_;
  mutable std::mutex mutex_;
  Signal changed_;
  std::deque<Batch> undecided_;  // the last one takes new leases
  bool writing_ = false;
  bool stopping_ = false;
  std::uint64_t last_group_ = 0;
  flow::EpochId last_batch_ = 0;
  std::atomic<std::uint64_t> written_{0};
  std::atomic<std::int64_t> down_since_{kUp};
  std::atomic<std::int64_t> stop_by_{kUp};
  OutputStats stats_;  // under mutex_
  flow::TicketListener* listener_ = nullptr;
  std::unique_ptr<Thread> thread_;
};

}  // namespace dray::output
