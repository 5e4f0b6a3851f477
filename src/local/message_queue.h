// MessageQueue: one SQS standard queue in memory: visibility, receive counts, receipt handles, delay, redrive.
//
// Every operation is O(1) or O(log n), so 100,000 waiting messages cost no more than ten. Behaves as AWS's
// documentation says:
// a new receipt handle at each receive; a delete with an older one "succeeds" and deletes nothing; a message received
// maxReceiveCount times moves to the dead-letter queue at the receive that would exceed it.
// Errors carry SQS's code: ReceiptHandleIsInvalid, MessageNotInflight, InvalidParameterValue, OverLimit.
// Thread-safe. Time: monotonic for visibility and delay, wall time for the attributes.
// Limits: no FIFO, no retention, order is that of becoming visible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "local/cloud_text.h"

namespace dray::local {

struct QueueCounters {
  std::uint64_t sent = 0, received = 0, deleted = 0, moved = 0;  // moved: to the dead-letter queue
  std::size_t visible = 0, in_flight = 0, delayed = 0;
  [[nodiscard]] std::size_t left() const { return visible + in_flight + delayed; }
};

struct QueueMessage {
  std::string id;
  std::string body;
  std::string md5;  // of the body, hex
  Json attributes;  // MessageAttributes as sent, or null
  WallTime sent_at;
  WallTime first_received_at;
  int receive_count = 0;
};

struct DeliveredMessage {
  QueueMessage message;
  std::string receipt_handle;
};

struct ReceiveCall {
  std::size_t messages_max = 1;
  seconds visibility{30};
  TimePoint deadline;                    // of the long poll; now = do not wait
  std::function<bool()> caller_is_gone;  // asked before messages are handed to a call that waited
  std::function<bool()> duplicate;       // asked per message: leave it visible too
};

class MessageQueue {
 public:
  MessageQueue(std::string name, Clock& clock, IdSource& ids);

  [[nodiscard]] const std::string& name() const { return name_; }

  QueueMessage send(std::string body, seconds delay, Json attributes);
  Result<std::vector<DeliveredMessage>> receive(const ReceiveCall& call);
  // The message that is gone now; nothing when it was gone before or the handle is not its latest one.
  Result<std::optional<QueueMessage>> remove(std::string_view receipt_handle);
  Status change_visibility(std::string_view receipt_handle, seconds visibility);
  void purge();

  // Received more than `count` times: moves to `target` instead. Null ends it.
  void set_redrive(std::shared_ptr<MessageQueue> target, int count);
  [[nodiscard]] QueueCounters counters() const;
  // Long polls return at once, now and later.
  void stop();

 private:
  enum class State { visible, in_flight, delayed };
  struct Held {
    QueueMessage message;
    State state = State::visible;
    std::uint64_t generation = 0;  // counts receives; a handle names one
    TimePoint due;                 // when it becomes visible, unless it is
    TimePoint received_at;
  };
  struct Handle {
    std::uint64_t serial = 0, generation = 0;
  };

  void wake_due(TimePoint now);
  void make_visible(std::uint64_t serial, Held& held);
  void hide(std::uint64_t serial, Held& held, State state, TimePoint until);
  void unhide(std::uint64_t serial, const Held& held);
  void take(const ReceiveCall& call, std::vector<DeliveredMessage>& out, std::vector<QueueMessage>& dead);
  void adopt(QueueMessage message);
  [[nodiscard]] std::string make_handle(std::uint64_t serial, std::uint64_t generation) const;
  [[nodiscard]] Result<Handle> parse_handle(std::string_view text) const;

  const std::string name_;
  const std::string tag_;  // in every handle of this queue
  Clock& clock_;
  IdSource& ids_;
  mutable std::mutex mutex_;
  Signal arrived_;
  std::unordered_map<std::uint64_t, Held> messages_;
  std::deque<std::uint64_t> visible_;                     // may name messages that are gone or hidden since
  std::set<std::pair<TimePoint, std::uint64_t>> timers_;  // in flight and delayed
  std::uint64_t next_serial_ = 1;
  QueueCounters counters_;
  std::shared_ptr<MessageQueue> dead_letters_;  // shared with the directory of queues: either may go first
  int receives_max_ = 0;
  bool stopped_ = false;
};

}  // namespace dray::local
