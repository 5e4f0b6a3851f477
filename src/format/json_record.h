// JsonRecord: makes a record of a balanced JSON value: its own bytes, or compact if it has white space outside strings.
//
// Used by the formats whose record is a JSON value. The record never holds LF: one inside a string, which JSON
// forbids, becomes \n. One thread at a time.
#pragma once

#include <string>
#include <string_view>

#include "flow/record.h"

namespace dray::format {

class JsonRecord {
 public:
  explicit JsonRecord(flow::RecordSink& sink) : sink_(sink) {}

  // blanks: there may be white space outside strings, or a line feed anywhere. colons: of the
  // value's members.
  Status emit(std::string_view value, bool blanks, const flow::MemberColons& colons);

 private:
  flow::RecordSink& sink_;
  std::string compacted_;
};

}  // namespace dray::format
