// SqsQueue: the Queue over SQS's JSON protocol (AWS JSON 1.0).
//
// Retries: service_client.h. A receive that fails or comes back empty at once takes at least 200 ms, so that a
// caller's loop does not spin. What a message lacks or garbles (receipt handle, MD5) costs that message one warning,
// never the call. Thread-safe; blocks. Source: aws-client.md 4, formats.md 3.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "aws/endpoints.h"
#include "aws/queue.h"
#include "aws/service_client.h"

namespace dray::aws {

class SqsQueue final : public Queue {
 public:
  SqsQueue(std::string queue_url, const Endpoints& endpoints, const Surroundings& surroundings,
           CredentialsProvider& credentials);

  Result<std::vector<ReceivedMessage>> receive(const ReceiveRequest& request, const Stop& stop) override;
  Result<std::vector<Status>> remove(const std::vector<std::string>& receipt_handles, TimePoint deadline) override;
  Result<std::vector<Status>> change_visibility(const std::vector<VisibilityChange>& changes,
                                                TimePoint deadline) override;

  // GetQueueAttributes, all of them by name; needs the permission sqs:GetQueueAttributes.
  Result<std::map<std::string, std::string>> attributes(const Stop& stop);

 private:
  struct Action {
    std::string_view name;
    std::string body;
    milliseconds response_max{10000};
    TimePoint deadline = TimePoint::never();
    bool is_long_poll = false;
  };
  Result<std::string> call(const Action& action, const Stop& stop);
  Result<std::vector<Status>> batch(const Action& action, std::size_t entries);
  Result<std::vector<ReceivedMessage>> read_messages(std::string_view answer);

  const std::string queue_url_;
  const Endpoint endpoint_;
  const std::string region_;
  Clock& clock_;
  CredentialsProvider& credentials_;
  telemetry::Logger logger_;
  ServiceClient client_;
  const Stop never_;  // settling goes on during a stop, bounded by its deadline
};

}  // namespace dray::aws
