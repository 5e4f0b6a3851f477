// SocketLink: what a Link over TCP is, with or without TLS: looking up, connecting to each address in turn, watching,
// and the end rule of delivery.md 1 with its deadlines. tls_link.h and plain_link.h add how bytes are written and how
// an end looks.
//
// A failed link keeps its descriptor until abort() or destruction, because another thread may be polling it.
// One thread owns it at a time; fd(), interest() and timer() may be read by the one that polls.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "output/host_lookup.h"
#include "output/link.h"
#include "output/socket.h"

namespace dray::output {

struct Target {
  std::string host;
  int port = 0;
  std::string peer;              // "host:port", for texts
  bool kernel_suffices = false;  // delivery_proof: kernel: an end that is not answered within a second is good enough
};

class SocketLink : public Link {
 public:
  SocketLink(Clock& clock, Target target);
  ~SocketLink() override = default;
  SocketLink(const SocketLink&) = delete;
  SocketLink& operator=(const SocketLink&) = delete;

  [[nodiscard]] State state() const final { return state_.load(std::memory_order_acquire); }
  State advance() final;
  Write write(std::string_view frames) final;
  void end() final;
  void abort() final;
  [[nodiscard]] ProofLevel level() const final { return level_; }
  [[nodiscard]] const Error& error() const final { return error_; }
  [[nodiscard]] bool closed_in_handshake() const final { return closed_in_handshake_; }
  [[nodiscard]] TimePoint ended_unasked_at() const final { return ended_unasked_at_; }
  [[nodiscard]] TimePoint opened_at() const final { return opened_at_; }
  [[nodiscard]] Duration round_trip() const final { return round_trip_; }

  // For poll(2). -1: nothing more to hear from it.
  [[nodiscard]] int fd() const { return end_read_ ? -1 : socket_.fd(); }
  [[nodiscard]] short interest() const;
  // When advance() wants to be called although nothing happens on the descriptor; never(): no wish.
  [[nodiscard]] TimePoint timer() const { return {Duration(timer_.load())}; }

 protected:
  enum class Progress { done, wait, failed };  // failed: fail() was called

  virtual Progress handshake() = 0;
  // The peer is silent and alive; what it says is read and dropped. False: fail() was called.
  virtual bool watch() = 0;
  virtual Write offer(std::string_view frames) = 0;
  // Says that we end (close_notify).
  virtual Progress say_end() = 0;
  // Reads to the peer's end; level: what it proves.
  virtual Progress read_end(ProofLevel& level) = 0;

  // → aborted. code: kClosed, kNoEnd or a word of ours.
  void fail(std::string_view code, std::string message);
  void fail_errno(std::string_view what, int error);
  // An alert or a broken record.
  void fail_tls(std::string message);
  // The peer ended it before we did.
  void fail_ended(std::string_view how);

  Socket socket_;
  Clock& clock_;
  const Target target_;
  std::atomic<bool> want_write_{false};

 private:
  enum class Phase { looking_up, connecting, shaking_hands };

  void advance_connecting(TimePoint now);
  void connect_next(TimePoint now);
  void advance_flushing(TimePoint now);
  void advance_ending(TimePoint now);
  void finish(ProofLevel level);
  void set_deadline(TimePoint deadline);
  void look_again(TimePoint now);
  [[nodiscard]] bool late(TimePoint now) const { return now >= deadline_; }

  std::atomic<State> state_{State::connecting};
  Phase phase_ = Phase::looking_up;
  std::unique_ptr<HostLookup> lookup_;
  std::vector<Address> addresses_;
  std::size_t next_address_ = 0;
  std::string connect_trouble_;  // of the addresses tried so far
  TimePoint deadline_;
  std::atomic<std::int64_t> timer_;
  Duration look_every_ = milliseconds(1);
  bool end_read_ = false;
  ProofLevel level_ = ProofLevel::none;
  ProofLevel read_level_ = ProofLevel::none;
  Error error_;
  bool closed_in_handshake_ = false;
  TimePoint ended_unasked_at_ = TimePoint::never();
  TimePoint opened_at_ = TimePoint::never();
  Duration round_trip_{0};
};

}  // namespace dray::output
