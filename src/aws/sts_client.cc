#include "aws/sts_client.h"

#include <fmt/core.h>

#include "aws/dates.h"
#include "aws/error_body.h"
#include "base/encoding.h"

namespace dray::aws {
namespace {

ServiceTraits sts_traits() {
  ServiceTraits traits;
  traits.service = "sts";
  traits.errors = ErrorFormat::xml;
  return traits;
}

std::string encoded(std::string_view text) {
  return percent_encode(text, false);
}

}  // namespace

StsClient::StsClient(const Endpoints& endpoints, const Surroundings& surroundings)
    : endpoint_(endpoints.sts()), region_(endpoints.region()), client_(sts_traits(), surroundings) {}

Result<std::string> StsClient::call(const std::string& form, CredentialsProvider& credentials, const Stop& stop,
                                    TimePoint deadline) {
  ServiceCall call;
  call.method = "POST";
  call.origin = endpoint_.origin;
  call.path = endpoint_.prefix + "/";
  call.region = region_;
  call.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
  call.body = form;
  call.timeouts.deadline = deadline;
  Outcome outcome = client_.call(call, credentials, nullptr, stop);
  if (outcome.fault.has_value()) return std::move(outcome.fault->error);
  return std::move(outcome.response.body);
}

Result<Credentials> StsClient::assume_role(const AssumeRole& role, CredentialsProvider& parent, const Stop& stop,
                                           TimePoint deadline) {
  std::string form =
      fmt::format("Action=AssumeRole&Version=2011-06-15&RoleArn={}&RoleSessionName={}&DurationSeconds={}",
                  encoded(role.role_arn), encoded(role.session_name), role.duration.count());
  if (!role.external_id.empty()) form += "&ExternalId=" + encoded(role.external_id.reveal());
  Result<std::string> answer = call(form, parent, stop, deadline);
  const std::string context = fmt::format("AssumeRole {}", role.role_arn);
  if (!answer.ok()) {
    Error error = std::move(answer).error();
    if (error.code.starts_with("AccessDenied")) {
      error.message +=
          role.external_id.empty()
              ? "; check that the role's trust policy names the caller, and whether it asks for an aws_external_id"
              : "; check that the role's trust policy names the caller, and that aws_external_id is the one it asks "
                "for";
    }
    return with_context(std::move(error), context);
  }
  Credentials credentials;
  credentials.access_key_id = xml_text(*answer, "AccessKeyId");
  credentials.secret_access_key = Secret(xml_text(*answer, "SecretAccessKey"));
  credentials.session_token = Secret(xml_text(*answer, "SessionToken"));
  credentials.expires_at = parse_iso_date(xml_text(*answer, "Expiration"));
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty() ||
      !credentials.expires_at.has_value()) {
    return Error{ErrorKind::transient, "bad_answer", context + ": the answer holds no credentials"};
  }
  return credentials;
}

Result<CallerIdentity> StsClient::caller_identity(CredentialsProvider& credentials, const Stop& stop) {
  Result<std::string> answer =
      call("Action=GetCallerIdentity&Version=2011-06-15", credentials, stop, TimePoint::never());
  if (!answer.ok()) return with_context(std::move(answer).error(), "GetCallerIdentity");
  CallerIdentity identity{xml_text(*answer, "Account"), xml_text(*answer, "Arn"), xml_text(*answer, "UserId")};
  if (identity.arn.empty())
    return Error{ErrorKind::transient, "bad_answer", "GetCallerIdentity: the answer names nobody"};
  return identity;
}

}  // namespace dray::aws
