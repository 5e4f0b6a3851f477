// Identities: who may sign, and which roles they may assume. The local cloud's IAM, as far as the collector can
// see it.
//
// Any known principal may use any bucket and queue; what is checked is who one is (keys, tokens, expiry) and
// AssumeRole's trust
// (principal and external id). Temporary keys live until their expiry. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "local/cloud_text.h"

namespace dray::local {

struct AccessKey {
  std::string id;
  Secret secret;
  Secret session_token;  // empty: a long-lived key
  std::optional<WallTime> expires;
  std::string arn;   // who signs: "arn:aws:iam::123456789012:user/demo", "…:assumed-role/NAME/SESSION"
  std::string role;  // the role's ARN if these are a role's keys, else ""
};

struct Role {
  std::string arn;                   // "arn:aws:iam::123456789012:role/reader"
  std::vector<std::string> trusted;  // user or role ARNs, "arn:aws:iam::ACCOUNT:root" for a whole account, or "*"
  std::string external_id;           // "" = none wanted
  seconds session_max{43200};
};

struct AssumeRequest {
  std::string role_arn;
  std::string session_name;
  std::string external_id;
  seconds duration{3600};
};

class Identities {
 public:
  Identities(Clock& clock, IdSource& ids) : clock_(clock), ids_(ids) {}

  void add_key(AccessKey key);
  void add_role(Role role);
  // Unknown id: nothing. Expired keys are still found, so that the answer can say ExpiredToken.
  [[nodiscard]] std::optional<AccessKey> find(std::string_view id) const;

  // The key that SigV4 signs with (HMAC chain over date, region, service), cached: it changes once a day.
  std::string signing_key(const AccessKey& key, std::string_view date, std::string_view region,
                          std::string_view service);

  // New temporary keys; {denied, "AccessDenied"} or {poison, "ValidationError"} as STS would answer.
  Result<AccessKey> assume(const AccessKey& caller, const AssumeRequest& request);

 private:
  [[nodiscard]] static bool trusts(const Role& role, const AccessKey& caller);

  Clock& clock_;
  IdSource& ids_;
  mutable std::mutex mutex_;
  std::map<std::string, AccessKey, std::less<>> keys_;
  std::map<std::string, Role, std::less<>> roles_;
  std::map<std::string, std::string, std::less<>> signing_keys_;
};

// The account number in an ARN, "" if there is none.
std::string_view account_of(std::string_view arn);

}  // namespace dray::local
