#include "aws/credentials_provider.h"

namespace dray::aws {

Result<Credentials> credentials_from_environment(const EnvironmentLookup& environment) {
  Credentials credentials;
  credentials.access_key_id = environment("AWS_ACCESS_KEY_ID").value_or("");
  credentials.secret_access_key = Secret(environment("AWS_SECRET_ACCESS_KEY").value_or(""));
  credentials.session_token = Secret(environment("AWS_SESSION_TOKEN").value_or(""));
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty()) {
    return Error{
        ErrorKind::config, "no_credentials",
        "no AWS credentials: set aws_access_key_id and aws_secret_access_key of the input, or AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY in the environment"};
  }
  return credentials;
}

}  // namespace dray::aws
