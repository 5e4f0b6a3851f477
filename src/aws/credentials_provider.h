// CredentialsProvider: where a client gets the credentials for its next request, and whom it tells when AWS refused
// them.
//
// Thread-safe. current() may block while new ones are fetched, at most until the deadline or until stop is requested.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "aws/credentials.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/stop.h"

namespace dray::aws {

using SharedCredentials = std::shared_ptr<const Credentials>;

// The value of an environment variable; nothing if it is not set.
using EnvironmentLookup = std::function<std::optional<std::string>(const std::string& name)>;

class CredentialsProvider {
 public:
  virtual ~CredentialsProvider() = default;

  virtual Result<SharedCredentials> current(const Stop& stop, TimePoint deadline) = 0;
  // AWS called these expired. True: the next current() gives others, so trying again makes sense.
  virtual bool refused(const SharedCredentials& credentials) = 0;
};

// Keys that never change: from the configuration or the environment.
class StaticCredentials final : public CredentialsProvider {
 public:
  explicit StaticCredentials(Credentials credentials)
      : credentials_(std::make_shared<const Credentials>(std::move(credentials))) {}
  Result<SharedCredentials> current(const Stop&, TimePoint) override { return credentials_; }
  bool refused(const SharedCredentials&) override { return false; }

 private:
  const SharedCredentials credentials_;
};

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN. {config, "no_credentials"} names what is missing.
Result<Credentials> credentials_from_environment(const EnvironmentLookup& environment);

}  // namespace dray::aws
