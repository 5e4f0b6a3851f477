// Output: one configured destination, and Lane: one object's way into it.
//
// What it guarantees: a record is proven (Ticket prefix) only as delivery.md says for that kind of output; a
// successful send() proves nothing. Outputs are started once and stopped once; open() and stats() may be called by any
// thread. A Lane belongs to one worker thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "flow/event_sink.h"
#include "flow/ticket.h"

namespace dray::output {

// How long send() waits for a slot, an epoch or room before it gives the object up: longer than an epoch needs to end
// badly (60 s flush, 30 s end) and the next connection to open.
inline constexpr Duration kLaneWaitMax = seconds(120);

// One attempt at one object. Destroying it without finish() is allowed: what was sent stays under proof.
class Lane : public flow::EventSink {
 public:
  // Records up to the ticket's prefix are skipped here. Blocks while the receiver is slow; gives up with
  // ErrorKind::later after kLaneWaitMax without progress, ErrorKind::stopped at a stop, ErrorKind::later when the
  // ticket has failed.
  Status send(std::uint64_t ordinal, std::string_view tag, std::string_view text) override = 0;
  // Hands over what is buffered. Called before the ticket is sealed.
  virtual Status finish() = 0;
};

struct OutputStats {
  std::uint64_t events_sent = 0;    // accepted by send(), resends included
  std::uint64_t bytes_sent = 0;     // on the wire before TLS, resends included
  std::uint64_t events_proven = 0;  // counted once the epoch is PROVEN
  std::uint64_t bytes_proven = 0;
  std::uint64_t epochs_proven = 0;
  std::uint64_t epochs_failed = 0;
  std::uint64_t epochs_without_canary = 0;  // ended with no other connection beside them (delivery.md rule 2)
  std::uint64_t queued = 0;                 // bytes buffered here
  bool connected = false;
};

class Output {
 public:
  virtual ~Output() = default;

  [[nodiscard]] virtual const std::string& name() const = 0;  // the key under `outputs:`

  // index: this output's place in the ticket's accounts. Never blocks.
  virtual std::unique_ptr<Lane> open(std::shared_ptr<flow::Ticket> ticket, std::size_t index,
                                     const flow::RetryGroup& group) = 0;

  // May new work begin? False until the first probe passed, and while the receiver is down or below the required proof.
  [[nodiscard]] virtual bool ready() const = 0;
  // Since when ready() is false; TimePoint::never() while it is true. 30 minutes of it release what is held.
  [[nodiscard]] virtual TimePoint down_since() const = 0;

  // Threads run between start() and stop(). The listener outlives them.
  virtual void start(flow::TicketListener& listener) = 0;
  // Seal every epoch now and end connections; verdicts still come. (SIGTERM + 1 s, and --until-idle when work is done.)
  virtual void seal() = 0;
  // Give up what is undecided by the deadline (those epochs FAIL) and join.
  virtual void stop(TimePoint deadline) = 0;

  [[nodiscard]] virtual OutputStats stats() const = 0;
};

}  // namespace dray::output
