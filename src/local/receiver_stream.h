// ReceiverStream: the receiver's side of one connection, TLS or plain TCP, with every good and bad way to end it.
//
// Non-blocking; the descriptor can be polled. Reads ask the kernel for no more than TLS needs for the next record,
// unless read_ahead was chosen, so that what was not asked for stays unread in the kernel. One thread at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"

using SSL = struct ssl_st;
using SSL_CTX = struct ssl_ctx_st;

namespace dray::local {

enum class ClientCertificate { ignored, optional, required };

struct ReceiverTls {
  std::string certificate;  // PEM files
  std::string key;
  std::string client_authority;  // needed unless ignored
  ClientCertificate client_certificate = ClientCertificate::required;
};

struct FreeTlsContext {
  void operator()(SSL_CTX* context) const;
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeTlsContext>;

// TLS 1.2 or newer, server side. The error names the file at fault.
Result<TlsContext> make_receiver_context(const ReceiverTls& tls, bool read_ahead);

class ReceiverStream {
 public:
  enum class Step { done, wants_read, wants_write, failed };
  enum class Read {
    bytes,
    blocked,       // nothing now: poll for input
    close_notify,  // the peer ended with close_notify
    end,           // the peer ended with a bare FIN
    failed,        // reset or broken TLS
  };
  struct ReadAnswer {
    Read kind = Read::failed;
    std::size_t bytes = 0;
  };

  // Takes the descriptor, which must be non-blocking. A null context: plain TCP.
  ReceiverStream(int fd, SSL_CTX* context);
  ~ReceiverStream();  // closes: an RST if bytes are unread, else a FIN
  ReceiverStream(const ReceiverStream&) = delete;
  ReceiverStream& operator=(const ReceiverStream&) = delete;

  [[nodiscard]] int fd() const { return fd_; }
  Step handshake();
  ReadAnswer read(std::span<char> into);

  void send_close_notify();  // nothing on plain TCP
  void send_fin();
  void reset();  // linger 0 and close: an RST
  // After our FIN: reads the raw descriptor. True once the peer's FIN or an error was seen.
  bool peer_has_ended();

  // Why the last step failed, for a log line.
  [[nodiscard]] const std::string& reason() const { return reason_; }

 private:
  struct FreeSsl {
    void operator()(SSL* ssl) const;
  };
  ReadAnswer read_plain(std::span<char> into);
  void note_failure(const char* doing);

  int fd_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  std::string reason_;
};

}  // namespace dray::local
