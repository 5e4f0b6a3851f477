// EventSink: where the router pushes events. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
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

  // Events of one tag, their ordinals one behind the other from `first` on: the same as send() for each, at less cost.
  // sent: how many were, also at an error.
  virtual Status send_all(std::uint64_t first, std::string_view tag, std::span<const std::string_view> texts,
                          std::size_t& sent) {
    for (sent = 0; sent < texts.size(); ++sent) {
      if (Status status = send(first + sent, tag, texts[sent]); !status) return status;
    }
    return {};
  }
};

}  // namespace dray::flow
