#include "output/socket.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace dray::output {
namespace {

constexpr int kStallMaxMs = 60'000;

void set(int fd, int level, int option, int value) {
  ::setsockopt(fd, level, option, &value, sizeof value);
}

}  // namespace

int Socket::connect(const sockaddr_storage& address, socklen_t length) {
  close_abruptly();
  const int fd = ::socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return errno;
  fd_.store(fd, std::memory_order_release);
  set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, kStallMaxMs);
  set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 15);
  set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 5);
  set(fd, IPPROTO_TCP, TCP_KEEPCNT, 3);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), length) == 0 || errno == EINPROGRESS) return 0;
  return errno;
}

int Socket::pending_error() const {
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(fd(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) return errno;
  return error;
}

bool Socket::connected_or_failed() const {
  pollfd watched{.fd = fd(), .events = POLLOUT, .revents = 0};
  return ::poll(&watched, 1, 0) > 0;
}

int Socket::unacknowledged() const {
  int bytes = 0;
  return ::ioctl(fd(), SIOCOUTQ, &bytes) == 0 ? bytes : -1;
}

Duration Socket::round_trip() const {
  tcp_info tcp{};
  socklen_t length = sizeof tcp;
  if (::getsockopt(fd(), IPPROTO_TCP, TCP_INFO, &tcp, &length) != 0) return Duration{0};
  return std::chrono::microseconds(tcp.tcpi_rtt);
}

bool Socket::shut_down_writing() {
  return ::shutdown(fd(), SHUT_WR) == 0;
}

void Socket::close_gently() {
  if (const int fd = fd_.exchange(-1); fd >= 0) ::close(fd);
}

void Socket::close_abruptly() {
  if (!is_open()) return;
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close_gently();
}

std::string text_of(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
    ::inet_ntop(AF_INET6, &six.sin6_addr, text.data(), text.size());
    return fmt::format("[{}]:{}", text.data(), ntohs(six.sin6_port));
  }
  const auto& four = reinterpret_cast<const sockaddr_in&>(address);
  ::inet_ntop(AF_INET, &four.sin_addr, text.data(), text.size());
  return fmt::format("{}:{}", text.data(), ntohs(four.sin_port));
}

}  // namespace dray::output
