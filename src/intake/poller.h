// Poller: long-polls one queue and hands over what it receives. One thread each; several may poll one queue.
//
// It receives only what can start soon: the Desk says how many, and 0 means wait (receiver down, too much held). A
// failing queue is asked again for ever, with backoff, and one line a minute says why. Nothing is decided here about a
// notification.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aws/queue.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/stop.h"
#include "flow/notification.h"
#include "telemetry/log.h"

namespace dray::intake {

// Where notifications go. Thread-safe.
class Desk {
 public:
  virtual ~Desk() = default;
  // How many notifications could start soon; reserves that many, up to `most`, for this caller. 0: none now.
  virtual int reserve(int most) = 0;
  // Gives a reservation back (after a receive, whatever it brought).
  virtual void unreserve(int count) = 0;
  // Takes over from the instant of the receive: the heartbeat runs when this returns.
  virtual void take(std::vector<flow::Notification> notifications) = 0;
  // The queue answered (or did not): so that the desk can say what is off.
  virtual void queue_answered(bool ok) = 0;
};

class Poller {
 public:
  Poller(aws::Queue& queue, Desk& desk, Clock& clock, telemetry::Logger log, aws::ReceiveRequest request,
         std::uint64_t seed);

  // Until stop is requested; a long poll under way is cancelled by cancel.
  void run(const Stop& stop, const Stop& cancel);

 private:
  void pause(Duration length, const Stop& stop);
  void complain(const Error& error);

  aws::Queue& queue_;
  Desk& desk_;
  Clock& clock_;
  const telemetry::Logger log_;
  const aws::ReceiveRequest request_;
  Random random_;
  TimePoint complained_at_{};
  std::string complaint_;
};

}  // namespace dray::intake
