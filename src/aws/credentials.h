// Credentials: what requests are signed with. A value; any thread.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/secret.h"

namespace dray::aws {

struct Credentials {
  std::string access_key_id;
  Secret secret_access_key;
  Secret session_token;                // empty for a user's own keys
  std::optional<WallTime> expires_at;  // by AWS's clock; none: not known, or never
};

}  // namespace dray::aws
