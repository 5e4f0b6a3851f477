#include "local/cloud_context.h"

namespace dray::local {

Status fault_at_the_door(CloudContext& context, std::string_view operation, std::string_view subject) {
  Faults& faults = context.faults;
  if (const auto ms = faults.take(FaultKind::latency, operation, subject)) {
    context.clock.sleep_until(context.clock.now() + milliseconds(*ms));
  }
  if (faults.take(FaultKind::slow_down, operation, subject)) {
    return Error{ErrorKind::transient, "SlowDown", "Please reduce your request rate."};
  }
  if (faults.take(FaultKind::internal_error, operation, subject)) {
    return Error{ErrorKind::transient, "InternalError", "We encountered an internal error. Please try again."};
  }
  if (faults.take(FaultKind::expired_token, operation, subject)) {
    return Error{ErrorKind::denied, "ExpiredToken", "The provided token has expired."};
  }
  return {};
}

}  // namespace dray::local
