// RoleCredentials: the credentials of an assumed role, fetched when first needed and renewed before they end. One
// link of a chain: its parent's credentials sign the AssumeRole call, so parents are renewed first by themselves.
//
// Renewal is done by one caller at a time (single flight). From 15 minutes before expiry the others go on with the
// old ones meanwhile, and a failure changes nothing; from 10 minutes before it, or once AWS refused them, callers
// wait for it. Old ones are used until they have really expired. After a failure the next try waits: 1 s, doubling,
// at most 5 minutes. Shorter sessions use a quarter and a sixth of their life. Thread-safe. Source: aws-client.md 5;
// botocore credentials.py.
#pragma once

#include <mutex>
#include <optional>

#include "aws/aws_clock.h"
#include "aws/credentials_provider.h"
#include "aws/sts_client.h"
#include "base/backoff.h"
#include "telemetry/log.h"

namespace dray::aws {

class RoleCredentials final : public CredentialsProvider {
 public:
  // Told of all new secrets before they are used, so that a log never shows them.
  using SecretListener = std::function<void(const Secret&)>;

  RoleCredentials(AssumeRole role, CredentialsProvider& parent, StsClient& sts, const Surroundings& surroundings,
                  SecretListener on_secret);

  Result<SharedCredentials> current(const Stop& stop, TimePoint deadline) override;
  bool refused(const SharedCredentials& credentials) override;

 private:
  enum class Need { none, advisory, mandatory };

  [[nodiscard]] Need need() const;  // under mutex_
  [[nodiscard]] bool still_valid() const;
  Result<SharedCredentials> renew(std::unique_lock<std::mutex>& lock, const Stop& stop, TimePoint deadline);
  void adopt(Credentials fresh);
  void note_failure(Error error);

  const AssumeRole role_;
  CredentialsProvider& parent_;
  StsClient& sts_;
  Clock& clock_;
  AwsClock& aws_clock_;
  telemetry::Logger logger_;
  const SecretListener on_secret_;

  std::mutex mutex_;
  Signal renewed_;
  SharedCredentials held_;        // null until the first success, and after AWS refused them
  std::int64_t life_micros_ = 0;  // of held_, when it was fresh
  double jitter_ = 1.0;           // brings the advisory time forward, so that many collectors do not renew at once
  bool renewing_ = false;
  Random random_;
  Backoff backoff_;
  TimePoint next_try_;
  std::optional<Error> last_error_;
};

}  // namespace dray::aws
