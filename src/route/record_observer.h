// RecordObserver: told what became of each source record, for those who want to know why (`dray try --explain`).
//
// A Router without an observer does nothing for it beyond one test of a pointer a record. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "flow/record.h"

namespace dray::route {

struct Fate {
  std::uint64_t ordinal = 0;               // of the source record, from 1
  std::optional<std::size_t> filtered_by;  // the outer list of line_filter_rules that held, from 0
  bool sent = false;
  std::string_view tag;       // if it is sent
  bool overlong_tag = false;  // the tag is unknown.unknown because its own would be too long
};

class RecordObserver {
 public:
  virtual ~RecordObserver() = default;
  // Before the event is handed over. The views live until the call returns.
  virtual void routed(const flow::Record& record, const Fate& fate) = 0;
  // Bytes that the format says are no record: a header line, a control object.
  virtual void left_out(std::string_view bytes, std::string_view why) = 0;
};

}  // namespace dray::route
