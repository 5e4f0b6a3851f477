#include "json/value_scanner.h"

#include <algorithm>

namespace dray::json {
namespace {

constexpr std::size_t kColonsAtFirst = 256;
// A record with very many members must not leave its memory to the next ones.
constexpr std::size_t kColonsKept = 16384;

// No byte is found in these: a 0 never at the place of another, nor the 1 at that of 0.
constexpr NameEnds::Bytes kNoBytes{1};

// False if the place is taken by another byte, or there is none: bytes over 127 have none.
bool add(char byte, NameEnds::Bytes& bytes) {
  const std::size_t place = static_cast<unsigned char>(byte) & 15U;
  const bool is_free = bytes.at(place) == kNoBytes.at(place) || bytes.at(place) == byte;
  if (static_cast<unsigned char>(byte) > 127 || !is_free) {
    return false;
  }
  bytes.at(place) = byte;
  return true;
}

}  // namespace

void ValueScanner::begin(bool collect) {
  if (colons_.size() > kColonsKept) {
    colons_.clear();
    colons_.shrink_to_fit();
  }
  if (collect && colons_.empty()) {
    colons_.resize(kColonsAtFirst);
  }
  state_.place = {};
  state_.colons = colons_.data();
  state_.colon_count = 0;
  state_.colon_capacity = colons_.size();
  state_.names = all_names_ ? nullptr : &names_;
  state_.end = ScanEnd::more;
  state_.collect = collect;
}

void ValueScanner::look_for(std::span<const std::string> names) {
  names_ = {.last = kNoBytes, .before_last = kNoBytes};
  all_names_ = std::any_of(names.begin(), names.end(), [this](const std::string& name) {
    return name.empty() || !add(name.back(), names_.last) ||
           !add(name.size() > 1 ? name[name.size() - 2] : '"', names_.before_last);
  });
}

void ValueScanner::read_from(std::string_view bytes) {
  state_.ahead_end = bytes.data() + bytes.size();
  state_.window.size = 0;
}

std::size_t ValueScanner::scan(std::string_view chunk) {
  if (state_.ahead_end == nullptr) {
    state_.window.size = 0;
  }
  std::size_t taken = kernel_->scan(state_, chunk.data(), chunk.size());
  while (state_.end == ScanEnd::colons_full) {
    colons_.resize(std::max(kColonsAtFirst, colons_.size() * 2));
    state_.colons = colons_.data();
    state_.colon_capacity = colons_.size();
    state_.end = ScanEnd::more;
    taken += kernel_->scan(state_, chunk.data() + taken, chunk.size() - taken);
  }
  return taken;
}

}  // namespace dray::json
