#include "format/json_record.h"

#include "json/compact.h"

namespace dray::format {
namespace {

constexpr std::size_t kKept = 256U << 10U;

}  // namespace

Status JsonRecord::emit(std::string_view value, bool blanks, const flow::MemberColons& colons) {
  if (!blanks) {
    return sink_.accept({value, true, colons});
  }
  json::compact(value, compacted_);
  Status status = sink_.accept({compacted_, true, {}});
  if (compacted_.capacity() > kKept) {
    compacted_ = std::string();
  }
  return status;
}

}  // namespace dray::format
