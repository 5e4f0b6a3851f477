#include "local/signature_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/encoding.h"
#include "local/cloud_text.h"

namespace dray::local {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::int64_t kSkewMaxMicros = 15LL * 60 * 1'000'000;

Error fault(std::string code, std::string message) {
  return {ErrorKind::denied, std::move(code), std::move(message)};
}

struct Authorization {
  std::string_view key_id, date, region, service, scope, signed_headers, signature;
};

// The value of `name=` in "Credential=…, SignedHeaders=…, Signature=…".
std::string_view part_of(std::string_view header, std::string_view name) {
  const std::size_t at = header.find(name);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = header.substr(at + name.size());
  return rest.substr(0, rest.find_first_of(", "));
}

Result<Authorization> parse_authorization(std::string_view header) {
  if (header.empty()) return fault("AccessDenied", "Access Denied: the request is not signed");
  if (!header.starts_with(kAlgorithm)) {
    return fault("AuthorizationHeaderMalformed", "The authorization mechanism is not AWS4-HMAC-SHA256.");
  }
  Authorization parsed;
  parsed.signed_headers = part_of(header, "SignedHeaders=");
  parsed.signature = part_of(header, "Signature=");
  std::string_view credential = part_of(header, "Credential=");
  const std::size_t slash = credential.find('/');
  if (slash != std::string_view::npos) {
    parsed.key_id = credential.substr(0, slash);
    parsed.scope = credential.substr(slash + 1);
  }
  std::string_view rest = parsed.scope;
  for (std::string_view* field : {&parsed.date, &parsed.region, &parsed.service}) {
    *field = rest.substr(0, rest.find('/'));
    rest.remove_prefix(std::min(rest.size(), field->size() + 1));
  }
  if (rest != "aws4_request" || parsed.signed_headers.empty() || parsed.signature.size() != 64) {
    return fault("AuthorizationHeaderMalformed",
                 "The authorization header is malformed; it needs Credential=ID/DATE/REGION/SERVICE/aws4_request, "
                 "SignedHeaders and Signature.");
  }
  return parsed;
}

// Blanks around a value go, runs of them inside become one.
void append_value(std::string& out, std::string_view value) {
  bool blank = false;
  bool begun = false;
  for (const char c : value) {
    if (c == ' ' || c == '\t') {
      blank = begun;
      continue;
    }
    if (blank) out.push_back(' ');
    blank = false;
    begun = true;
    out.push_back(c);
  }
}

Result<std::string> canonical_headers(const net::ServerExchange& exchange, std::string_view names) {
  std::string out;
  std::string_view rest = names;
  bool host = false;
  while (!rest.empty()) {
    const std::string_view name = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    host = host || name == "host";
    out.append(name).push_back(':');
    bool first = true;
    for (const auto& [header, value] : exchange.headers()) {
      if (header != name) continue;
      if (!std::exchange(first, false)) out.push_back(',');
      append_value(out, value);
    }
    out.push_back('\n');
  }
  if (!host) return fault("SignatureDoesNotMatch", "'Host' must be a signed header.");
  const std::string listed = fmt::format(";{};", names);
  for (const auto& [header, value] : exchange.headers()) {
    if (header.starts_with("x-amz-") && listed.find(fmt::format(";{};", header)) == std::string::npos) {
      return fault("AccessDenied",
                   fmt::format("There were headers present in the request which were not signed: {}", header));
    }
  }
  return out;
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> fields;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string_view value = equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    fields.emplace_back(percent_encode(percent_decode(pair.substr(0, equals)), false),
                        percent_encode(percent_decode(value), false));
  }
  std::sort(fields.begin(), fields.end());
  std::string out;
  for (const auto& [name, value] : fields) {
    if (!out.empty()) out.push_back('&');
    out.append(name).append("=").append(value);
  }
  return out;
}

std::string canonical_path(const net::ServerExchange& exchange, std::string_view service) {
  std::string once = percent_encode(percent_decode(exchange.path()), true);
  return service == "s3" ? once : percent_encode(once, true);
}

Status check_time(const net::ServerExchange& exchange, const Authorization& claim, Clock& clock) {
  const std::string_view stamp = exchange.header("x-amz-date");
  const auto when = parse_amz_date(stamp);
  if (!when) return fault("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header");
  const std::int64_t skew = clock.wall_now().micros - when->micros;
  if (skew > kSkewMaxMicros || skew < -kSkewMaxMicros) {
    return fault("RequestTimeTooSkewed",
                 fmt::format("The difference between the request time and the current time is too large: {} against {}",
                             stamp, iso_time(clock.wall_now())));
  }
  if (stamp.substr(0, 8) != claim.date) {
    return fault("SignatureDoesNotMatch", "Date in Credential scope does not match the date of x-amz-date.");
  }
  return {};
}

Status check_key(const net::ServerExchange& exchange, const AccessKey& key, Clock& clock) {
  if (key.expires && clock.wall_now() >= *key.expires) return fault("ExpiredToken", "The provided token has expired.");
  const std::string_view token = exchange.header("x-amz-security-token");
  if (token == key.session_token.reveal()) return {};
  if (token.empty()) {
    return fault("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
  }
  return fault("InvalidToken", "The provided token is malformed or otherwise invalid.");
}

}  // namespace

std::string_view scope_service(const net::ServerExchange& exchange) {
  const auto parsed = parse_authorization(exchange.header("authorization"));
  return parsed ? parsed.value().service : std::string_view();
}

Result<Caller> verify_signature(const net::ServerExchange& exchange, std::string_view payload_hash,
                                Identities& identities, Clock& clock) {
  const auto parsed = parse_authorization(exchange.header("authorization"));
  if (!parsed) return parsed.error();
  const Authorization& claim = parsed.value();
  auto key = identities.find(claim.key_id);
  if (!key) return fault("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
  if (auto good = check_key(exchange, *key, clock); !good) return good.error();
  if (auto good = check_time(exchange, claim, clock); !good) return good.error();
  const auto headers = canonical_headers(exchange, claim.signed_headers);
  if (!headers) return headers.error();

  const std::string canonical =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}", exchange.method(), canonical_path(exchange, claim.service),
                  canonical_query(exchange.query()), headers.value(), claim.signed_headers, payload_hash);
  Caller caller;
  caller.timestamp = exchange.header("x-amz-date");
  caller.scope = claim.scope;
  caller.region = claim.region;
  caller.service = claim.service;
  caller.signing_key = identities.signing_key(*key, claim.date, claim.region, claim.service);
  const std::string to_sign =
      fmt::format("{}\n{}\n{}\n{}", kAlgorithm, caller.timestamp, claim.scope, hex(sha256(canonical)));
  caller.signature = hex(hmac_sha256(caller.signing_key, to_sign));
  if (caller.signature != claim.signature) {
    return fault(
        "SignatureDoesNotMatch",
        "The request signature we calculated does not match the signature you provided. Check your key and signing "
        "method.");
  }
  caller.key = std::move(*key);
  return caller;
}

}  // namespace dray::local
