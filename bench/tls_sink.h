// TlsSink: a receiver of its own process that reads TLS as fast as it can, throws it away and ends connections
// properly.
//
// Used by limit and dray_bench, so that both send to the same receiver and its work counts for neither. It makes a
// certificate for 127.0.0.1, writes it to a directory for the sender to trust, and takes any client. Start it before
// the first thread: it forks. The process ends with the object.
#pragma once

#include <string>

#include <sys/types.h>

namespace dray::bench {

class TlsSink {
 public:
  // Writes certificate.pem and key.pem there.
  explicit TlsSink(const std::string& directory);
  ~TlsSink();
  TlsSink(const TlsSink&) = delete;
  TlsSink& operator=(const TlsSink&) = delete;

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] const std::string& certificate() const { return certificate_; }
  [[nodiscard]] const std::string& key() const { return key_; }

 private:
  std::string certificate_;
  std::string key_;
  int port_ = 0;
  pid_t process_ = -1;
};

}  // namespace dray::bench
