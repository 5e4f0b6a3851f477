// AWS Signature Version 4, the header form: pure functions of request, credentials and time.
//
// Used in both directions: the clients sign with it, the local cloud recomputes a signature with the same parts from
// what came over the wire and compares. Source: AWS IAM User Guide, "Create a signed AWS API request"; aws-client.md
// 1. Nothing here reads a clock or keeps state, except SigningKeys, which remembers derived keys. Any thread.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"

namespace dray::aws {

// The SHA-256 of an empty body, in hex.
inline constexpr std::string_view kEmptyPayloadHash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";
inline constexpr std::string_view kSigningAlgorithm = "AWS4-HMAC-SHA256";

enum class PathRule {
  as_sent,     // S3: bytes are encoded once, "." and "//" mean themselves
  normalized,  // every other service: dot segments removed, then the path as sent is encoded once more
};

struct HeaderView {
  std::string_view name;
  std::string_view value;
};

// A request as the signature sees it. Path and query are as on the wire (encoded, or with raw bytes that would need
// it).
struct SignedRequestView {
  std::string_view method;
  std::string_view path;   // "" counts as "/"
  std::string_view query;  // without '?'
  std::span<const HeaderView> headers;
  std::string_view payload_hash;  // hex SHA-256, or UNSIGNED-PAYLOAD
  PathRule path_rule = PathRule::as_sent;
};

// Which key signed what: "20150830/us-east-1/sqs/aws4_request".
struct CredentialScope {
  std::string date;  // YYYYMMDD
  std::string region;
  std::string service;
  [[nodiscard]] std::string text() const;
};

// The lower-case names of the headers that a client signs, sorted, each once: all but those that a proxy may change.
std::vector<std::string> names_to_sign(std::span<const HeaderView> headers);

// `signed_names`: lower case, sorted (a verifier splits SignedHeaders at ';'). A name without such a header counts as
// empty.
std::string canonical_request(const SignedRequestView& request, std::span<const std::string> signed_names);
std::string string_to_sign(std::string_view timestamp, const CredentialScope& scope, std::string_view canonical);
Secret signing_key(const Secret& secret_access_key, const CredentialScope& scope);
std::string signature(const Secret& signing_key, std::string_view string_to_sign);

// "20150830T123600Z" and back (nothing for any other spelling).
std::string signing_timestamp(WallTime when);
std::optional<WallTime> parse_signing_timestamp(std::string_view text);

// The value of an Authorization header, taken apart and put together.
struct Authorization {
  std::string access_key_id;
  CredentialScope scope;
  std::vector<std::string> signed_headers;
  std::string signature;

  [[nodiscard]] std::string text() const;
  static std::optional<Authorization> parse(std::string_view value);
};

// Derived keys by credentials and scope: a key is good for a day, deriving costs four HMACs. Thread-safe; small.
class SigningKeys {
 public:
  Secret key_for(const Secret& secret_access_key, const CredentialScope& scope);

 private:
  struct Entry {
    Secret secret;
    Secret key;
  };
  std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;  // by scope
};

}  // namespace dray::aws
