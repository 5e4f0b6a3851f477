// EventSink: where the router pushes events. One thread at a time.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace dray::flow {

class EventSink {
 public:
  virtual ~EventSink() = default;

  // One event: its tag and its text (no LF inside). ordinal is the number of the source record it came from, from 1,
  // counted before filters and strictly ascending within an object. The views live until the call returns.
  // May block for back-pressure. An error means: stop streaming this object; what was sent stays under proof.
  virtual Status send(std::uint64_t ordinal, std::string_view tag, std::string_view text) = 0;
};

}  // namespace dray::flow
