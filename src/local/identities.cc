#include "local/identities.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/digest.h"
#include "base/encoding.h"

namespace dray::local {
namespace {

constexpr std::size_t kSigningKeysMax = 4096;
constexpr seconds kChainedSessionMax{3600};  // AWS: role chaining limits a session to one hour
constexpr seconds kSessionMin{900};

Error validation(std::string message) {
  return {ErrorKind::poison, "ValidationError", std::move(message)};
}

bool only(std::string_view text, std::string_view punctuation) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           punctuation.find(c) != std::string_view::npos;
  });
}

// The limits of AssumeRole's parameters: aws-client.md 5.
Status validate(const AssumeRequest& request) {
  if (request.session_name.size() < 2 || request.session_name.size() > 64 || !only(request.session_name, "_+=,.@-")) {
    return validation("roleSessionName must be 2 to 64 characters of [\\w+=,.@-]");
  }
  const std::size_t id_size = request.external_id.size();
  if (id_size != 0 && (id_size < 2 || id_size > 1224 || !only(request.external_id, "_+=,.@:/-"))) {
    return validation("externalId must be 2 to 1224 characters of [\\w+=,.@:/-]");
  }
  if (request.duration < kSessionMin || request.duration > seconds(43200)) {
    return validation("durationSeconds must be between 900 and 43200");
  }
  return {};
}

}  // namespace

std::string_view account_of(std::string_view arn) {
  for (int field = 0; field < 4; ++field) {
    const std::size_t colon = arn.find(':');
    if (colon == std::string_view::npos) return {};
    arn.remove_prefix(colon + 1);
  }
  return arn.substr(0, arn.find(':'));
}

void Identities::add_key(AccessKey key) {
  const std::lock_guard lock(mutex_);
  std::string id = key.id;
  keys_.insert_or_assign(std::move(id), std::move(key));
  signing_keys_.clear();
}

void Identities::add_role(Role role) {
  const std::lock_guard lock(mutex_);
  std::string arn = role.arn;
  roles_.insert_or_assign(std::move(arn), std::move(role));
}

std::optional<AccessKey> Identities::find(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(id);
  if (found == keys_.end()) return std::nullopt;
  return found->second;
}

std::string Identities::signing_key(const AccessKey& key, std::string_view date, std::string_view region,
                                    std::string_view service) {
  std::string name = fmt::format("{}/{}/{}/{}", key.id, date, region, service);
  const std::lock_guard lock(mutex_);
  if (const auto found = signing_keys_.find(name); found != signing_keys_.end()) return found->second;
  std::string first = "AWS4";
  first.append(key.secret.reveal());
  std::string derived =
      hmac_sha256(hmac_sha256(hmac_sha256(hmac_sha256(first, date), region), service), "aws4_request");
  if (signing_keys_.size() >= kSigningKeysMax) signing_keys_.clear();
  signing_keys_.emplace(std::move(name), derived);
  return derived;
}

bool Identities::trusts(const Role& role, const AccessKey& caller) {
  const std::string root = fmt::format("arn:aws:iam::{}:root", account_of(caller.arn));
  return std::any_of(role.trusted.begin(), role.trusted.end(), [&](const std::string& principal) {
    return principal == "*" || principal == caller.arn || principal == root ||
           (!caller.role.empty() && principal == caller.role);
  });
}

Result<AccessKey> Identities::assume(const AccessKey& caller, const AssumeRequest& request) {
  if (auto valid = validate(request); !valid) return valid.error();
  AccessKey made;
  {
    const std::lock_guard lock(mutex_);
    const auto found = roles_.find(request.role_arn);
    const bool allowed = found != roles_.end() && trusts(found->second, caller) &&
                         (found->second.external_id.empty() || found->second.external_id == request.external_id);
    if (!allowed) {
      return Error{ErrorKind::denied, "AccessDenied",
                   fmt::format("User: {} is not authorized to perform: sts:AssumeRole on resource: {}", caller.arn,
                               request.role_arn)};
    }
    if (!caller.role.empty() && request.duration > kChainedSessionMax) {
      return validation(
          "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
    }
    if (request.duration > found->second.session_max) {
      return validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
    }
  }
  const std::string_view name = std::string_view(request.role_arn).substr(request.role_arn.rfind('/') + 1);
  made.id = "ASIA" + ids_.upper_hex(16);
  made.secret = Secret(base64(sha256(ids_.upper_hex(64))));
  made.session_token = Secret(base64("local" + sha256(ids_.upper_hex(64)) + sha256(ids_.upper_hex(64))));
  made.expires = WallTime{clock_.wall_now().micros + request.duration.count() * 1'000'000};
  made.arn =
      fmt::format("arn:aws:sts::{}:assumed-role/{}/{}", account_of(request.role_arn), name, request.session_name);
  made.role = request.role_arn;
  add_key(made);
  return made;
}

}  // namespace dray::local
