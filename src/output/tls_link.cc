#include "output/tls_link.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>
#include <cerrno>

#include "base/assert.h"
#include "output/tls_error.h"

namespace dray::output {
namespace {

// What a receiver may say in one go before others get a turn; session tickets are a few hundred bytes.
constexpr int kReadsAtOnce = 64;
constexpr std::size_t kReadBytes = 4096;

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         ::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

}  // namespace

TlsLink::TlsLink(Clock& clock, Target target, SSL_CTX* context, bool verify_hostname)
    : SocketLink(clock, std::move(target)), ssl_(SSL_new(context)), verify_hostname_(verify_hostname) {
  DRAY_ASSERT(ssl_ != nullptr);
  // The system's openssl.cnf may have set it; a bare TCP end would then look like close_notify.
  SSL_clear_options(ssl_.get(), SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_ENABLE_KTLS);
  DRAY_ASSERT((SSL_get_options(ssl_.get()) & SSL_OP_IGNORE_UNEXPECTED_EOF) == 0);
  DRAY_ASSERT((SSL_get_mode(ssl_.get()) & SSL_MODE_ENABLE_PARTIAL_WRITE) == 0);
  SSL_set_connect_state(ssl_.get());
  if (is_address(target_.host)) {
    if (verify_hostname_) X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), target_.host.c_str());
  } else {
    // SSL_set_tlsext_host_name() without its C cast.
    auto* name = const_cast<char*>(target_.host.c_str());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    SSL_ctrl(ssl_.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name);
    if (verify_hostname_) SSL_set1_host(ssl_.get(), target_.host.c_str());
  }
}

SocketLink::Progress TlsLink::handshake() {
  if (!prepared_) {
    prepared_ = SSL_set_fd(ssl_.get(), socket_.fd()) == 1;
    DRAY_ASSERT(prepared_);
  }
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  return result == 1 ? Progress::done : waits_for(result);
}

bool TlsLink::watch() {
  std::array<char, kReadBytes> said{};
  for (int i = 0; i < kReadsAtOnce; ++i) {
    ERR_clear_error();
    const int result = SSL_read(ssl_.get(), said.data(), static_cast<int>(said.size()));
    if (result > 0) continue;  // receivers of syslog say nothing that concerns us
    return waits_for(result) == Progress::wait;
  }
  return true;
}

Link::Write TlsLink::offer(std::string_view frames) {
  ERR_clear_error();
  std::size_t written = 0;
  const int result = SSL_write_ex(ssl_.get(), frames.data(), frames.size(), &written);
  if (result == 1) {
    DRAY_ASSERT(written == frames.size());
    return Write::accepted;
  }
  return waits_for(result) == Progress::wait ? Write::blocked : Write::failed;
}

SocketLink::Progress TlsLink::say_end() {
  ERR_clear_error();
  const int result = SSL_shutdown(ssl_.get());
  if (result == 0) return Progress::done;
  if (result < 0) return waits_for(result);
  fail_ended("close_notify");
  return Progress::failed;
}

SocketLink::Progress TlsLink::read_end(ProofLevel& level) {
  std::array<char, kReadBytes> said{};
  while (!heard_close_notify_) {
    ERR_clear_error();
    const int result = SSL_read(ssl_.get(), said.data(), static_cast<int>(said.size()));
    if (result > 0) continue;
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_ZERO_RETURN) {
      heard_close_notify_ = true;
    } else if (error == SSL_ERROR_SSL && ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
      level = ProofLevel::end_of_file;
      return Progress::done;
    } else {
      return waits_for(result);
    }
  }
  return read_raw_end(level);
}

// close_notify is only the first half of an end: the reset for data that the peer never read comes after it.
SocketLink::Progress TlsLink::read_raw_end(ProofLevel& level) {
  std::array<char, kReadBytes> rest{};
  for (;;) {
    const ssize_t got = ::recv(socket_.fd(), rest.data(), rest.size(), 0);
    if (got > 0 || (got < 0 && errno == EINTR)) continue;
    if (got == 0) {
      level = ProofLevel::close_notify;
      return Progress::done;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Progress::wait;
    fail_errno("after its close_notify", errno);
    return Progress::failed;
  }
}

SocketLink::Progress TlsLink::waits_for(int result) {
  const int system_error = errno;
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
    if (state() == State::connecting) want_write_.store(error == SSL_ERROR_WANT_WRITE);
    return Progress::wait;
  }
  const unsigned long reason = ERR_peek_error();
  const long verified = state() == State::connecting ? SSL_get_verify_result(ssl_.get()) : X509_V_OK;
  if (error == SSL_ERROR_ZERO_RETURN) {
    fail_ended("close_notify");
  } else if (error == SSL_ERROR_SYSCALL && system_error != 0) {
    fail_errno("connection", system_error);
  } else if (error == SSL_ERROR_SYSCALL || ERR_GET_REASON(reason) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
    fail_ended("without close_notify");
  } else {
    fail_tls(tls_trouble(reason, verified));
  }
  ERR_clear_error();
  return Progress::failed;
}

}  // namespace dray::output
