// Socket: a non-blocking TCP socket with the options and the questions that delivery needs (delivery.md 1, 8;
// reliability.md 2.2).
//
// TCP_NODELAY; TCP_USER_TIMEOUT 60 s, the longest stall that we accept; keep-alive 15 s / 5 s / 3. Owns the
// descriptor; closing it is abortive (SO_LINGER {1,0}, so that doomed bytes stop) unless close_gently() was called.
// One owner, except that fd() may be polled by another thread. Linux.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <cstddef>
#include <string>

#include "base/clock.h"

namespace dray::output {

class Socket {
 public:
  Socket() = default;
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { close_abruptly(); }

  // Begins to connect. 0, or an errno. EINPROGRESS is success.
  [[nodiscard]] int connect(const sockaddr_storage& address, socklen_t length);
  [[nodiscard]] int fd() const { return fd_.load(std::memory_order_acquire); }
  [[nodiscard]] bool is_open() const { return fd() >= 0; }

  // SO_ERROR; reading clears it.
  [[nodiscard]] int pending_error() const;
  // Is a connection in progress decided? (Then pending_error() tells how.)
  [[nodiscard]] bool connected_or_failed() const;
  // SIOCOUTQ: bytes, the FIN included, that the peer's kernel has not acknowledged. -1: unknown.
  [[nodiscard]] int unacknowledged() const;
  [[nodiscard]] Duration round_trip() const;
  [[nodiscard]] bool shut_down_writing();

  void close_gently();
  void close_abruptly();

 private:
  std::atomic<int> fd_{-1};
};

// "198.51.100.7:443" or "[2001:db8::1]:443".
[[nodiscard]] std::string text_of(const sockaddr_storage& address);

}  // namespace dray::output
