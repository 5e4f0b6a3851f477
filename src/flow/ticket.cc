#include "flow/ticket.h"

#include <algorithm>

#include "base/assert.h"

namespace dray::flow {

Ticket::Ticket(const std::vector<std::uint64_t>& prefixes) {
  accounts_.reserve(prefixes.size());
  for (const std::uint64_t prefix : prefixes) accounts_.push_back({.prefix = prefix, .written = prefix, .live = {}});
}

bool Ticket::seal(std::uint64_t records, std::optional<Error> error) {
  const std::lock_guard lock(mutex_);
  DRAY_ASSERT(state_ == State::streaming);
  state_ = State::sealed;
  records_ = records;
  if (error) {
    failed_ = true;
    failure_.source = std::move(error);
  }
  return settle_if_decided();
}

void Ticket::restart() {
  const std::lock_guard lock(mutex_);
  DRAY_ASSERT(state_ == State::failed);
  for (Account& account : accounts_) {
    DRAY_ASSERT(account.live.empty());
    account.written = account.prefix;
  }
  state_ = State::streaming;
  failed_ = false;
  failure_ = {};
}

std::uint64_t Ticket::prefix(std::size_t output) const {
  const std::lock_guard lock(mutex_);
  return accounts_.at(output).prefix;
}

bool Ticket::register_range(std::size_t output, EpochId epoch, std::uint64_t end_ordinal) {
  const std::lock_guard lock(mutex_);
  if (failed_) return false;
  DRAY_ASSERT(state_ == State::streaming);
  Account& account = accounts_.at(output);
  DRAY_ASSERT(end_ordinal > account.written);
  account.written = end_ordinal;
  if (account.live.empty() || account.live.back().epoch != epoch) {
    account.live.push_back({.epoch = epoch, .end_ordinal = end_ordinal});
  } else {
    account.live.back().end_ordinal = end_ordinal;
  }
  return true;
}

bool Ticket::epoch_proven(std::size_t output, EpochId epoch) {
  const std::lock_guard lock(mutex_);
  Account& account = accounts_.at(output);
  const auto carried = std::ranges::find(account.live, epoch, &Carried::epoch);
  DRAY_ASSERT(carried != account.live.end() && !carried->proven);
  if (carried->voided) {
    account.live.erase(carried);
    return settle_if_decided();
  }
  carried->proven = true;
  // Contiguous (A2): a later epoch's proof waits for the verdict of the earlier ones.
  while (!account.live.empty() && account.live.front().proven) {
    DRAY_ASSERT(account.live.front().end_ordinal > account.prefix);
    account.prefix = account.live.front().end_ordinal;
    account.live.pop_front();
    lone_failures_ = 0;  // the receiver takes its records, if slowly
  }
  return settle_if_decided();
}

bool Ticket::epoch_failed(std::size_t output, EpochId epoch, const RetryGroup& next, bool alone) {
  const std::lock_guard lock(mutex_);
  Account& account = accounts_.at(output);
  const auto carried = std::ranges::find(account.live, epoch, &Carried::epoch);
  DRAY_ASSERT(carried != account.live.end() && !carried->proven);
  for (auto later = carried + 1; later != account.live.end(); ++later) later->voided = true;
  // Proven later ones got their verdict already; nothing will speak of them again.
  account.live.erase(carried);
  std::erase_if(account.live, [](const Carried& c) { return c.voided && c.proven; });
  if (!failure_.by_receiver) {
    failure_.by_receiver = true;
    failure_.group = next;
    ++receiver_failures_;
    if (alone) ++lone_failures_;
  }
  failed_ = true;
  return settle_if_decided();
}

Ticket::State Ticket::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

bool Ticket::failing() const {
  const std::lock_guard lock(mutex_);
  return failed_;
}

Ticket::Failure Ticket::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

std::vector<std::uint64_t> Ticket::prefixes() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::uint64_t> prefixes;
  prefixes.reserve(accounts_.size());
  for (const Account& account : accounts_) prefixes.push_back(account.prefix);
  return prefixes;
}

std::uint64_t Ticket::records() const {
  const std::lock_guard lock(mutex_);
  return records_;
}

int Ticket::receiver_failures() const {
  const std::lock_guard lock(mutex_);
  return receiver_failures_;
}

int Ticket::lone_failures() const {
  const std::lock_guard lock(mutex_);
  return lone_failures_;
}

std::size_t Ticket::live_epochs() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const Account& account : accounts_) count += account.live.size();
  return count;
}

bool Ticket::settle_if_decided() {
  if (state_ != State::sealed) return false;
  for (const Account& account : accounts_) {
    if (!account.live.empty()) return false;
  }
  if (!failed_) {
    for (const Account& account : accounts_) DRAY_ASSERT(account.prefix == account.written);
  }
  state_ = failed_ ? State::failed : State::proven;
  return true;
}

}  // namespace dray::flow
