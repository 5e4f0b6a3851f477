// SqsService: SQS's JSON 1.0 protocol (X-Amz-Target: AmazonSQS.*) over the queues of a QueueDirectory.
//
// Verifies the signature of each request, then answers as SQS does, errors included: `__type` in the body and the
// older code in
// x-amzn-query-error. Thread-safe; ReceiveMessage waits in its caller's thread for the length of a long poll.
// Limits: standard queues; the query protocol (XML) is not spoken.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "local/cloud_context.h"
#include "local/queue_directory.h"

namespace dray::local {

class SqsService {
 public:
  SqsService(CloudContext& context, QueueDirectory& queues) : context_(context), queues_(queues) {}

  // The request names an AmazonSQS action in x-amz-target; `action` is that name.
  void serve(net::ServerExchange& exchange, std::string_view action);

  [[nodiscard]] std::string queue_url(std::string_view name) const;

 private:
  using Answer = Result<Json>;
  struct Call {
    const Json& in;
    net::ServerExchange& exchange;
    std::string_view action;
    std::string queue_name;
    NamedQueue queue;
  };
  using Action = Answer (SqsService::*)(Call&);
  using EntryAction = Answer (SqsService::*)(Call&, const Json& entry);
  struct ActionRow {
    std::string_view name;
    Action action;
    bool needs_queue;
  };

  Answer run(net::ServerExchange& exchange, std::string_view action, const Json& in);
  void refuse(net::ServerExchange& exchange, const Error& error) const;

  Answer create_queue(Call& call);
  Answer delete_queue(Call& call);
  Answer get_queue_url(Call& call);
  Answer list_queues(Call& call);
  Answer get_attributes(Call& call);
  Answer set_attributes(Call& call);
  Answer purge(Call& call);
  Answer send(Call& call);
  Answer send_batch(Call& call);
  Answer receive(Call& call);
  Answer remove(Call& call);
  Answer remove_batch(Call& call);
  Answer change_visibility(Call& call);
  Answer change_visibility_batch(Call& call);

  Answer batch(Call& call, EntryAction action);
  Answer send_one(Call& call, const Json& entry);
  Answer remove_one(Call& call, const Json& entry);
  Answer change_one(Call& call, const Json& entry);
  [[nodiscard]] Json delivered(const DeliveredMessage& one, const Json& in) const;

  CloudContext& context_;
  QueueDirectory& queues_;
};

}  // namespace dray::local
