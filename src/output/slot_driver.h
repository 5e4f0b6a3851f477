// SlotDriver: the driver's half of a slot: it connects, probes, watches, seals by timers, ends connections and gives
// verdicts (delivery.md 2, CONNECTION, EPOCH and SLOT).
//
// step() does what is due and never blocks. At most two sockets: of the filling epoch, the closing one, the next
// connection, a probe and one that is put to rest. An idle connection rests after 20 s, before balancers drop it at 30
// s (devo.md 3.4). Called by the output's driver thread alone.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/backoff.h"
#include "base/clock.h"
#include "output/endpoint.h"
#include "output/slot.h"

namespace dray::output {

class SlotDriver {
 public:
  SlotDriver(Slot& slot, Endpoint& endpoint, std::uint64_t seed);

  void step(TimePoint now);
  // The verdicts that are due; after every slot's step.
  void judge(TimePoint now);
  // Shutdown: what is undecided fails. False: somebody still writes; again soon.
  [[nodiscard]] bool give_up(TimePoint now);

  [[nodiscard]] bool undecided() const;        // an epoch with data has no verdict yet
  [[nodiscard]] std::size_t standing() const;  // open connections
  [[nodiscard]] std::size_t sockets() const;   // all connections
  [[nodiscard]] bool lanes_wait() const;
  // The oldest moment at which an open connection was last seen alive.
  [[nodiscard]] TimePoint checked_from(TimePoint now) const;
  [[nodiscard]] TimePoint next_step(TimePoint now) const;
  void watched(std::vector<Link*>& links) const;

 private:
  // An epoch that ended well and waits for what its siblings do.
  struct Settling {
    flow::EpochId id = 0;
    TimePoint ended_at;
    Duration settling{0};
    ProofLevel level = ProofLevel::none;
    flow::RetryGroup group;
    std::vector<Passenger> passengers;
    std::size_t cap = 0;
    std::size_t bytes = 0;
    std::size_t events = 0;
    Duration taken{0};
  };
  // What an epoch that failed carried.
  struct Remains {
    flow::RetryGroup group;
    std::vector<Passenger> passengers;
    std::size_t bytes = 0;
    std::size_t events = 0;
    bool own_connection_broke = false;
    flow::EpochId id = 0;
  };

  void tend_resting();
  void tend_next(TimePoint now);
  void tend_probe(TimePoint now);
  void tend_epoch(std::unique_ptr<Epoch>& place, TimePoint now);
  void flush(std::unique_lock<std::mutex>& lock, Epoch& epoch, TimePoint now);
  void seal(TimePoint now);
  void drain(TimePoint now);
  void rotate(TimePoint now);
  void rest_idle(TimePoint now);
  void dial(TimePoint now);

  void probe_ended(TimePoint now);
  void probe_failed(TimePoint now);
  void connection_lost(const Link& link, TimePoint now);
  void note_death(const Link& link);
  void conclude(TimePoint now);
  void prove(Settling epoch);
  void fail_epoch(std::unique_ptr<Epoch>& place, const std::string& reason, TimePoint now);
  void fail(Remains remains, const std::string& reason, TimePoint now);
  void suspect();
  void begin_probe(std::unique_ptr<Link> link);
  [[nodiscard]] bool in_use() const { return slot_.index < endpoint_.slots_used; }

  Slot& slot_;
  Endpoint& endpoint_;
  Backoff backoff_;
  bool suspect_ = true;  // probe before the first data and after every failed epoch
  bool probe_opened_ = false;
  bool had_epoch_ = false;
  int failed_in_a_row_ = 0;  // epochs, since one was proven
  TimePoint retry_at_;
  std::unique_ptr<Link> next_;  // for the next epoch
  std::unique_ptr<Link> probe_;
  std::unique_ptr<Link> resting_;  // being ended without data
  std::deque<Settling> settling_;
};

}  // namespace dray::output
