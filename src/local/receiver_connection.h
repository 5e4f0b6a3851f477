// ReceiverConnection: the life of one connection of a Receiver, on a thread of its own: handshake, reading,
// misbehaving, ending.
#pragma once

#include <cstdint>
#include <vector>

#include "local/receiver_state.h"
#include "local/receiver_stream.h"
#include "local/syslog_frame.h"

namespace dray::local {

class ReceiverConnection {
 public:
  // Takes the non-blocking descriptor.
  ReceiverConnection(int fd, SSL_CTX* context, std::uint64_t id, ReceiverState& state);
  // Returns when the connection is closed or the receiver stops.
  void run();

 private:
  enum class Verdict { more, over };

  bool shake_hands();
  Verdict read_once();
  bool take(std::string_view bytes);
  void deliver(std::string_view whole);
  void misbehave(Behaviour::Fault fault);
  void answer_end();
  void fail(const std::string& why);
  void drain_then_close();
  // All return early when the receiver stops.
  bool wait_for(short events, Duration at_most);
  void wait_until_stopped_or_hung_up();
  void pause(Duration at_most);
  [[nodiscard]] bool stopping() const { return state_.stop.requested(); }

  ReceiverState& state_;
  const std::uint64_t id_;
  ReceiverStream stream_;
  FrameCutter cutter_;
  std::vector<char> buffer_;
  std::uint64_t bytes_ = 0;
  bool write_failed_ = false;
};

}  // namespace dray::local
