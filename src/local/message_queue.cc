#include "local/message_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/digest.h"
#include "base/encoding.h"

namespace dray::local {
namespace {

constexpr seconds kVisibilityMax{43200};  // twelve hours in all since the receive (SQS Developer Guide)
constexpr std::size_t kInFlightMax = 120'000;
constexpr Duration kGoneCheck = seconds(1);  // a long poll looks this often whether its caller still lives

Error invalid_handle() {
  return {ErrorKind::lost, "ReceiptHandleIsInvalid", "The input receipt handle is invalid."};
}

}  // namespace

MessageQueue::MessageQueue(std::string name, Clock& clock, IdSource& ids)
    : name_(std::move(name)), tag_(ids.upper_hex(16)), clock_(clock), ids_(ids), arrived_(clock) {}

QueueMessage MessageQueue::send(std::string body, seconds delay, Json attributes) {
  QueueMessage message;
  message.id = ids_.uuid();
  message.md5 = hex(md5(body));
  message.body = std::move(body);
  message.attributes = std::move(attributes);
  message.sent_at = clock_.wall_now();
  const std::lock_guard lock(mutex_);
  const std::uint64_t serial = next_serial_++;
  Held& held = messages_[serial];
  held.message = message;
  ++counters_.sent;
  if (delay > seconds(0)) {
    hide(serial, held, State::delayed, clock_.now() + delay);
  } else {
    make_visible(serial, held);
  }
  arrived_.notify_all();  // also for a delayed one: waiters must learn of the new timer
  return message;
}

// A message from another queue: id, times and count stay.
void MessageQueue::adopt(QueueMessage message) {
  const std::lock_guard lock(mutex_);
  const std::uint64_t serial = next_serial_++;
  Held& held = messages_[serial];
  held.message = std::move(message);
  ++counters_.sent;
  make_visible(serial, held);
  arrived_.notify_all();
}

void MessageQueue::make_visible(std::uint64_t serial, Held& held) {
  held.state = State::visible;
  visible_.push_back(serial);
  ++counters_.visible;
}

void MessageQueue::hide(std::uint64_t serial, Held& held, State state, TimePoint until) {
  held.state = state;
  held.due = until;
  timers_.emplace(until, serial);
  ++(state == State::delayed ? counters_.delayed : counters_.in_flight);
}

// Takes a message out of the place where its state keeps it. The deque of visible ones forgets it when it meets it.
void MessageQueue::unhide(std::uint64_t serial, const Held& held) {
  if (held.state == State::visible) {
    --counters_.visible;
    return;
  }
  timers_.erase({held.due, serial});
  --(held.state == State::delayed ? counters_.delayed : counters_.in_flight);
}

void MessageQueue::wake_due(TimePoint now) {
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const std::uint64_t serial = timers_.begin()->second;
    Held& held = messages_.at(serial);
    unhide(serial, held);
    make_visible(serial, held);
  }
}

void MessageQueue::take(const ReceiveCall& call, std::vector<DeliveredMessage>& out, std::vector<QueueMessage>& dead) {
  const TimePoint now = clock_.now();
  std::vector<std::uint64_t> stay;  // visible again after this call, or the call would deliver them twice
  while (out.size() < call.messages_max && !visible_.empty()) {
    const std::uint64_t serial = visible_.front();
    visible_.pop_front();
    const auto found = messages_.find(serial);
    if (found == messages_.end() || found->second.state != State::visible) continue;
    Held& held = found->second;
    unhide(serial, held);
    if (dead_letters_ != nullptr && held.message.receive_count >= receives_max_) {
      dead.push_back(std::move(held.message));
      messages_.erase(found);
      ++counters_.moved;
      continue;
    }
    ++held.generation;
    ++held.message.receive_count;
    if (held.message.receive_count == 1) held.message.first_received_at = clock_.wall_now();
    held.received_at = now;
    ++counters_.received;
    out.push_back({held.message, make_handle(serial, held.generation)});
    hide(serial, held, State::in_flight, now + call.visibility);
    if (call.visibility == seconds(0) || (call.duplicate && call.duplicate())) stay.push_back(serial);
  }
  for (const std::uint64_t serial : stay) {
    Held& held = messages_.at(serial);
    unhide(serial, held);
    make_visible(serial, held);
  }
}

