// TestClient: a blocking syslog sender for the receiver's tests, TLS or plain, that reports how the receiver ended.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string>
#include <string_view>

#include "local/test_certificates.h"

namespace dray::local {

class TestClient {
 public:
  enum class End { close_notify_and_fin, fin, reset, nothing };

  // files null: plain TCP. The client's certificate is shown only if with_certificate.
  TestClient(int port, const CertificateFiles* files, bool with_certificate = true) {
    ::signal(SIGPIPE, SIG_IGN);
    fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    if (!connected_ || files == nullptr) return;
    context_ = SSL_CTX_new(TLS_client_method());
    SSL_CTX_load_verify_locations(context_, files->chain.c_str(), nullptr);
    SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
    if (with_certificate) {
      SSL_CTX_use_certificate_chain_file(context_, files->client_certificate.c_str());
      SSL_CTX_use_PrivateKey_file(context_, files->client_key.c_str(), SSL_FILETYPE_PEM);
    }
    ssl_ = SSL_new(context_);
    SSL_set1_host(ssl_, "localhost");
    SSL_set_fd(ssl_, fd_);
    connected_ = SSL_connect(ssl_) == 1;
  }
  ~TestClient() {
    if (ssl_ != nullptr) SSL_free(ssl_);
    if (context_ != nullptr) SSL_CTX_free(context_);
    ::close(fd_);
  }
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      ERR_clear_error();
      errno = 0;
      const auto size = static_cast<int>(std::min<std::size_t>(bytes.size(), 1U << 20U));
      const ssize_t sent = ssl_ != nullptr ? SSL_write(ssl_, bytes.data(), size)
                                           : ::send(fd_, bytes.data(), static_cast<std::size_t>(size), MSG_NOSIGNAL);
      if (sent <= 0) {
        // A reset is told once: who was sending hears of it, and who reads afterwards finds a plain end.
        reset_ = errno == ECONNRESET || errno == EPIPE;
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // close_notify (TLS), FIN, then what the receiver answers within ten seconds.
  End end() {
    if (ssl_ != nullptr) SSL_shutdown(ssl_);
    ::shutdown(fd_, SHUT_WR);
    return read_end();
  }

  // Reads until the receiver ends the connection.
  End read_end() {
    char bytes[4096];
    bool notified = false;
    while (ssl_ != nullptr && !notified) {
      ERR_clear_error();
      errno = 0;
      const int got = SSL_read(ssl_, bytes, sizeof bytes);
      if (got > 0) continue;
      const int error = SSL_get_error(ssl_, got);
      if (error == SSL_ERROR_ZERO_RETURN) {
        notified = true;
      } else if (error == SSL_ERROR_SSL &&
                 ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        return reset_ ? End::reset : End::fin;
      } else {
        return errno == ECONNRESET || errno == EPIPE ? End::reset : End::nothing;
      }
    }
    for (;;) {
      const ssize_t got = ::recv(fd_, bytes, sizeof bytes, 0);
      if (got > 0) continue;
      if (got == 0 && reset_ && !notified) return End::reset;
      if (got == 0) return notified ? End::close_notify_and_fin : End::fin;
      return errno == ECONNRESET ? End::reset : End::nothing;
    }
  }

 private:
  int fd_ = -1;
  bool connected_ = false;
  bool reset_ = false;  // noticed while sending
  SSL_CTX* context_ = nullptr;
  SSL* ssl_ = nullptr;
};

}  // namespace dray::local
