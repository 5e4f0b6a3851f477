#include "json/value_scanner.h"

#include <algorithm>

namespace dray::json {
namespace {

constexpr std::size_t kColonsAtFirst = 256;
// A record with very many members must not leave its memory to the next ones.
constexpr std::size_t kColonsKept = 16384;

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
  const std::optional<NameEnds> ends = ends_of(names);
  all_names_ = !ends;
  names_ = ends.value_or(NameEnds{});
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
