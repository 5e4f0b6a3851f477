// FrameBuilder: events in the receiver's framing, appended to a buffer of whole frames (devo.md 3.1):
// `<14>YYYY-MM-DD HH:MM:SS.mmm HOST TAG: TEXT\n`, time in UTC.
//
// The header is kept between events and patched when its tag or its millisecond changes. The clock is read every
// kEventsPerReading events and after each take(), so a time stamp may be late by what that many events take. One
// thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace dray::output {

class FrameBuilder {
 public:
  // A lease's usual size; buffers grow to it on demand and no further, except for one longer event at a time.
  static constexpr std::size_t kLeaseBytes = std::size_t{64} << 10U;

  FrameBuilder(Clock& clock, const std::string& host_name);

  // True if the frame would make the buffer longer than kLeaseBytes: hand over what is there first.
  [[nodiscard]] bool would_overflow(std::string_view tag, std::string_view text) const {
    return !frames_.empty() && frames_.size() + time_and_host_.size() + tag.size() + text.size() + 3 > kLeaseBytes;
  }
  void append(std::string_view tag, std::string_view text);

  [[nodiscard]] std::string_view frames() const { return frames_; }
  // The frames were handed over: begin again. Gives back the memory that a long event took.
  void clear();

 private:
  static constexpr unsigned kEventsPerReading = 16;

  void read_clock();
  void make_room(std::size_t bytes);

  Clock& clock_;
  std::string time_and_host_;  // "<14>2024-01-16 17:02:56.220 host "
  std::string tag_;            // "my.app.x.y: "
  std::string frames_;
  std::int64_t second_ = -1;
  std::int64_t millisecond_ = -1;  // since 1970
  unsigned until_reading_ = 0;
};

}  // namespace dray::output
