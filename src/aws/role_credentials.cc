#include "aws/role_credentials.h"

#include <algorithm>

#include <fmt/core.h>

namespace dray::aws {
namespace {

constexpr std::int64_t kMicrosPerMinute = 60'000'000;
constexpr std::int64_t kAdvisoryMicros = 15 * kMicrosPerMinute;
constexpr std::int64_t kMandatoryMicros = 10 * kMicrosPerMinute;
constexpr Backoff::Limits kWaitAfterFailure{.first = seconds(1), .cap = seconds(300), .least = seconds(1)};
constexpr seconds kWaitWithoutCredentialsMax{10};
constexpr milliseconds kLookForStop{500};

}  // namespace

RoleCredentials::RoleCredentials(AssumeRole role, CredentialsProvider& parent, StsClient& sts,
                                 const Surroundings& surroundings, SecretListener on_secret)
    : role_(std::move(role)),
      parent_(parent),
      sts_(sts),
      clock_(surroundings.clock),
      aws_clock_(surroundings.aws_clock),
      logger_(surroundings.logger),
      on_secret_(std::move(on_secret)),
      renewed_(surroundings.clock),
      random_(surroundings.seed),
      backoff_(kWaitAfterFailure, surroundings.seed) {}

bool RoleCredentials::still_valid() const {
  return held_ != nullptr && *held_->expires_at > aws_clock_.now();
}

RoleCredentials::Need RoleCredentials::need() const {
  if (!still_valid()) return Need::mandatory;
  const std::int64_t left = held_->expires_at->micros - aws_clock_.now().micros;
  if (left <= std::min(kMandatoryMicros, life_micros_ / 6)) return Need::mandatory;
  const auto advisory = static_cast<double>(std::min(kAdvisoryMicros, life_micros_ / 4)) * jitter_;
  return static_cast<double>(left) <= advisory ? Need::advisory : Need::none;
}

Result<SharedCredentials> RoleCredentials::current(const Stop& stop, TimePoint deadline) {
  std::unique_lock lock(mutex_);
  while (true) {
    const Need needed = need();
    if (needed == Need::none) return held_;
    const bool old_ones_do = still_valid() && (needed == Need::advisory || clock_.now() < next_try_);
    if (!renewing_) {
      if (clock_.now() >= next_try_) return renew(lock, stop, deadline);
      if (still_valid()) return held_;
      return *last_error_;
    }
    if (old_ones_do) return held_;
    if (stop.requested()) return Error{ErrorKind::stopped, "stopped", "the program was asked to stop"};
    const TimePoint now = clock_.now();
    if (now >= deadline) return Error{ErrorKind::transient, "timeout", "credentials are still being fetched"};
    renewed_.wait_until(lock, std::min(deadline, now + kLookForStop));
  }
}

Result<SharedCredentials> RoleCredentials::renew(std::unique_lock<std::mutex>& lock, const Stop& stop,
                                                 TimePoint deadline) {
  renewing_ = true;
  lock.unlock();
  Result<Credentials> fresh = sts_.assume_role(role_, parent_, stop, deadline);
  if (fresh.ok()) {
    on_secret_(fresh->secret_access_key);
    on_secret_(fresh->session_token);
  }
  lock.lock();
  renewing_ = false;
  if (fresh.ok()) {
    adopt(std::move(fresh).value());
  } else if (fresh.error().kind != ErrorKind::stopped) {
    note_failure(std::move(fresh).error());
  }
  renewed_.notify_all();
  if (still_valid()) return held_;
  return last_error_.value_or(Error{ErrorKind::stopped, "stopped", "the program was asked to stop"});
}

void RoleCredentials::adopt(Credentials fresh) {
  life_micros_ = fresh.expires_at->micros - aws_clock_.now().micros;
  jitter_ = 1.0 + 0.1 * random_.fraction();
  held_ = std::make_shared<const Credentials>(std::move(fresh));
  backoff_.reset();
  next_try_ = TimePoint{};
  last_error_.reset();
}

void RoleCredentials::note_failure(Error error) {
  Duration wait = backoff_.next();
  if (still_valid()) {
    logger_.warning(
        fmt::format("Credentials could not be renewed, the old ones are used until they expire: {}", error.message));
  } else {
    wait = std::min<Duration>(wait, kWaitWithoutCredentialsMax);
  }
  next_try_ = clock_.now() + wait;
  last_error_ = std::move(error);
}

bool RoleCredentials::refused(const SharedCredentials& credentials) {
  const std::lock_guard lock(mutex_);
  // Another caller may have renewed them since.
  if (held_ == credentials) held_ = nullptr;
  return true;
}

}  // namespace dray::aws
