#include "test_receiver.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <optional>

namespace dray::output::test {
namespace {

void reset(int fd) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

}  // namespace

// One connection, with or without TLS.
struct Receiver::Peer {
  int fd;
  SSL* ssl;

  // > 0 bytes, 0 end, -1 broken, -2 nothing yet.
  [[nodiscard]] int read(char* into, int size) const {
    pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
    if ((ssl == nullptr || SSL_pending(ssl) == 0) && ::poll(&watched, 1, 20) == 0) return -2;
    if (ssl == nullptr) return static_cast<int>(::recv(fd, into, static_cast<std::size_t>(size), 0));
    const int got = SSL_read(ssl, into, size);
    if (got > 0) return got;
    const int error = SSL_get_error(ssl, got);
    if (error == SSL_ERROR_ZERO_RETURN) return 0;
    return error == SSL_ERROR_WANT_READ ? -2 : -1;
  }
};

Receiver::Receiver(const Certificates* certificates) {
  std::signal(SIGPIPE, SIG_IGN);
  if (certificates != nullptr) {
    SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
    EXPECT_EQ(SSL_CTX_use_certificate_chain_file(context, certificates->server().cert.c_str()), 1);
    EXPECT_EQ(SSL_CTX_use_PrivateKey_file(context, certificates->server().key.c_str(), SSL_FILETYPE_PEM), 1);
    EXPECT_EQ(SSL_CTX_load_verify_locations(context, certificates->chain().c_str(), nullptr), 1);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    context_ = context;
  }
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(::listen(listener_, 64), 0);
  socklen_t length = sizeof address;
  ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_loop(); });
}

Receiver::~Receiver() {
  stop_ = true;
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  ::close(listener_);
  SSL_CTX_free(static_cast<SSL_CTX*>(context_));
}

void Receiver::behave(Manners manners) {
  const std::lock_guard lock(mutex_);
  manners_ = std::move(manners);
}

void Receiver::behave_once(Manners manners) {
  const std::lock_guard lock(mutex_);
  once_.push_back(std::move(manners));
}

void Receiver::kill_all() {
  const std::lock_guard lock(mutex_);
  for (const int fd : open_) {
    reset(fd);
    ::shutdown(fd, SHUT_RDWR);  // wakes its thread, which closes it
  }
}

std::vector<std::string> Receiver::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

std::vector<std::vector<std::string>> Receiver::lines_by_connection() const {
  const std::lock_guard lock(mutex_);
  return by_connection_;
}

Manners Receiver::manners_for_data() {
  const std::lock_guard lock(mutex_);
  if (once_.empty()) return manners_;
  Manners manners = once_.front();
  once_.pop_front();
  return manners;
}

void Receiver::accept_loop() {
  while (!stop_) {
    pollfd watched{.fd = listener_, .events = POLLIN, .revents = 0};
    if (::poll(&watched, 1, 20) <= 0) continue;
    const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    if (standing_ >= accept_max_) {
      ::close(fd);
      continue;
    }
    const std::size_t now = ++standing_;
    most_at_once_ = std::max(most_at_once_.load(), now);
    const std::size_t index = connections_++;
    const std::lock_guard lock(mutex_);
    open_.insert(fd);
    by_connection_.emplace_back();
    threads_.emplace_back([this, fd, index] {
      serve(fd, index);
      const std::lock_guard closing(mutex_);
      open_.erase(fd);
      ::close(fd);
      --standing_;
    });
  }
}

void Receiver::serve(int fd, std::size_t index) {
  Peer peer{.fd = fd, .ssl = nullptr};
  if (context_ != nullptr) {
    peer.ssl = SSL_new(static_cast<SSL_CTX*>(context_));
    SSL_set_fd(peer.ssl, fd);
    if (SSL_accept(peer.ssl) != 1) {
      SSL_free(peer.ssl);
      ERR_clear_error();
      return;
    }
  }
  std::optional<Manners> manners;
  std::string rest;
  std::size_t taken = 0;
  std::array<char, 16384> buffer{};
  const auto broken = [&](Manners::Break how) {
    const bool late = how == Manners::Break::late_close_notify_unread || how == Manners::Break::late_kill;
    pollfd watched{.fd = fd, .events = POLLRDHUP, .revents = 0};
    while (late && !stop_ && ::poll(&watched, 1, 20) == 0) {
    }
    if (how == Manners::Break::late_close_notify_unread) {
      SSL_shutdown(peer.ssl);
      // Long enough for a sender that stops looking at close_notify.
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    if (how == Manners::Break::reset || how == Manners::Break::late_kill) reset(fd);
    // Unread data is left behind: the close that follows is a reset, whatever was said before.
    if (how == Manners::Break::close_notify_unread && peer.ssl != nullptr) SSL_shutdown(peer.ssl);
    if (how == Manners::Break::fin) ::shutdown(fd, SHUT_WR);
  };
  bool ended = false;
  while (!stop_) {
    const int got = peer.read(buffer.data(), static_cast<int>(buffer.size()));
    if (got == -2) continue;
    if (got <= 0) {
      ended = got == 0;
      break;
    }
    if (!manners) manners = manners_for_data();
    taken += static_cast<std::size_t>(got);
    const std::string bytes(buffer.data(), static_cast<std::size_t>(got));
    const bool breaks_here = !manners->breaks_at.empty() && bytes.find(manners->breaks_at) != std::string::npos;
    if (breaks_here ||
        (manners->breaks != Manners::Break::no && manners->breaks_at.empty() && taken > manners->after)) {
      broken(manners->breaks);
      break;
    }
    take(bytes, rest, index, *manners);
    if (manners->bytes_per_second > 0) {
      std::this_thread::sleep_for(
          std::chrono::duration<double>(static_cast<double>(got) / static_cast<double>(manners->bytes_per_second)));
    }
  }
  Manners::End how = Manners::End::close_notify;
  {
    const std::lock_guard lock(mutex_);
    how = manners ? manners->end : (manners_.only_with_data ? Manners::End::close_notify : manners_.end);
  }
  if (ended && how == Manners::End::close_notify && peer.ssl != nullptr) SSL_shutdown(peer.ssl);
  while (ended && how == Manners::End::none && !stop_) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  SSL_free(peer.ssl);
  ERR_clear_error();
}

bool Receiver::take(const std::string& bytes, std::string& rest, std::size_t index, const Manners&) {
  rest += bytes;
  const std::lock_guard lock(mutex_);
  std::size_t begin = 0;
  for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', begin)) {
    lines_.push_back(rest.substr(begin, end - begin));
    by_connection_[index].push_back(lines_.back());
    begin = end + 1;
  }
  rest.erase(0, begin);
  return true;
}

}  // namespace dray::output::test
