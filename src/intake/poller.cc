#include "intake/poller.h"

#include <algorithm>
#include <utility>

namespace dray::intake {
namespace {

constexpr Duration kNoRoomPause = milliseconds(20);
// After an instant empty answer (an emulator, or a queue without long polling).
constexpr Duration kEmptyPause = milliseconds(200);
constexpr Duration kErrorPauseFirst = milliseconds(500);
constexpr Duration kErrorPauseMax = seconds(60);
constexpr Duration kPauseSlice = milliseconds(100);
constexpr Duration kComplainEvery = seconds(60);

}  // namespace

Poller::Poller(aws::Queue& queue, Desk& desk, Clock& clock, telemetry::Logger log, aws::ReceiveRequest request,
               std::uint64_t seed)
    : queue_(queue), desk_(desk), clock_(clock), log_(std::move(log)), request_(request), random_(seed) {}

void Poller::run(const Stop& stop, const Stop& cancel) {
  Duration error_pause = kErrorPauseFirst;
  while (!stop.requested()) {
    const int room = desk_.reserve(request_.messages_max);
    if (room == 0) {
      pause(kNoRoomPause, stop);
      continue;
    }
    aws::ReceiveRequest request = request_;
    request.messages_max = room;
    const BootTime asked_at = clock_.boot_now();
    const TimePoint begun = clock_.now();
    auto received = queue_.receive(request, cancel);
    if (!received) {
      desk_.unreserve(room);
      if (received.error().kind == ErrorKind::stopped) continue;
      desk_.queue_answered(false);
      complain(received.error());
      pause(Duration(
                static_cast<std::int64_t>(static_cast<double>(error_pause.count()) * (0.5 + random_.fraction() / 2))),
            stop);
      error_pause = std::min<Duration>(error_pause * 2, kErrorPauseMax);
      continue;
    }
    error_pause = kErrorPauseFirst;
    complaint_.clear();
    desk_.queue_answered(true);
    std::vector<flow::Notification> notifications;
    notifications.reserve(received->size());
    for (aws::ReceivedMessage& message : *received) {
      notifications.push_back({.message_id = std::move(message.message_id),
                               .receipt_handle = std::move(message.receipt_handle),
                               .body = std::move(message.body),
                               .md5_of_body = std::move(message.md5_of_body),
                               .receive_count = message.receive_count,
                               .sent_at = message.sent_at,
                               .received_at = asked_at});
    }
    const bool empty = notifications.empty();
    if (!empty) desk_.take(std::move(notifications));
    desk_.unreserve(room);
    if (empty && clock_.now() - begun < kEmptyPause) pause(kEmptyPause, stop);
  }
}

void Poller::pause(Duration length, const Stop& stop) {
  const TimePoint until = clock_.now() + length;
  while (!stop.requested() && clock_.now() < until) {
    clock_.sleep_until(std::min(until, clock_.now() + kPauseSlice));
  }
}

// The same trouble is told once a minute, a new one at once.
void Poller::complain(const Error& error) {
  const TimePoint now = clock_.now();
  if (error.code == complaint_ && now - complained_at_ < kComplainEvery) return;
  complaint_ = error.code;
  complained_at_ = now;
  log_.error(error.message + " Nothing is received meanwhile; trying again.");
}

}  // namespace dray::intake
