// Queue: one SQS queue as the collector uses it. The seam at which tests and the simulation put a queue of their own.
//
// Implemented by aws/sqs_queue.h over HTTP. Calls block, are thread-safe, retry transient faults inside
// (aws-client.md 8) and give up at the deadline or when `stop` is requested. MD5OfBody is checked here: a message
// whose body does not match is dropped from the answer with a warning and comes back after its visibility timeout.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/stop.h"

namespace dray::aws {

struct ReceivedMessage {
  std::string message_id;
  std::string receipt_handle;
  std::string body;
  std::string md5_of_body;  // hex, checked
  int receive_count = 1;    // ApproximateReceiveCount
  WallTime sent_at;         // SentTimestamp
};

struct ReceiveRequest {
  int messages_max = 10;    // 1..10
  seconds wait{20};         // long poll, 0..20
  seconds visibility{120};  // always sent (beats #40001)
};

// One entry of a batch call, answered at the same index.
struct VisibilityChange {
  std::string receipt_handle;
  seconds visibility{0};  // from now; 0 releases
};

class Queue {
 public:
  virtual ~Queue() = default;

  // No message is an empty vector, not an error.
  virtual Result<std::vector<ReceivedMessage>> receive(const ReceiveRequest& request, const Stop& stop) = 0;

  // 1..10 entries. The outer error: the whole call failed, with unknown outcome if transient (both calls may be
  // repeated). Per entry: ok, or ErrorKind::lost (ReceiptHandleIsInvalid, MessageNotInflight, InvalidParameterValue),
  // or transient.
  virtual Result<std::vector<Status>> remove(const std::vector<std::string>& receipt_handles, TimePoint deadline) = 0;
  virtual Result<std::vector<Status>> change_visibility(const std::vector<VisibilityChange>& changes,
                                                        TimePoint deadline) = 0;
};

}  // namespace dray::aws
