// Epoch: the life of one connection in a slot: what it carries and how far it is (delivery.md 2, EPOCH).
//
// All fields are guarded by the slot's mutex, except: `link` is used by whoever set `busy` (under the mutex), and the
// atomics. filling: takes objects. finishing: takes only more of the objects that it carries already. closed: takes
// nothing. draining: everything was written; the driver alone ends the link. After that the epoch is a Settling
// (slot_driver.h).
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "flow/ticket.h"
#include "output/link.h"

namespace dray::output {

// One object in an epoch.
struct Passenger {
  std::shared_ptr<flow::Ticket> ticket;  // shared: the verdict comes after the worker went on
  std::size_t output = 0;                // its index in the ticket
  std::uint64_t end_ordinal = 0;
};

struct Epoch {
  enum class State { filling, finishing, draining };

  static constexpr std::size_t kPassengersMax = 2000;
  static constexpr Duration kSoftAge = seconds(5);
  static constexpr Duration kHardAge = seconds(10);
  static constexpr Duration kIdle = seconds(1);

  Epoch(flow::EpochId its_id, std::unique_ptr<Link> its_link) : id(its_id), link(std::move(its_link)) {}

  const flow::EpochId id;
  std::unique_ptr<Link> link;
  State state = State::filling;
  bool closed = false;

  std::optional<flow::RetryGroup> group;  // of the first passenger; fresh and retried never meet (A11)
  std::vector<Passenger> passengers;      // in byte order
  std::size_t streaming = 0;              // passengers whose lanes may still send
  std::size_t cap = 0;                    // as of the first byte
  std::size_t bytes = 0;
  std::size_t events = 0;
  double soft_share = 1.0;  // of the soft limits: staggers the first epochs of the slots

  TimePoint first_byte_at = TimePoint::never();
  TimePoint last_byte_at;
  TimePoint sealed_at = TimePoint::never();  // closed, as the driver saw it
  Duration blocked{0};                       // time that writes waited for the receiver

  std::string staging;                        // accepted, not offered to the link yet
  std::string outgoing;                       // offered; the link wants the very same bytes again
  TimePoint staged_at;                        // when staging began to fill
  TimePoint blocked_at = TimePoint::never();  // since when the driver's offer is refused

  bool busy = false;                        // somebody owns the link
  bool driver_wants = false;                // the driver is next to own it
  std::string trouble;                      // why writing failed; the epoch fails
  std::atomic<bool> doomed{false};          // give up a blocked write
  std::atomic<std::int64_t> checked_at{0};  // ns; the link was seen alive then (its end would have been noticed)

  [[nodiscard]] bool carries() const { return !passengers.empty(); }
  [[nodiscard]] bool written() const { return staging.empty() && outgoing.empty() && !busy; }
  [[nodiscard]] bool fits(std::size_t more) const { return bytes == 0 || bytes + more <= cap; }
  [[nodiscard]] bool soft_limit_reached(TimePoint now) const;
  [[nodiscard]] bool hard_limit_reached(TimePoint now) const;
  void close();
  // What was gathered is offered next. outgoing is empty.
  void offer_staging();
};

}  // namespace dray::output
