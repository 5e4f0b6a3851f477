// StsClient: AssumeRole and GetCallerIdentity. Thread-safe; blocks, at most about 10 s a try. Source: aws-client.md
// 5.
#pragma once

#include <string>

#include "aws/endpoints.h"
#include "aws/service_client.h"
#include "base/secret.h"

namespace dray::aws {

struct AssumeRole {
  std::string role_arn;
  std::string session_name = "dray";
  Secret external_id;  // empty: none
  // An hour is what every role allows and the most that a chained role may have.
  seconds duration{3600};
};

struct CallerIdentity {
  std::string account;
  std::string arn;
  std::string user_id;
};

class StsClient {
 public:
  StsClient(const Endpoints& endpoints, const Surroundings& surroundings);

  // Signed with what `parent` gives. Errors name the role.
  Result<Credentials> assume_role(const AssumeRole& role, CredentialsProvider& parent, const Stop& stop,
                                  TimePoint deadline);
  Result<CallerIdentity> caller_identity(CredentialsProvider& credentials, const Stop& stop);

 private:
  Result<std::string> call(const std::string& form, CredentialsProvider& credentials, const Stop& stop,
                           TimePoint deadline);

  const Endpoint endpoint_;
  const std::string region_;
  ServiceClient client_;
};

}  // namespace dray::aws
