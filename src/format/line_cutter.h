// LineCutter: cuts chunks into lines (LF or CRLF; other separators never cut) and hands each to a function.
//
// Used by the formats whose record is a line. A line inside one chunk is not copied; one that spans chunks is put
// together, up to bytes_max. Only a CR right before the LF belongs to the line's end. Empty lines are skipped; a last
// line needs no end. Errors: {poison, "oversize_record"} for a line over bytes_max after all lines before it were
// handed over; errors of the function unchanged. One thread at a time.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>

#include "base/result.h"
#include "format/oversize.h"

namespace dray::format {

class LineCutter {
 public:
  explicit LineCutter(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // take_line: Status(std::string_view line); the view lives until it returns.
  template <class TakeLine>
  Status write(std::string_view chunk, const TakeLine& take_line) {
    const char* at = chunk.data();
    const char* const end = at + chunk.size();
    while (at != end) {
      const auto* line_feed = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
      const std::string_view part(at, static_cast<std::size_t>((line_feed == nullptr ? end : line_feed) - at));
      if (line_feed == nullptr) {
        return keep(part);
      }
      at = line_feed + 1;
      if (Status status = begun_.empty() ? cut(part, take_line) : cut_begun(part, take_line); !status) {
        return status;
      }
    }
    return {};
  }

  // The end of the input: the line without an end, if there is one.
  template <class TakeLine>
  Status finish(const TakeLine& take_line) {
    if (begun_.empty()) {
      return {};
    }
    return begun_.size() > bytes_max_ ? Status(oversize_record(bytes_max_)) : take_line(std::string_view(begun_));
  }

 private:
  template <class TakeLine>
  Status cut(std::string_view line, const TakeLine& take_line) {
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    if (line.size() > bytes_max_) {
      return oversize_record(bytes_max_);
    }
    return line.empty() ? Status() : take_line(line);
  }

  template <class TakeLine>
  Status cut_begun(std::string_view part, const TakeLine& take_line) {
    if (Status status = keep(part); !status) {
      return status;
    }
    Status status = cut(begun_, take_line);
    begun_.clear();
    if (begun_.capacity() > kKept) {
      begun_.shrink_to_fit();
    }
    return status;
  }

  Status keep(std::string_view part) {
    // One byte more than a line may have: the CR of its end.
    if (part.size() > bytes_max_ + 1 - begun_.size()) {
      return oversize_record(bytes_max_);
    }
    begun_.append(part);
    return {};
  }

  static constexpr std::size_t kKept = 256U << 10U;

  std::size_t bytes_max_;
  std::string begun_;  // the start of a line whose end has not come
};

}  // namespace dray::format
