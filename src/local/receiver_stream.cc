#include "local/receiver_stream.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace dray::local {

namespace {

// 16 TLS records a read(2) where reading ahead is allowed.
constexpr std::size_t kReadAheadBytes = 256U << 10U;

std::string openssl_reason() {
  const unsigned long code = ERR_peek_last_error();
  const char* text = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return text == nullptr ? "unknown TLS error" : text;
}

Error cannot_load(const std::string& what, const std::string& path) {
  return {ErrorKind::config, "receiver_tls", "cannot load the " + what + " " + path + ": " + openssl_reason()};
}

}  // namespace

void FreeTlsContext::operator()(SSL_CTX* context) const {
  SSL_CTX_free(context);
}
void ReceiverStream::FreeSsl::operator()(SSL* ssl) const {
  SSL_free(ssl);
}

Result<TlsContext> make_receiver_context(const ReceiverTls& tls, bool read_ahead) {
  ERR_clear_error();
  TlsContext made(SSL_CTX_new(TLS_server_method()));
  SSL_CTX* context = made.get();
  if (context == nullptr) return Error{ErrorKind::config, "receiver_tls", "OpenSSL: " + openssl_reason()};
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_clear_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION);
  if (SSL_CTX_use_certificate_chain_file(context, tls.certificate.c_str()) != 1) {
    return cannot_load("certificate", tls.certificate);
  }
  if (SSL_CTX_use_PrivateKey_file(context, tls.key.c_str(), SSL_FILETYPE_PEM) != 1) return cannot_load("key", tls.key);
  if (SSL_CTX_check_private_key(context) != 1) return cannot_load("key that fits the certificate", tls.key);
  if (tls.client_certificate != ClientCertificate::ignored) {
    const char* authority = tls.client_authority.c_str();
    if (SSL_CTX_load_verify_locations(context, authority, nullptr) != 1) {
      return cannot_load("clients' authority", tls.client_authority);
    }
    SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(authority));
    const bool required = tls.client_certificate == ClientCertificate::required;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
    // Resumption with client certificates needs an id context; any constant will do.
    static constexpr unsigned char kSessionId[] = "dray";
    SSL_CTX_set_session_id_context(context, kSessionId, sizeof kSessionId - 1);
  }
  if (read_ahead) {
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, kReadAheadBytes);
  }
  return made;
}

ReceiverStream::ReceiverStream(int fd, SSL_CTX* context) : fd_(fd) {
  if (context == nullptr) return;
  ssl_.reset(SSL_new(context));
  SSL_set_fd(ssl_.get(), fd);
  SSL_set_accept_state(ssl_.get());
}

ReceiverStream::~ReceiverStream() {
  if (fd_ >= 0) ::close(fd_);
}

void ReceiverStream::note_failure(const char* doing) {
  const int error = errno;
  const std::string why = ERR_peek_last_error() != 0 ? openssl_reason() : std::strerror(error);
  reason_ = std::string(doing) + ": " + why;
}

ReceiverStream::Step ReceiverStream::handshake() {
  if (!ssl_) return Step::done;
  ERR_clear_error();
  errno = 0;
  const int answer = SSL_do_handshake(ssl_.get());
  if (answer == 1) return Step::done;
  switch (SSL_get_error(ssl_.get(), answer)) {
    case SSL_ERROR_WANT_READ: return Step::wants_read;
    case SSL_ERROR_WANT_WRITE: return Step::wants_write;
    default: note_failure("TLS handshake"); return Step::failed;
  }
}

ReceiverStream::ReadAnswer ReceiverStream::read_plain(std::span<char> into) {
  const ssize_t got = ::recv(fd_, into.data(), into.size(), 0);
  if (got > 0) return {Read::bytes, static_cast<std::size_t>(got)};
  if (got == 0) return {Read::end, 0};
  if (errno == EAGAIN || errno == EINTR) return {Read::blocked, 0};
  note_failure("read");
  return {Read::failed, 0};
}

ReceiverStream::ReadAnswer ReceiverStream::read(std::span<char> into) {
  if (!ssl_) return read_plain(into);
  ERR_clear_error();
  errno = 0;
  std::size_t got = 0;
  const int answer = SSL_read_ex(ssl_.get(), into.data(), into.size(), &got);
  if (answer == 1) return {Read::bytes, got};
  switch (SSL_get_error(ssl_.get(), answer)) {
    case SSL_ERROR_ZERO_RETURN: return {Read::close_notify, 0};
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return {Read::blocked, 0};
    case SSL_ERROR_SSL:
      if (ERR_GET_REASON(ERR_peek_last_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        ERR_clear_error();
        return {Read::end, 0};
      }
      break;
    default: break;
  }
  note_failure("read");
  return {Read::failed, 0};
}

void ReceiverStream::send_close_notify() {
  if (!ssl_) return;
  ERR_clear_error();
  // The peer reads nothing but this: the few bytes fit its window, and a failure shows at the next read.
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

void ReceiverStream::send_fin() {
  ::shutdown(fd_, SHUT_WR);
}

void ReceiverStream::reset() {
  const linger now{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  ::close(fd_);
  fd_ = -1;
}

bool ReceiverStream::peer_has_ended() {
  char rest[4096];
  for (;;) {
    const ssize_t got = ::recv(fd_, rest, sizeof rest, 0);
    if (got > 0 || (got < 0 && errno == EINTR)) continue;
    return got == 0 || errno != EAGAIN;
  }
}

}  // namespace dray::local
