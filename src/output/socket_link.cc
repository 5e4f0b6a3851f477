#include "output/socket_link.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/assert.h"

namespace dray::output {
namespace {

constexpr Duration kConnectMax = seconds(10);
constexpr Duration kHandshakeMax = seconds(10);
constexpr Duration kFlushMax = seconds(60);
constexpr Duration kEndMax = seconds(30);
constexpr Duration kKernelEndMax = seconds(1);
constexpr Duration kLookMax =
    milliseconds(20);  // between questions that poll(2) cannot answer (SIOCOUTQ, the resolver)

bool reset_by_peer(int error) {
  return error == ECONNRESET || error == EPIPE || error == ECONNABORTED;
}

}  // namespace

SocketLink::SocketLink(Clock& clock, Target target)
    : clock_(clock), target_(std::move(target)), timer_(clock.now().since_start.count()) {
  lookup_ = std::make_unique<HostLookup>(target_.host, target_.port);
  set_deadline(clock_.now() + kConnectMax);
  timer_.store(clock_.now().since_start.count());
}

Link::State SocketLink::advance() {
  const TimePoint now = clock_.now();
  switch (state()) {
    case State::connecting: advance_connecting(now); break;
    case State::open: static_cast<void>(watch()); break;
    case State::flushing: advance_flushing(now); break;
    case State::ending: advance_ending(now); break;
    case State::ended:
    case State::aborted: break;
  }
  return state();
}

void SocketLink::advance_connecting(TimePoint now) {
  if (phase_ == Phase::looking_up) {
    auto answer = lookup_->answer();
    if (!answer) {
      if (late(now)) return fail("unknown_host", "no answer from the resolver within 10 s");
      return look_again(now);
    }
    lookup_.reset();
    if (!answer->ok()) return fail(answer->error().code, answer->error().message);
    addresses_ = std::move(**answer);
    phase_ = Phase::connecting;
    connect_next(now);
  }
  if (state() == State::connecting && phase_ == Phase::connecting) {
    if (socket_.connected_or_failed()) {
      if (const int error = socket_.pending_error(); error != 0) {
        connect_trouble_ = std::strerror(error);
        return connect_next(now);
      }
      phase_ = Phase::shaking_hands;
      set_deadline(now + kHandshakeMax);
    } else if (late(now)) {
      connect_trouble_ = "no answer";
      return connect_next(now);
    }
  }
  if (state() != State::connecting || phase_ != Phase::shaking_hands) return;
  if (handshake() == Progress::done) {
    opened_at_ = now;
    round_trip_ = socket_.round_trip();
    timer_.store(TimePoint::never().since_start.count());
    want_write_.store(false);
    state_.store(State::open, std::memory_order_release);
  } else if (state() == State::connecting && late(now)) {
    fail("handshake_timeout", "the TLS handshake was not finished within 10 s");
  }
}

// All addresses share the ten seconds.
void SocketLink::connect_next(TimePoint now) {
  while (next_address_ < addresses_.size()) {
    const Address& address = addresses_[next_address_++];
    const int refused = socket_.connect(address.storage, address.length);
    if (refused == 0) {
      want_write_.store(true);
      return set_deadline(now + kConnectMax / static_cast<std::int64_t>(addresses_.size()));
    }
    connect_trouble_ = std::strerror(refused);
  }
  fail("connect", fmt::format("cannot connect: {} (tried {} of {} addresses, the last was {})", connect_trouble_,
                              next_address_, addresses_.size(), text_of(addresses_.back().storage)));
}

Link::Write SocketLink::write(std::string_view frames) {
  DRAY_ASSERT(state() == State::open);  // A3
  const Write result = offer(frames);
  want_write_.store(result == Write::blocked);
  return result;
}

void SocketLink::end() {
  if (state() != State::open) return;
  const TimePoint now = clock_.now();
  round_trip_ = socket_.round_trip();
  look_every_ = milliseconds(1);
  set_deadline(now + kFlushMax);
  state_.store(State::flushing, std::memory_order_release);
  advance_flushing(now);
}

// The peer's kernel must have all before we say that we end; an end of the peer's before ours proves nothing.
void SocketLink::advance_flushing(TimePoint now) {
  if (!watch()) return;
  const int left = socket_.unacknowledged();
  if (left < 0) return fail_errno("SIOCOUTQ", errno);
  if (left > 0) {
    if (late(now)) return fail("flush_timeout", fmt::format("{} bytes were not acknowledged within 60 s", left));
    return look_again(now);
  }
  switch (say_end()) {
    case Progress::failed: return;
    case Progress::wait:
      if (late(now)) return fail("flush_timeout", "our end could not be said within 60 s");
      return look_again(now);
    case Progress::done: break;
  }
  if (!socket_.shut_down_writing()) return fail_errno("shutdown", errno);
  look_every_ = milliseconds(1);
  set_deadline(now + (target_.kernel_suffices ? kKernelEndMax : kEndMax));
  state_.store(State::ending, std::memory_order_release);
  advance_ending(now);
}

void SocketLink::advance_ending(TimePoint now) {
  if (!end_read_) {
    const Progress progress = read_end(read_level_);
    if (progress == Progress::failed) return;
    end_read_ = progress == Progress::done;
    if (end_read_) {
      if (const int error = socket_.pending_error(); error != 0) return fail_errno("SO_ERROR after the end", error);
    }
  }
  if (end_read_ && socket_.unacknowledged() == 0) {
    if (const int error = socket_.pending_error(); error != 0) return fail_errno("SO_ERROR after the end", error);
    return finish(read_level_);
  }
  if (late(now)) {
    if (target_.kernel_suffices && !end_read_) return finish(ProofLevel::kernel);
    return fail(kNoEnd, "it did not end the connection within 30 s after we did");
  }
  if (end_read_) look_again(now);
}

void SocketLink::finish(ProofLevel level) {
  level_ = level;
  if (const Duration last = socket_.round_trip(); last > round_trip_) round_trip_ = last;
  timer_.store(TimePoint::never().since_start.count());
  state_.store(State::ended, std::memory_order_release);
  socket_.close_gently();
}

void SocketLink::abort() {
  if (state() == State::ended) return;
  if (state() != State::aborted) {
    error_ = {ErrorKind::transient, "aborted", target_.peer + ": we gave the connection up"};
    state_.store(State::aborted, std::memory_order_release);
  }
  socket_.close_abruptly();
}

void SocketLink::fail(std::string_view code, std::string message) {
  DRAY_ASSERT(state() != State::ended && state() != State::aborted);
  error_ = {ErrorKind::transient, std::string(code), target_.peer + ": " + std::move(message)};
  timer_.store(TimePoint::never().since_start.count());
  state_.store(State::aborted, std::memory_order_release);
}

void SocketLink::fail_errno(std::string_view what, int error) {
  const State before = state();
  if (before == State::connecting) closed_in_handshake_ = reset_by_peer(error);
  if (before == State::open || before == State::flushing) ended_unasked_at_ = clock_.now();
  fail(reset_by_peer(error) ? kClosed : std::string_view("socket"),
       fmt::format("{}: {}", what, error == 0 ? "unknown error" : std::strerror(error)));
}

void SocketLink::fail_tls(std::string message) {
  if (state() == State::open || state() == State::flushing) ended_unasked_at_ = clock_.now();
  fail("tls", std::move(message));
}

void SocketLink::fail_ended(std::string_view how) {
  const State before = state();
  if (before == State::connecting) closed_in_handshake_ = true;
  if (before == State::open || before == State::flushing) ended_unasked_at_ = clock_.now();
  fail(kClosed, fmt::format("the receiver ended the connection {}{}",
                            before == State::connecting ? "during the handshake" : "first",
                            how.empty() ? std::string() : fmt::format(" ({})", how)));
}

short SocketLink::interest() const {
  const bool writes = want_write_.load() || phase_ == Phase::connecting;
  return static_cast<short>(POLLIN | POLLRDHUP | (writes ? POLLOUT : 0));
}

void SocketLink::set_deadline(TimePoint deadline) {
  deadline_ = deadline;
  timer_.store(deadline.since_start.count());
}

void SocketLink::look_again(TimePoint now) {
  timer_.store(std::min(now + look_every_, deadline_).since_start.count());
  look_every_ = std::min(look_every_ * 2, kLookMax);
}

}  // namespace dray::output
