// LineCutter: cuts chunks into lines (LF or CRLF; other separators never cut) and hands each to a function.
//
// Used by the formats whose record is a line. A line inside one chunk is not copied; one that spans chunks is put
// together, up to bytes_max. Only a CR right before the LF belongs to the line's end. Empty lines are skipped; a last
// line needs no end. A line over bytes_max is the error {poison, "oversize_record"} after all lines before it were
// handed over; or, with oversize_in_pieces, it comes in pieces of at most bytes_max bytes, each with Flaw::oversize,
// and the lines behind it follow. Errors of the function come back unchanged. One thread at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "flow/record.h"
#include "format/line_feeds.h"
#include "format/oversize.h"
#include "format/splitter.h"

namespace dray::format {

class LineCutter {
 public:
  explicit LineCutter(const SplitterOptions& options)
      : bytes_max_(options.record_bytes_max), in_pieces_(options.oversize_in_pieces), pieces_(bytes_max_) {}

  // take: Status(std::string_view line, flow::Flaw flaw); the view lives until it returns. The flaw is none for a whole
  // line and oversize for a piece of one. If there is a take.lines(std::span<const std::string_view>), whole lines go
  // there many at once.
  template <class Take>
  Status write(std::string_view chunk, const Take& take) {
    if (!begun_.empty() || oversize_) {
      const std::size_t end = chunk.find('\n');
      if (end == std::string_view::npos) {
        return keep(chunk, take);
      }
      if (Status status = cut_begun(chunk.substr(0, end), take); !status) {
        return status;
      }
      chunk.remove_prefix(end + 1);
    }
    const char* begin = chunk.data();  // of the line at hand
    for (std::size_t done = 0; done < chunk.size(); done += LineFeeds::kBytesMax) {
      const std::string_view stretch = chunk.substr(done, LineFeeds::kBytesMax);
      if (Status status = cut_all(stretch, line_feeds_.find(stretch), take, begin); !status) {
        return status;
      }
    }
    chunk.remove_prefix(static_cast<std::size_t>(begin - chunk.data()));
    return chunk.empty() ? Status() : keep(chunk, take);
  }

  // The end of the input: the line without an end, if there is one.
  template <class Take>
  Status finish(const Take& take) {
    if (!oversize_ && begun_.size() > bytes_max_) {
      if (Status status = begin_pieces_of_begun(take); !status) {
        return status;
      }
    }
    if (oversize_) {
      oversize_ = false;
      return pieces_.finish(as_pieces(take));
    }
    return begun_.empty() ? Status() : take(std::string_view(begun_), flow::Flaw::none);
  }

 private:
  template <class Take>
  static auto as_pieces(const Take& take) {
    return [&take](std::string_view piece) { return take(piece, flow::Flaw::oversize); };
  }

  // The lines that end in a stretch of bytes. begin: of the first of them; on return, of the line behind the last.
  template <class Take>
  Status cut_all(std::string_view stretch, std::span<const std::uint16_t> ends, const Take& take, const char*& begin) {
    lines_.resize(std::max(lines_.size(), ends.size()));
    // Copies, which no store of a line can be meant for.
    const std::size_t bytes_max = bytes_max_;
    const char* from = begin;
    std::string_view* out = lines_.data();
    for (const std::uint16_t place : ends) {
      const char* const end = stretch.data() + place;
      const std::string_view ended(from, static_cast<std::size_t>(end - from));
      from = end + 1;
      if (ended.size() > bytes_max) {
        Status status = give({lines_.data(), std::exchange(out, lines_.data())}, take);
        if (status) status = cut(ended, take);
        if (!status) return status;
        continue;
      }
      *out = without_return(ended);
      out += out->empty() ? 0 : 1;
    }
    begin = from;
    return give({lines_.data(), out}, take);
  }

  // Whole lines.
  template <class Take>
  Status give(std::span<const std::string_view> lines, const Take& take) {
    if constexpr (requires { take.lines(lines); }) {
      return lines.empty() ? Status() : take.lines(lines);
    } else {
      for (const std::string_view line : lines) {
        if (Status status = take(line, flow::Flaw::none); !status) return status;
      }
      return {};
    }
  }

  static std::string_view without_return(std::string_view ended) {
    const bool has_return = !ended.empty() && ended.back() == '\r';
    return {ended.data(), ended.size() - (has_return ? 1 : 0)};
  }

  template <class Take>
  Status cut(std::string_view ended, const Take& take) {
    const std::string_view line = without_return(ended);
    if (line.size() > bytes_max_) {
      Status status = begin_pieces(ended, take);
      return status ? end_pieces(take) : status;
    }
    return line.empty() ? Status() : take(line, flow::Flaw::none);
  }

  template <class Take>
  Status cut_begun(std::string_view part, const Take& take) {
    Status status = keep(part, take);
    if (!status) {
      return status;
    }
    status = oversize_ ? end_pieces(take) : cut(begun_, take);
    begun_.clear();
    if (begun_.capacity() > kKept) {
      begun_.shrink_to_fit();
    }
    return status;
  }

  template <class Take>
  Status keep(std::string_view part, const Take& take) {
    if (oversize_) {
      return pieces_.add(part, as_pieces(take));
    }
    // One byte more than a line may have: the CR of its end.
    if (part.size() <= bytes_max_ + 1 - begun_.size()) {
      // Growing step by step would hold a large line twice.
      if (begun_.size() + part.size() > kKept) begun_.reserve(std::min(bytes_max_ + 1, kReserved));
      begun_.append(part);
      return {};
    }
    Status status = begin_pieces_of_begun(take);
    return status ? pieces_.add(part, as_pieces(take)) : status;
  }

  template <class Take>
  Status begin_pieces_of_begun(const Take& take) {
    if (!in_pieces_) {
      return oversize_record(bytes_max_);
    }
    oversize_ = true;
    return pieces_.begin(std::exchange(begun_, {}), as_pieces(take));
  }

  template <class Take>
  Status begin_pieces(std::string_view begun, const Take& take) {
    if (!in_pieces_) {
      return oversize_record(bytes_max_);
    }
    oversize_ = true;
    return pieces_.add(begun, as_pieces(take));
  }

  template <class Take>
  Status end_pieces(const Take& take) {
    oversize_ = false;
    return pieces_.end_line(as_pieces(take));
  }

  static constexpr std::size_t kKept = 256U << 10U;
  static constexpr std::size_t kReserved = (std::size_t{16} << 20U) + 1;  // a record of the usual limit

  std::size_t bytes_max_;
  bool in_pieces_;
  std::string begun_;      // the start of a line whose end has not come
  bool oversize_ = false;  // of the line at hand the pieces are given on
  OversizePieces pieces_;
  LineFeeds line_feeds_;
  std::vector<std::string_view> lines_;  // of a stretch
};

}  // namespace dray::format
