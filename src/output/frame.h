// FrameBuilder: events in the receiver's framing, appended to a buffer of whole frames (devo.md 3.1):
// `<14>YYYY-MM-DD HH:MM:SS.mmm HOST TAG: TEXT\n`, time in UTC.
//
// This runs once an event, so it is two memcpy: the header is kept between events and patched when its tag or its
// millisecond changes. The clock is read every kEventsPerReading events and after each clear(), so a time stamp may be
// late by what that many events take. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
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
    return size_ != 0 && size_ + tag_at_ + tag.size() + text.size() + 3 > kLeaseBytes;
  }

  void append(std::string_view tag, std::string_view text) {
    if (until_reading_ == 0) read_clock();
    --until_reading_;
    if (tag != this->tag()) set_tag(tag);
    const std::size_t bytes = header_.size() + text.size() + 1;
    if (size_ + bytes > capacity_) make_room(bytes);
    char* const to = frames_.get() + size_;
    std::memcpy(to, header_.data(), header_.size());
    if (!text.empty()) std::memcpy(to + header_.size(), text.data(), text.size());
    to[bytes - 1] = '\n';
    size_ += bytes;
  }

  [[nodiscard]] std::string_view frames() const { return {frames_.get(), size_}; }
  // The frames were handed over: begin again. Gives back the memory that a long event took.
  void clear();

 private:
  static constexpr unsigned kEventsPerReading = 16;

  [[nodiscard]] std::string_view tag() const { return std::string_view(header_).substr(tag_at_, tag_size_); }
  void set_tag(std::string_view tag);
  void read_clock();
  void make_room(std::size_t bytes);

  Clock& clock_;
  std::string header_;  // "<14>2024-01-16 17:02:56.220 host my.app.x.y: "
  std::size_t tag_at_;  // in it
  std::size_t tag_size_ = 0;
  std::unique_ptr<char[]> frames_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
  std::int64_t second_ = -1;
  std::int64_t millisecond_ = -1;  // since 1970
  unsigned until_reading_ = 0;
};

}  // namespace dray::output
