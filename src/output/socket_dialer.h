// SocketDialer: a Dialer that makes TLS or bare TCP links and waits for them with poll(2) and an eventfd.
//
// dial(), wait() are for the driver thread; wait_writable() for whoever owns the link; wake() for anybody. TLS files
// that changed are read again before the next connection. Ignores SIGPIPE for the process: OpenSSL writes with
// write(2).
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "output/link.h"
#include "output/socket_link.h"
#include "output/tls_context.h"
#include "telemetry/log.h"

namespace dray::output {

class SocketDialer final : public Dialer {
 public:
  // tls: null for bare TCP.
  SocketDialer(Target target, std::unique_ptr<TlsContext> tls, bool verify_hostname, Clock& clock,
               telemetry::Logger log);
  ~SocketDialer() override;
  SocketDialer(const SocketDialer&) = delete;
  SocketDialer& operator=(const SocketDialer&) = delete;

  std::unique_ptr<Link> dial() override;
  void wait(std::span<Link* const> links, TimePoint deadline) override;
  void wait_writable(Link& link, TimePoint deadline) override;
  void wake() override;
  [[nodiscard]] const std::string& peer() const override { return target_.peer; }

 private:
  const Target target_;
  const std::unique_ptr<TlsContext> tls_;
  const bool verify_hostname_;
  Clock& clock_;
  const telemetry::Logger log_;
  const int wake_fd_;
};

}  // namespace dray::output
