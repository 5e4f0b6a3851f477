// Slot: one of an output's places for a connection, as its lanes see it: who may write into which epoch, and the
// writing.
//
// A lane hands over leases (whole frames). Under the mutex the slot finds the epoch that may take the lease, registers
// the ticket's range in it (A3) and takes the bytes: large leases are written to the link at once, small ones are
// gathered into writes of 64 KiB, which the driver completes within 50 ms. Whoever writes owns the epoch's link by its
// `busy` flag and holds no lock; all others go on gathering or wait. Rules 3, 4, 6 and 9 of delivery.md are admit()
// and carry(). Any thread; the driver's half is slot_driver.h. The public members below the methods are shared with
// it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string_view>

#include "base/clock.h"
#include "flow/ticket.h"
#include "output/byte_cap.h"
#include "output/epoch.h"
#include "output/link.h"
#include "output/retry_groups.h"

namespace dray::output {

// A lane's place in a slot. Guarded by the slot's mutex once it waits there.
struct Seat {
  enum class Waiting { no, for_room, for_epoch };

  Seat(Clock& clock, std::shared_ptr<flow::Ticket> its_ticket, std::size_t its_output, flow::RetryGroup its_group)
      : ticket(std::move(its_ticket)), output(its_output), group(its_group), woken(clock) {}

  const std::shared_ptr<flow::Ticket> ticket;  // shared with the worker, the epochs and the acknowledger
  const std::size_t output;
  const flow::RetryGroup group;
  flow::EpochId epoch = 0;  // carries our newest records and has not ended, as far as we know; 0: none
  std::size_t index = 0;    // our passenger there
  Waiting waiting = Waiting::no;
  Signal woken;
};

struct Lease {
  std::string_view frames;  // whole
  std::uint64_t end_ordinal = 0;
  std::size_t events = 0;
};

class Slot {
 public:
  enum class Outcome {
    taken,
    ticket_failed,      // this attempt can only fail: stop streaming
    connection_failed,  // of the epoch that took it; its verdict will say so
    elsewhere,          // this slot is out of use and nothing binds the lane to it: take another
    too_long,           // kLaneWaitMax passed
    stopped,
  };

  Slot(std::size_t its_index, Clock& clock, Dialer& dialer) : index(its_index), clock_(clock), dialer_(dialer) {}
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

  Outcome send(Seat& seat, const Lease& lease);
  // The lane sends nothing more. finished: it handed over all it had.
  void leave(Seat& seat, bool finished);

  // --- for the driver, with the mutex held ---
  void wake_all();
  void wake_for_room();
  [[nodiscard]] bool retry_waits() const;
  // Ends the ownership of the epoch's link.
  void release(Epoch& epoch);

  static constexpr std::size_t kWriteBytes = std::size_t{64} << 10U;
  static constexpr Duration kFlushAfter = milliseconds(50);
  // A write that makes no end in this time plus what its bytes take at kSlowestReceiver fails the epoch.
  static constexpr Duration kWriteMax = seconds(60);
  static constexpr std::size_t kSlowestReceiver = 50'000;  // bytes a second (A13)

  const std::size_t index;
  std::mutex mutex;
  std::unique_ptr<Epoch> filling;  // its link is open
  std::unique_ptr<Epoch> closing;  // finishing or draining
  std::deque<Seat*> waiters;       // oldest first
  ByteCap cap;
  GroupTally tally;
  bool stopping = false;
  std::atomic<bool> ready{false};  // probed since the last failed epoch
  std::atomic<bool> in_use{true};  // false: the receiver takes fewer connections
  std::atomic<std::size_t> lanes{0};

 private:
  static constexpr std::size_t kStagingMax = std::size_t{256} << 10U;
  static constexpr std::size_t kDirectBytes = std::size_t{32}
                                              << 10U;       // from here on copying costs more than a short write
  static constexpr Duration kPatience = milliseconds(100);  // between looks at a blocked link

  [[nodiscard]] Epoch* carrier(flow::EpochId id) const;
  [[nodiscard]] Epoch* admit(Seat& seat);
  [[nodiscard]] bool may_begin(const Seat& seat) const;
  void carry(Seat& seat, Epoch& epoch, const Lease& lease);
  Outcome hand_over(std::unique_lock<std::mutex>& lock, Epoch& epoch, std::string_view frames);
  void pump(std::unique_lock<std::mutex>& lock, Epoch& epoch, std::size_t least = kWriteBytes);
  void write(std::unique_lock<std::mutex>& lock, Epoch& epoch, std::string_view frames);
  void wait(std::unique_lock<std::mutex>& lock, Seat& seat, Seat::Waiting reason, TimePoint deadline);

  Clock& clock_;
  Dialer& dialer_;
};

}  // namespace dray::output
