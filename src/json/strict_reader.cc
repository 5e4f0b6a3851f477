#include "json/strict_reader.h"

#include "base/give_back.h"
#include "json/strict.h"

namespace dray::json {
namespace {

// A text with very many members must not leave its memory to the next ones.
constexpr std::size_t kColonsKept = 16384;

}  // namespace

StrictReader::StrictReader(CompactCheckFunction check) : check_function_(check) {}

void StrictReader::look_for(std::span<const std::string> names) {
  const std::optional<NameEnds> ends = ends_of(names);
  all_names_ = !ends;
  names_ = ends.value_or(NameEnds{});
}

bool StrictReader::read(std::string_view text) {
  if (colons_.capacity() > kColonsKept) {
    give_back(colons_);
  }
  if (check_function_ != nullptr && text.size() >= 2 && (text.front() == '{' || text.front() == '[')) {
    if (!check_) {
      check_ = std::make_unique_for_overwrite<CompactCheck>();
    }
    check_->names = all_names_ ? nullptr : &names_;
    const CompactVerdict verdict = check_function_(*check_, text.data(), text.size());
    if (verdict != CompactVerdict::unsure) {
      blanks_ = false;
      colons_.assign(check_->colons.data(), check_->colons.data() + check_->colon_count);
      return verdict == CompactVerdict::value;
    }
  }
  return is_value(text, colons_, blanks_);
}

}  // namespace dray::json
