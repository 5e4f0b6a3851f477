#include "local/receiver_connection.h"

#include <poll.h>

#include <algorithm>
#include <string>

namespace dray::local {

namespace {

constexpr Duration kHandshakeMax = seconds(15);
constexpr Duration kPeerEndMax = seconds(10);     // from our FIN to the peer's
constexpr Duration kUnreadWaitMax = seconds(30);  // for bytes to lie unread
constexpr Duration kSilenceMax = seconds(300);    // an answer that never comes
constexpr std::size_t kBufferBytes = 256U << 10U;
// With a limited rate, small reads: the rate is smooth and the rest stays in the kernel.
constexpr std::size_t kSlowReadBytes = 16U << 10U;

}  // namespace

ReceiverConnection::ReceiverConnection(int fd, SSL_CTX* context, std::uint64_t id, ReceiverState& state)
    : state_(state),
      id_(id),
      stream_(fd, context),
      cutter_(state.options.framing, state.options.frame_bytes_max),
      buffer_(kBufferBytes) {}

void ReceiverConnection::run() {
  if (!shake_hands()) return;
  while (!stopping() && read_once() == Verdict::more) {
  }
  if (cutter_.torn_bytes() > 0) {
    state_.counters.torn.fetch_add(1, std::memory_order_relaxed);
    state_.log.debug("connection " + std::to_string(id_) + " ended inside a frame, after " +
                     std::to_string(cutter_.torn_bytes()) + " of its bytes");
  }
}

bool ReceiverConnection::shake_hands() {
  const TimePoint deadline = state_.clock.now() + kHandshakeMax;
  while (!stopping() && state_.clock.now() < deadline) {
    switch (stream_.handshake()) {
      case ReceiverStream::Step::done: return true;
      case ReceiverStream::Step::wants_read: wait_for(POLLIN, kReceiverTick); break;
      case ReceiverStream::Step::wants_write: wait_for(POLLOUT, kReceiverTick); break;
      case ReceiverStream::Step::failed: fail(stream_.reason()); return false;
    }
  }
  if (!stopping()) fail("no TLS handshake within 15 seconds");
  return false;
}

ReceiverConnection::Verdict ReceiverConnection::read_once() {
  const Behaviour behaviour = state_.behaviour();
  if (behaviour.stalled) {
    pause(kReceiverTick);
    return Verdict::more;
  }
  std::size_t room = behaviour.bytes_per_second > 0 ? kSlowReadBytes : buffer_.size();
  if (behaviour.fault != Behaviour::Fault::none) {
    if (bytes_ >= behaviour.after_bytes && bytes_ > 0 && state_.claim_fault(behaviour)) {
      misbehave(behaviour.fault);
      return Verdict::over;
    }
    if (bytes_ < behaviour.after_bytes) room = std::min<std::uint64_t>(room, behaviour.after_bytes - bytes_);
  }
  const ReceiverStream::ReadAnswer answer = stream_.read({buffer_.data(), room});
  switch (answer.kind) {
    case ReceiverStream::Read::blocked: wait_for(POLLIN, seconds(1)); return Verdict::more;
    case ReceiverStream::Read::bytes: break;
    case ReceiverStream::Read::close_notify:
    case ReceiverStream::Read::end: answer_end(); return Verdict::over;
    case ReceiverStream::Read::failed: fail(stream_.reason()); return Verdict::over;
  }
  bytes_ += answer.bytes;
  if (!take({buffer_.data(), answer.bytes})) return Verdict::over;
  pause(state_.account(answer.bytes, behaviour.bytes_per_second));
  return Verdict::more;
}

bool ReceiverConnection::take(std::string_view bytes) {
  const ReceiverOptions& options = state_.options;
  if (options.on_bytes) options.on_bytes(id_, bytes);
  if (!state_.has_destination() && !options.on_event && !options.count_events) return true;
  const Status cut = cutter_.feed(bytes, [this](std::string_view whole) { deliver(whole); });
  if (!cut) fail(cut.error().message);
  return cut.ok() && !write_failed_;
}

void ReceiverConnection::deliver(std::string_view whole) {
  const ReceiverOptions& options = state_.options;
  if (state_.has_destination()) {
    if (const Status written = state_.write(whole); !written) {
      fail(written.error().message);
      write_failed_ = true;
      return;
    }
  }
  if (!options.on_event) {
    if (!options.count_events) return;
    state_.counters.events.fetch_add(static_cast<std::uint64_t>(std::count(whole.begin(), whole.end(), '\n')),
                                     std::memory_order_relaxed);
    return;
  }
  while (!whole.empty()) {
    const std::size_t end = whole.find('\n');
    ReceivedEvent event{id_, whole.substr(0, end), {}, {}};
    if (const std::optional<SyslogFrame> parts = parse_frame(event.frame)) {
      event.tag = parts->tag;
      event.text = parts->text;
    }
    state_.counters.events.fetch_add(1, std::memory_order_relaxed);
    options.on_event(event);
    whole.remove_prefix(end + 1);
  }
}

void ReceiverConnection::misbehave(Behaviour::Fault fault) {
  state_.log.debug("connection " + std::to_string(id_) + " misbehaves after " + std::to_string(bytes_) + " bytes");
  switch (fault) {
    case Behaviour::Fault::none: break;
    case Behaviour::Fault::stall: wait_until_stopped_or_hung_up(); break;
    case Behaviour::Fault::close_early: drain_then_close(); break;
    case Behaviour::Fault::close_unread: wait_for(POLLIN, kUnreadWaitMax); break;
    case Behaviour::Fault::reset: stream_.reset(); break;
    case Behaviour::Fault::notify_unread:
      wait_for(POLLIN, kUnreadWaitMax);
      stream_.send_close_notify();
      pause(state_.behaviour().notify_hold);
      break;
  }
}

void ReceiverConnection::drain_then_close() {
  for (;;) {
    const ReceiverStream::ReadAnswer answer = stream_.read({buffer_.data(), buffer_.size()});
    if (answer.kind != ReceiverStream::Read::bytes) break;
    state_.account(answer.bytes, 0);
    if (!take({buffer_.data(), answer.bytes})) return;
  }
  stream_.send_close_notify();
  stream_.send_fin();
}

void ReceiverConnection::answer_end() {
  const Behaviour behaviour = state_.behaviour();
  Behaviour::Answer answer = behaviour.answer;
  if (answer != Behaviour::Answer::proper && (bytes_ < behaviour.after_bytes || !state_.claim_fault(behaviour))) {
    answer = Behaviour::Answer::proper;
  }
  if (answer == Behaviour::Answer::none) {
    wait_until_stopped_or_hung_up();
    return;
  }
  if (answer == Behaviour::Answer::proper) stream_.send_close_notify();
  stream_.send_fin();
  state_.counters.ended.fetch_add(1, std::memory_order_relaxed);
  const TimePoint deadline = state_.clock.now() + kPeerEndMax;
  while (!stopping() && state_.clock.now() < deadline && !stream_.peer_has_ended()) wait_for(POLLIN, kReceiverTick);
}

void ReceiverConnection::fail(const std::string& why) {
  state_.counters.failed.fetch_add(1, std::memory_order_relaxed);
  state_.log.warning("connection " + std::to_string(id_) + " failed after " + std::to_string(bytes_) +
                     " bytes: " + why);
}

bool ReceiverConnection::wait_for(short events, Duration at_most) {
  const TimePoint deadline = state_.clock.now() + at_most;
  while (!stopping()) {
    const Duration left = deadline - state_.clock.now();
    if (left <= Duration(0)) return false;
    pollfd entry{stream_.fd(), events, 0};
    // Rounded up, so that a rest below a millisecond does not spin.
    const auto wait = std::chrono::ceil<milliseconds>(std::min(left, kReceiverTick));
    if (::poll(&entry, 1, static_cast<int>(wait.count())) > 0) return true;
  }
  return false;
}

void ReceiverConnection::wait_until_stopped_or_hung_up() {
  const TimePoint deadline = state_.clock.now() + kSilenceMax;
  while (!stopping() && state_.clock.now() < deadline) {
    pollfd entry{stream_.fd(), 0, 0};  // POLLERR and POLLHUP always come
    if (::poll(&entry, 1, 20) > 0) return;
  }
}

void ReceiverConnection::pause(Duration at_most) {
  const TimePoint deadline = state_.clock.now() + at_most;
  while (!stopping()) {
    const TimePoint now = state_.clock.now();
    if (now >= deadline) return;
    state_.clock.sleep_until(std::min(deadline, now + kReceiverTick));
  }
}

}  // namespace dray::local
