#include "decode/troubles.h"

#include <utility>

#include <fmt/core.h>

#include "decode/trouble.h"

namespace dray::decode {

using flow::Disposition;
using flow::Trouble;

int Troubles::caution(Trouble trouble) const {
  if (dispositions_.of(trouble) == Disposition::send_raw) return 1;
  switch (unsent_disposition(dispositions_, trouble)) {
    case Disposition::remove: return 0;
    case Disposition::send_raw: return 1;
    case Disposition::quarantine: return 2;
    case Disposition::leave: break;
  }
  return 3;
}

void Troubles::note(Trouble trouble, Error error, const ReadyService* service, std::string_view bytes_in_hand) {
  ++count_;
  if (trouble_ && caution(*trouble_) >= caution(trouble)) return;
  trouble_ = trouble;
  error_ = std::move(error);
  service_ = service;
  bytes_in_hand_ = bytes_in_hand;
}

Error Troubles::error() const {
  Error error = error_;
  if (count_ > 1) error.message += fmt::format("; the object has {} faults, this is one of them", count_);
  return error;
}

void Troubles::keep_rest(const TextRest& rest) {
  too_many_ = too_many_ || rests_.size() == kRestsMax;
  if (!too_many_) rests_.push_back(rest);
}

const TextRest* Troubles::take_rest(std::uint64_t number) {
  if (all_rests_taken() || rests_[taken_].number != number) return nullptr;
  return &rests_[taken_++];
}

}  // namespace dray::decode
