// TlsLink: a Link over TLS (OpenSSL), as delivery.md rule 8 says.
//
// write() takes all or nothing (no partial writes); the error queue is cleared before each call; SSL_shutdown is
// called once, with nothing pending and after no error. L3 is close_notify and then the TCP end; L2 is a TCP end
// alone.
#pragma once

#include <openssl/ssl.h>

#include <memory>

#include "output/socket_link.h"

namespace dray::output {

class TlsLink final : public SocketLink {
 public:
  // The context outlives neither files nor reloads: OpenSSL counts its users.
  TlsLink(Clock& clock, Target target, SSL_CTX* context, bool verify_hostname);

 private:
  struct SslFree {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  Progress handshake() override;
  bool watch() override;
  Write offer(std::string_view frames) override;
  Progress say_end() override;
  Progress read_end(ProofLevel& level) override;

  // What a call that returned `result` wants; failed: fail() was called.
  Progress waits_for(int result);
  Progress read_raw_end(ProofLevel& level);

  std::unique_ptr<SSL, SslFree> ssl_;
  bool prepared_ = false;
  bool heard_close_notify_ = false;
  const bool verify_hostname_;
};

}  // namespace dray::output
