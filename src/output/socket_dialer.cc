#include "output/socket_dialer.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <vector>

#include "base/assert.h"
#include "output/plain_link.h"
#include "output/tls_link.h"

namespace dray::output {
namespace {

// Rounded up, so that a timer is due when poll(2) returns.
int milliseconds_until(TimePoint when, TimePoint now) {
  if (when <= now) return 0;
  constexpr Duration kLongest = std::chrono::minutes(1);
  const Duration left = std::min(when - now, kLongest);
  return static_cast<int>(std::chrono::ceil<milliseconds>(left).count());
}

}  // namespace

SocketDialer::SocketDialer(Target target, std::unique_ptr<TlsContext> tls, bool verify_hostname, Clock& clock,
                           telemetry::Logger log)
    : target_(std::move(target)),
      tls_(std::move(tls)),
      verify_hostname_(verify_hostname),
      clock_(clock),
      log_(std::move(log)),
      wake_fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  DRAY_ASSERT(wake_fd_ >= 0);
  std::signal(SIGPIPE, SIG_IGN);
}

SocketDialer::~SocketDialer() {
  ::close(wake_fd_);
}

std::unique_ptr<Link> SocketDialer::dial() {
  if (!tls_) return std::make_unique<PlainLink>(clock_, target_);
  if (Status status = tls_->refresh(clock_.wall_now()); !status) {
    log_.error(status.error().message + ". The files as they were before stay in use");
  }
  return std::make_unique<TlsLink>(clock_, target_, tls_->get(), verify_hostname_);
}

void SocketDialer::wait(std::span<Link* const> links, TimePoint deadline) {
  std::vector<pollfd> watched;
  watched.reserve(links.size() + 1);
  watched.push_back({.fd = wake_fd_, .events = POLLIN, .revents = 0});
  for (Link* const link : links) {
    const auto& socket = static_cast<const SocketLink&>(*link);  // dial() makes no others
    deadline = std::min(deadline, socket.timer());
    watched.push_back({.fd = socket.fd(), .events = socket.interest(), .revents = 0});
  }
  ::poll(watched.data(), watched.size(), milliseconds_until(deadline, clock_.now()));
  if (watched.front().revents != 0) {
    std::uint64_t count = 0;
    static_cast<void>(!::read(wake_fd_, &count, sizeof count));
  }
}

void SocketDialer::wait_writable(Link& link, TimePoint deadline) {
  pollfd watched{.fd = static_cast<const SocketLink&>(link).fd(), .events = POLLOUT | POLLIN | POLLRDHUP, .revents = 0};
  ::poll(&watched, 1, milliseconds_until(deadline, clock_.now()));
}

void SocketDialer::wake() {
  const std::uint64_t one = 1;
  static_cast<void>(!::write(wake_fd_, &one, sizeof one));
}

}  // namespace dray::output
