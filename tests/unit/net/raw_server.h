// RawServer: a listening socket whose connections a test answers byte by byte, for behaviour that no decent server
// shows.
//
// The script runs on the server's thread, once per accepted connection, and must end by itself; the destructor stops
// accepting and joins. One connection at a time.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "base/assert.h"

namespace dray::net {

class RawConnection {
 public:
  explicit RawConnection(int fd) : fd_(fd) {}
  ~RawConnection() { close_now(); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  // Up to the empty line after a request's head, or what came before the peer went or two seconds passed.
  std::string read_head() {
    std::string head;
    char c = 0;
    while (!head.ends_with("\r\n\r\n") && wait_readable(2000) && recv(fd_, &c, 1, 0) == 1) head.push_back(c);
    return head;
  }
  // Passes bytes on between this peer and a server on loopback, until either ends. False: there is no such server.
  bool tunnel_to(int port) {
    const int far = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    const bool there = connect(far, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    if (there) send_text("HTTP/1.1 200 Connection established\r\n\r\n");
    for (bool open = there; open;) {
      pollfd watched[] = {{fd_, POLLIN, 0}, {far, POLLIN, 0}};
      if (poll(watched, 2, 5000) <= 0) break;
      open = pass_on(watched[0], far) && pass_on(watched[1], fd_);
    }
    close(far);
    return there;
  }
  void send_text(std::string_view text) { (void)send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }
  bool wait_readable(int milliseconds) {
    pollfd watched{fd_, POLLIN, 0};
    return poll(&watched, 1, milliseconds) == 1;
  }
  void reset() {
    const linger now{1, 0};
    (void)setsockopt(fd_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close_now();
  }
  void close_now() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }

 private:
  static bool pass_on(const pollfd& from, int to) {
    if (from.revents == 0) return true;
    char bytes[16384];
    const ssize_t size = recv(from.fd, bytes, sizeof bytes, 0);
    return size > 0 && send(to, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL) == size;
  }

  int fd_;
};

class RawServer {
 public:
  using Script = std::function<void(RawConnection& connection, int number)>;

  explicit RawServer(Script script)
      : script_(std::move(script)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    DRAY_ASSERT(bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0 && listen(listener_, 16) == 0);
    DRAY_ASSERT(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~RawServer() {
    ending_ = true;
    thread_.join();
    close(listener_);
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  void serve() {
    while (!ending_) {
      pollfd watched{listener_, POLLIN, 0};
      if (poll(&watched, 1, 20) != 1) continue;
      RawConnection connection(accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
      script_(connection, connections_++);
    }
  }

  const Script script_;
  const int listener_;
  int port_ = 0;
  std::atomic<bool> ending_{false};
  std::atomic<int> connections_{0};
  std::thread thread_;
};

}  // namespace dray::net
