// Receiver: a syslog receiver over TLS or plain TCP. It takes what a collector sends and ends connections as RFC 5425
// asks: it reads to the end, answers close_notify with its own, then sends FIN.
//
// Used by `dray receiver`, `dray demo`, the tests and bench/. A thread per connection; large reads; no work per event
// unless events are asked for. With a file (or stdout) as destination every whole event is written with write(2)
// right after the read that completed it and before the next read: the file is what the receiver has read, at every
// instant. A frame that was cut off at the end of its connection is counted as torn and not written, so that the file
// holds whole lines. A Behaviour makes it misbehave, for tests; it can be changed while it runs. start, behave, stats
// and stop: any thread. Callbacks come from the connections' threads, several at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "local/receiver_stream.h"
#include "local/syslog_frame.h"
#include "telemetry/log.h"

namespace dray::local {

struct Behaviour {
  // What happens once a connection has delivered after_bytes bytes.
  enum class Fault {
    none,
    stall,          // stop reading for ever
    close_early,    // read what is there, then close_notify, FIN, close
    close_unread,   // wait until more bytes lie unread, then close: the kernel answers RST
    reset,          // linger 0, close
    notify_unread,  // close_notify, leave the rest unread, close (RST) after notify_hold
  };
  // How the peer's end is answered.
  enum class Answer { proper, none, plain_fin };

  Fault fault = Fault::none;
  std::uint64_t after_bytes = 0;
  Answer answer = Answer::proper;
  bool stalled = false;                // reads nothing, on any connection
  std::uint64_t bytes_per_second = 0;  // shared by all connections; 0: no limit
  bool refuse_handshake = false;       // closes a connection as soon as it was accepted
  int connections_max = 0;             // more at once are closed at once; 0: no limit but the receiver's own
  int faults_max = 0;                  // after so many faults and bad answers behave well; 0: no limit
  Duration notify_hold = milliseconds(200);
};

// One event, split as the wire format has it (devo.md 3.1). A frame of another shape has everything in `frame` alone.
struct ReceivedEvent {
  std::uint64_t connection = 0;
  std::string_view frame;  // without LF
  std::string_view tag, text;
};

struct ReceiverOptions {
  std::string address = "127.0.0.1";
  int port = 0;                    // 0: any free one
  std::optional<ReceiverTls> tls;  // absent: plain TCP
  Framing framing = Framing::newline;
  std::size_t frame_bytes_max = 64U << 20U;
  std::string file;  // append whole events here; "" none
  bool to_stdout = false;
  bool count_events = false;  // costs a scan for LF
  bool read_ahead = false;    // fewer system calls; then faults leave less unread in the kernel than they say
  Behaviour behaviour;
  std::function<void(std::uint64_t connection, std::string_view bytes)> on_bytes;  // as read, any cut
  std::function<void(const ReceivedEvent&)> on_event;
};

struct ReceiverStats {
  std::uint64_t bytes = 0;
  std::uint64_t events = 0;       // if count_events, or if on_event is set
  std::uint64_t connections = 0;  // accepted
  std::uint64_t open = 0;         // now
  std::uint64_t ended = 0;        // by the peer, with close_notify (or FIN on plain TCP), and answered
  std::uint64_t failed = 0;       // handshake, reset, broken framing
  std::uint64_t torn = 0;         // ended in the middle of a frame
  std::uint64_t faults = 0;       // misbehaviours performed
};

class Receiver {
 public:
  // Listens when it returns. The error names the address or file at fault.
  static Result<std::unique_ptr<Receiver>> start(ReceiverOptions options, Clock& clock, telemetry::Logger log);
  ~Receiver();  // stop()
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  [[nodiscard]] int port() const;
  void behave(const Behaviour& behaviour);
  [[nodiscard]] ReceiverStats stats() const;
  // Closes the listener and every connection as it stands, and joins. Idempotent.
  void stop();

 private:
  class Listener;
  explicit Receiver(std::unique_ptr<Listener> listener);
  std::unique_ptr<Listener> listener_;
};

}  // namespace dray::local
