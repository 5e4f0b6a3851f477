// What becomes of a record over record_bytes_max: the error, said the same way by every format, or pieces.
#pragma once

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/core.h>

#include "base/give_back.h"
#include "base/result.h"

namespace dray::format {

inline Error oversize_record(std::size_t bytes_max) {
  return {
      ErrorKind::poison, "oversize_record",
      fmt::format("a record is larger than record_bytes_max ({} bytes); raise it if such records are real", bytes_max)};
}

// How many bytes at the end of the text begin a UTF-8 sequence that is not whole; 0 to 3.
inline std::size_t torn_utf8(std::string_view text) {
  for (std::size_t back = 1; back <= 3 && back <= text.size(); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0U) != 0x80U) {
      const std::size_t length = byte >= 0xF0U ? 4 : byte >= 0xE0U ? 3 : byte >= 0xC0U ? 2 : 1;
      return length > back ? back : 0;
    }
  }
  return 0;
}

// OversizePieces: cuts the bytes of one record over the limit into pieces of at most bytes_max bytes, where no UTF-8
// sequence is torn and none holds LF: a piece also ends at LF (or CRLF), which is dropped. Pieces of no bytes are none.
// The same pieces come whatever the parts in which the bytes came. Holds bytes_max bytes and one. `take` is
// Status(std::string_view piece); its errors come back unchanged. One thread at a time.
class OversizePieces {
 public:
  explicit OversizePieces(std::size_t bytes_max) : bytes_max_(bytes_max == 0 ? 1 : bytes_max) {}

  template <class Take>
  Status add(std::string_view part, const Take& take) {
    // Growing step by step would hold what is begun twice.
    if (!part.empty() && begun_.capacity() <= bytes_max_) begun_.reserve(bytes_max_ + 1);
    while (!part.empty()) {
      // One byte more than a piece may have: it may be the CR of a line's end.
      std::string_view next = part.substr(0, bytes_max_ + 1 - begun_.size());
      const std::size_t line_feed = next.find('\n');
      next = next.substr(0, line_feed);
      begun_.append(next);
      part.remove_prefix(next.size());
      if (line_feed != std::string_view::npos) {
        part.remove_prefix(1);
        if (Status status = end_line(take); !status) {
          return status;
        }
      } else if (begun_.size() > bytes_max_) {
        if (Status status = cut(take); !status) {
          return status;
        }
      }
    }
    return {};
  }

  // The record's first bytes, without LF, of whom has no other use for them: they are not copied.
  template <class Take>
  Status begin(std::string&& first, const Take& take) {
    begun_ = std::move(first);
    Status status;
    while (status.ok() && begun_.size() > bytes_max_) status = cut(take);
    return status;
  }

  // LF or CRLF was the next byte.
  template <class Take>
  Status end_line(const Take& take) {
    if (begun_.ends_with('\r')) {
      begun_.pop_back();
    }
    return finish(take);
  }

  // The record's end: the last piece. Ready for another record.
  template <class Take>
  Status finish(const Take& take) {
    Status status;
    if (begun_.size() > bytes_max_) {
      status = cut(take);
    }
    if (status.ok() && !begun_.empty()) {
      status = take(std::string_view(begun_));
    }
    give_back(begun_);
    return status;
  }

 private:
  template <class Take>
  Status cut(const Take& take) {
    const std::string_view most = std::string_view(begun_).substr(0, bytes_max_);
    const std::size_t torn = torn_utf8(most);
    const std::string_view piece = most.substr(0, torn == most.size() ? most.size() : most.size() - torn);
    const std::size_t size = piece.size();
    Status status = take(piece);
    begun_.erase(0, size);
    return status;
  }

  std::size_t bytes_max_;
  std::string begun_;
};

}  // namespace dray::format