Result<std::vector<DeliveredMessage>> MessageQueue::receive(const ReceiveCall& call) {
  std::vector<DeliveredMessage> out;
  bool waited = false;
  std::unique_lock lock(mutex_);
  while (!stopped_) {
    const TimePoint now = clock_.now();
    wake_due(now);
    if (counters_.in_flight >= kInFlightMax && call.deadline <= now) {
      return Error{ErrorKind::transient, "OverLimit", "Too many messages in flight."};
    }
    if (waited && call.caller_is_gone && call.caller_is_gone()) break;
    std::vector<QueueMessage> dead;
    take(call, out, dead);
    if (!dead.empty()) {
      const auto target = dead_letters_;
      lock.unlock();
      for (QueueMessage& message : dead) target->adopt(std::move(message));
      lock.lock();
    }
    if (!out.empty() || now >= call.deadline) break;
    TimePoint until = std::min(call.deadline, now + kGoneCheck);
    if (!timers_.empty()) until = std::min(until, timers_.begin()->first);
    arrived_.wait_until(lock, until);
    waited = true;
  }
  return out;
}

Result<std::optional<QueueMessage>> MessageQueue::remove(std::string_view receipt_handle) {
  const auto handle = parse_handle(receipt_handle);
  if (!handle) return handle.error();
  const std::lock_guard lock(mutex_);
  wake_due(clock_.now());
  const auto found = messages_.find(handle.value().serial);
  if (found == messages_.end() || found->second.generation != handle.value().generation) {
    return std::optional<QueueMessage>();
  }
  unhide(found->first, found->second);
  std::optional<QueueMessage> message(std::move(found->second.message));
  messages_.erase(found);
  ++counters_.deleted;
  return message;
}

Status MessageQueue::change_visibility(std::string_view receipt_handle, seconds visibility) {
  const auto handle = parse_handle(receipt_handle);
  if (!handle) return handle.error();
  const std::lock_guard lock(mutex_);
  const TimePoint now = clock_.now();
  wake_due(now);
  const auto found = messages_.find(handle.value().serial);
  if (found == messages_.end()) {
    return Error{ErrorKind::lost, "InvalidParameterValue",
                 "Value for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for "
                 "visibility timeout change."};
  }
  Held& held = found->second;
  if (held.state != State::in_flight || held.generation != handle.value().generation) {
    return Error{ErrorKind::lost, "MessageNotInflight", "The specified message isn't in flight."};
  }
  if (now + visibility > held.received_at + kVisibilityMax) {
    return Error{ErrorKind::lost, "InvalidParameterValue",
                 "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]"};
  }
  unhide(found->first, held);
  if (visibility > seconds(0)) {
    hide(found->first, held, State::in_flight, now + visibility);
  } else {
    make_visible(found->first, held);
  }
  arrived_.notify_all();
  return {};
}

void MessageQueue::purge() {
  const std::lock_guard lock(mutex_);
  messages_.clear();
  visible_.clear();
  timers_.clear();
  counters_.visible = counters_.in_flight = counters_.delayed = 0;
}

void MessageQueue::set_redrive(std::shared_ptr<MessageQueue> target, int count) {
  const std::lock_guard lock(mutex_);
  dead_letters_ = std::move(target);
  receives_max_ = count;
}

QueueCounters MessageQueue::counters() const {
  const std::lock_guard lock(mutex_);
  QueueCounters now = counters_;
  // Messages whose timer ran out but that nobody asked for since count as visible already.
  for (auto timer = timers_.begin(); timer != timers_.end() && timer->first <= clock_.now(); ++timer) {
    --(messages_.at(timer->second).state == State::delayed ? now.delayed : now.in_flight);
    ++now.visible;
  }
  return now;
}

void MessageQueue::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  arrived_.notify_all();
}

std::string MessageQueue::make_handle(std::uint64_t serial, std::uint64_t generation) const {
  return "AQEB" + base64(fmt::format("{}:{:016x}:{:08x}", tag_, serial, generation));
}

Result<MessageQueue::Handle> MessageQueue::parse_handle(std::string_view text) const {
  if (!text.starts_with("AQEB")) return invalid_handle();
  const auto decoded = from_base64(text.substr(4));
  if (!decoded || decoded->size() != tag_.size() + 26 || !decoded->starts_with(tag_)) return invalid_handle();
  Handle handle;
  const char* const begin = decoded->data() + tag_.size() + 1;
  const auto serial = std::from_chars(begin, begin + 16, handle.serial, 16);
  const auto generation = std::from_chars(begin + 17, begin + 25, handle.generation, 16);
  if (serial.ptr != begin + 16 || generation.ptr != begin + 25) return invalid_handle();
  return handle;
}

}  // namespace dray::local
