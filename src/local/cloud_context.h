// CloudContext: what the services of the local cloud share, and the shape in which they refuse a request.
//
// Everything referred to outlives the services and guards itself.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "local/cloud_text.h"
#include "local/faults.h"
#include "local/identities.h"
#include "local/message_queue.h"
#include "local/signature_check.h"
#include "net/http_server.h"

namespace dray::local {

// A message that a delete has just removed for good.
struct DeletedMessage {
  std::string queue;
  QueueMessage message;
};

struct CloudContext {
  Clock& clock;
  IdSource& ids;
  Faults& faults;
  Identities& identities;
  std::string region;
  std::string account;
  std::string url;  // where the cloud listens; known once it does
  std::function<void(const DeletedMessage&)> on_delete;
};

// The fault at the door of a request, if a switch asks for one: throttled, broken or with an expired token. The
// Error's code
// is SlowDown, InternalError or ExpiredToken; services spell it their way. Sleeps first if latency is switched on.
Status fault_at_the_door(CloudContext& context, std::string_view operation, std::string_view subject);

}  // namespace dray::local
