#include "local/sts_service.h"

#include <fmt/format.h>

#include <charconv>

#include "base/digest.h"
#include "base/encoding.h"

namespace dray::local {
namespace {

constexpr std::size_t kFormBytesMax = 256 * 1024;
constexpr std::string_view kNamespace = "https://sts.amazonaws.com/doc/2011-06-15/";

// The checker speaks S3's words; STS has its own for some.
std::string_view sts_code(std::string_view code) {
  if (code == "InvalidAccessKeyId" || code == "InvalidToken") return "InvalidClientTokenId";
  if (code == "RequestTimeTooSkewed") return "SignatureDoesNotMatch";
  if (code == "AuthorizationHeaderMalformed") return "IncompleteSignature";
  if (code == "SlowDown") return "Throttling";
  if (code == "InternalError") return "InternalFailure";
  return code;
}

int status_of(std::string_view code) {
  if (code == "InternalFailure") return 500;
  const bool denied = code == "AccessDenied" || code == "InvalidClientTokenId" || code == "SignatureDoesNotMatch" ||
                      code == "ExpiredToken" || code == "MissingAuthenticationToken";
  return denied ? 403 : 400;
}

std::string_view field(const Fields& form, std::string_view name) {
  const auto found = form.find(name);
  return found == form.end() ? std::string_view() : std::string_view(found->second);
}

}  // namespace

void StsService::serve(net::ServerExchange& exchange) {
  const net::ServerHeaders headers{{"Content-Type", "text/xml"}, {"x-amzn-RequestId", context_.ids.uuid()}};
  const auto result = run(exchange);
  if (result) {
    static_cast<void>(exchange.answer(200, headers, result.value()));
    return;
  }
  const bool is_unsigned = exchange.header("authorization").empty();
  const std::string_view code = is_unsigned ? "MissingAuthenticationToken" : sts_code(result.error().code);
  static_cast<void>(exchange.answer(
      status_of(code), headers,
      fmt::format("<ErrorResponse xmlns=\"{}\"><Error><Type>{}</Type><Code>{}</Code><Message>{}</Message></Error>"
                  "<RequestId>{}</RequestId></ErrorResponse>",
                  kNamespace, status_of(code) >= 500 ? "Receiver" : "Sender", code, xml_escape(result.error().message),
                  headers[1].second)));
}

Result<std::string> StsService::run(net::ServerExchange& exchange) {
  const auto body = exchange.read_whole_body(kFormBytesMax);
  if (!body) return body.error();
  const auto caller = verify_signature(exchange, hex(sha256(body.value())), context_.identities, context_.clock);
  if (!caller) return caller.error();
  const std::string& region = caller.value().region;
  if (caller.value().service != "sts" || (region != context_.region && region != "us-east-1")) {
    return Error{ErrorKind::denied, "SignatureDoesNotMatch",
                 fmt::format("Credential should be scoped to a valid region and service: {}/sts", context_.region)};
  }
  const Fields form = parse_fields(body.value(), true);
  const std::string_view action = field(form, "Action");
  if (auto door = fault_at_the_door(context_, action, field(form, "RoleArn")); !door) return door.error();
  Result<std::string> out =
      Error{ErrorKind::poison, "InvalidAction", fmt::format("Could not find operation {}", action)};
  if (action == "AssumeRole") out = assume_role(caller.value(), form);
  if (action == "GetCallerIdentity") out = caller_identity(caller.value());
  if (out && context_.faults.take(FaultKind::lost_response, action, field(form, "RoleArn")))
    exchange.reset_connection();
  return out;
}

Result<std::string> StsService::assume_role(const Caller& caller, const Fields& form) {
  AssumeRequest request;
  request.role_arn = field(form, "RoleArn");
  request.session_name = field(form, "RoleSessionName");
  request.external_id = field(form, "ExternalId");
  if (const std::string_view duration = field(form, "DurationSeconds"); !duration.empty()) {
    std::int64_t value = 0;
    std::from_chars(duration.data(), duration.data() + duration.size(), value);
    request.duration = seconds(value);
  }
  const auto made = context_.identities.assume(caller.key, request);
  if (!made) return made.error();
  const AccessKey& key = made.value();
  return fmt::format(
      "<AssumeRoleResponse xmlns=\"{}\"><AssumeRoleResult><AssumedRoleUser><AssumedRoleId>AROALOCAL:{}</AssumedRoleId>"
      "<Arn>{}</Arn></AssumedRoleUser><Credentials><AccessKeyId>{}</AccessKeyId><SecretAccessKey>{}</SecretAccessKey>"
      "<SessionToken>{}</SessionToken><Expiration>{}</Expiration></Credentials></AssumeRoleResult><ResponseMetadata>"
      "<RequestId>{}</RequestId></ResponseMetadata></AssumeRoleResponse>",
      kNamespace, xml_escape(request.session_name), xml_escape(key.arn), key.id, xml_escape(key.secret.reveal()),
      xml_escape(key.session_token.reveal()), iso_seconds(*key.expires), context_.ids.uuid());
}

std::string StsService::caller_identity(const Caller& caller) const {
  return fmt::format(
      "<GetCallerIdentityResponse "
      "xmlns=\"{}\"><GetCallerIdentityResult><Arn>{}</Arn><UserId>{}</UserId><Account>{}</Account>"
      "</GetCallerIdentityResult><ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></"
      "GetCallerIdentityResponse>",
      kNamespace, xml_escape(caller.key.arn), caller.key.id, account_of(caller.key.arn), context_.ids.uuid());
}

}  // namespace dray::local
