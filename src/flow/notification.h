// Notification: one SQS message as it was received. A value; any thread.
#pragma once

#include <string>

#include "base/clock.h"

namespace dray::flow {

struct Notification {
  std::string message_id;
  std::string receipt_handle;  // of the newest receive; deleting needs it
  std::string body;
  std::string md5_of_body;  // hex, as SQS told it and as we checked it
  int receive_count = 1;    // ApproximateReceiveCount
  WallTime sent_at;         // SentTimestamp
  BootTime received_at;     // taken before the request left: the lease cannot have begun earlier
};

}  // namespace dray::flow
