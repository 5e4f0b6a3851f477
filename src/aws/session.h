// Session: everything one input needs of AWS, put together: credentials with their role chain, the queue, the object
// store.
//
// Made once per input; its parts may be used from many threads and must not outlive it. open() makes no request: an
// unreachable or refusing AWS shows up in check_identity() and in the calls themselves.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "aws/credentials_provider.h"
#include "aws/object_store.h"
#include "aws/queue.h"
#include "aws/sts_client.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "base/stop.h"
#include "telemetry/log.h"

namespace dray::aws {

struct SessionConfig {
  std::string region;  // "": from queue_url or the environment
  std::string queue_url;
  std::string access_key_id;  // "": keys from the environment
  Secret secret_access_key;
  Secret session_token;
  std::string base_role;                                // ARN or ""
  std::string cross_account_role;                       // ARN or ""
  Secret external_id;                                   // goes with the last role
  std::string sqs_endpoint, s3_endpoint, sts_endpoint;  // "" = by environment or region
  std::optional<bool> path_style;
  Secret proxy;         // may hold a password
  std::string ca_file;  // "": AWS_CA_BUNDLE, else the system's
  std::string session_name = "dray";
};

class Session {
 public:
  // Errors are of kind config. `log` learns every secret, and must outlive the session like `clock`.
  static Result<std::unique_ptr<Session>> open(SessionConfig config, Clock& clock, telemetry::Log& log,
                                               const EnvironmentLookup& environment);
  virtual ~Session() = default;

  virtual Queue& queue() = 0;
  virtual ObjectStore& store() = 0;
  // Resolves the credentials now, through the whole role chain; without roles there is nothing to ask.
  virtual Status check_identity(const Stop& stop) = 0;
  // Who AWS says we are.
  virtual Result<CallerIdentity> caller_identity(const Stop& stop) = 0;
  // The queue's attributes by name, as GetQueueAttributes gives them.
  virtual Result<std::map<std::string, std::string>> queue_attributes(const Stop& stop) = 0;
};

}  // namespace dray::aws
