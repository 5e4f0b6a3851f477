// A TLS (or bare TCP) receiver inside the test, with manners that a test chooses for each connection in turn.
//
// What it "read" is what its application took: lines() is the truth that proof is compared with.
#pragma once

#include <atomic>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "test_certificates.h"

namespace dray::output::test {

struct Manners {
  enum class End { close_notify, plain_fin, none };
  // late_…: reads no more, waits until we ended our side, and then leaves with our data unread.
  enum class Break { no, close_notify_unread, reset, fin, late_close_notify_unread, late_kill };

  End end = End::close_notify;       // how our end is answered
  Break breaks = Break::no;          // what happens after `after` bytes were read
  std::size_t after = 0;             // bytes of data
  std::string breaks_at = {};        // or when a line contains this text
  std::size_t bytes_per_second = 0;  // 0: as fast as it can; shared by all connections
  bool only_with_data = true;        // probes are answered well
};

class Receiver {
 public:
  explicit Receiver(const Certificates* certificates);  // null: bare TCP
  ~Receiver();
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  [[nodiscard]] int port() const { return port_; }
  void behave(Manners manners);       // from here on
  void behave_once(Manners manners);  // the next connection that brings data, then as before
  void accept_at_most(std::size_t connections) { accept_max_ = connections; }
  // Resets every connection that stands, as a killed receiver's kernel does.
  void kill_all();

  [[nodiscard]] std::vector<std::string> lines() const;  // in order of arrival; a torn last line is left out
  // Lines by connection.
  [[nodiscard]] std::vector<std::vector<std::string>> lines_by_connection() const;
  [[nodiscard]] std::size_t connections() const { return connections_.load(); }
  [[nodiscard]] std::size_t most_at_once() const { return most_at_once_.load(); }

 private:
  struct Peer;
  void accept_loop();
  void serve(int fd, std::size_t index);
  bool take(const std::string& bytes, std::string& rest, std::size_t index, const Manners& manners);
  Manners manners_for_data();

  void* context_ = nullptr;  // SSL_CTX
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<std::size_t> accept_max_{1000};
  std::atomic<std::size_t> connections_{0};
  std::atomic<std::size_t> standing_{0};
  std::atomic<std::size_t> most_at_once_{0};
  mutable std::mutex mutex_;
  Manners manners_;
  std::deque<Manners> once_;
  std::set<int> open_;
  std::vector<std::string> lines_;
  std::vector<std::vector<std::string>> by_connection_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace dray::output::test
