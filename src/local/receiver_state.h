// ReceiverState: what the connections of one Receiver share: options, behaviour, rate, destination, counters.
// Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/stop.h"
#include "local/receiver.h"

namespace dray::local {

// The time between two looks at a changed behaviour or a stop while a connection has nothing to do.
inline constexpr Duration kReceiverTick = milliseconds(20);

struct ReceiverCounters {
  std::atomic<std::uint64_t> bytes{0}, events{0}, connections{0}, open{0}, ended{0}, failed{0}, torn{0}, faults{0};
};

class ReceiverState {
 public:
  ReceiverState(ReceiverOptions options, Clock& clock, telemetry::Logger log);
  ~ReceiverState();
  ReceiverState(const ReceiverState&) = delete;
  ReceiverState& operator=(const ReceiverState&) = delete;

  // Opens the destination; ends a torn last line of an earlier life.
  Status open_destination();

  [[nodiscard]] Behaviour behaviour() const;
  void set_behaviour(const Behaviour& behaviour);
  // True if the fault may be performed now; it is then counted.
  bool claim_fault(const Behaviour& behaviour);

  // Counts bytes as read and returns how long the reader must wait before the next read (shared rate).
  Duration account(std::size_t bytes, std::uint64_t bytes_per_second);

  [[nodiscard]] bool has_destination() const { return fd_ >= 0; }
  // Whole events, one writer at a time. A failing disk ends the receiver's connections, not silently its file.
  Status write(std::string_view events);

  const ReceiverOptions options;
  Clock& clock;
  const telemetry::Logger log;
  Stop stop;
  ReceiverCounters counters;

 private:
  mutable std::mutex behaviour_mutex_;
  Behaviour behaviour_;
  std::mutex rate_mutex_;
  TimePoint rate_free_at_{};  // when the bytes accounted so far are paid for
  std::mutex file_mutex_;
  int fd_ = -1;
  bool close_fd_ = false;
};

}  // namespace dray::local
