// PartCutter: cuts chunks at a separator of one or more bytes and hands every part to a function, empty ones too.
//
// Used by the formats that must see each line as it is written: records over several lines, lines counted by index,
// other separators than LF. (LineCutter is for those that skip empty lines and never see a CR.) A part inside one
// chunk is not copied. The separator is not in the part; with LF a CR before it is, and does not count for the limit.
// A part over bytes_max is the error {poison, "oversize_record"} after all before it were handed over, or comes in
// pieces with Flaw::oversize. Errors of the function come back unchanged. One thread at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/give_back.h"
#include "base/result.h"
#include "flow/record.h"
#include "format/oversize.h"
#include "format/splitter.h"

namespace dray::format {

// ended: a separator stands behind it; false for the last part of an object only.
struct Part {
  std::string_view text;
  bool ended = true;
  bool lasting = true;  // a view into the chunk; false: it lives only until the function returns
  flow::Flaw flaw = flow::Flaw::none;

  // Without the CR of its CRLF.
  [[nodiscard]] std::string_view line() const {
    return text.substr(0, text.size() - (ended && text.ends_with('\r') ? 1 : 0));
  }
};

class PartCutter {
 public:
  explicit PartCutter(const SplitterOptions& options, std::string separator = "\n")
      : separator_(std::move(separator)),
        bytes_max_(options.record_bytes_max),
        in_pieces_(options.oversize_in_pieces),
        pieces_(bytes_max_) {}

  // take: Status(const Part& part).
  template <class Take>
  Status write(std::string_view chunk, const Take& take) {
    while (!chunk.empty()) {
      Status status;
      if (begun_.empty() && !oversize_) {
        const std::size_t at = chunk.find(separator_);
        if (at == std::string_view::npos) {
          return keep(chunk, take);
        }
        status = give(Part{.text = chunk.substr(0, at)}, take);
        chunk.remove_prefix(at + separator_.size());
      } else {
        status = go_on(chunk, take);
      }
      if (!status) {
        return status;
      }
    }
    return {};
  }

  // The end of the input: the part without a separator behind it, if it has bytes.
  template <class Take>
  Status finish(const Take& take) {
    if (!oversize_ && begun_.size() > bytes_max_) {
      if (Status status = begin_pieces(); !status) {
        return status;
      }
    }
    if (oversize_) {
      oversize_ = false;
      if (Status status = pieces_.add(begun_, as_pieces(take)); !status) {
        return status;
      }
      return pieces_.finish(as_pieces(take));
    }
    return begun_.empty() ? Status() : take(Part{.text = begun_, .ended = false, .lasting = false});
  }

 private:
  template <class Take>
  static auto as_pieces(const Take& take) {
    return [&take](std::string_view piece) {
      return take(Part{.text = piece, .lasting = false, .flaw = flow::Flaw::oversize});
    };
  }

  [[nodiscard]] bool fits(std::string_view part) const {
    return part.size() <= bytes_max_ || (separator_ == "\n" && part.size() == bytes_max_ + 1 && part.ends_with('\r'));
  }

  // A whole part.
  template <class Take>
  Status give(const Part& part, const Take& take) {
    if (fits(part.text)) {
      return take(part);
    }
    Status status = begin_pieces();
    oversize_ = false;
    if (status) status = pieces_.add(part.text, as_pieces(take));
    return status ? end_pieces(take) : status;
  }

  // With a begun part: up to its end, or all of the chunk.
  template <class Take>
  Status go_on(std::string_view& chunk, const Take& take) {
    // The separator may lie across the border; what is begun holds none.
    const std::size_t before = std::min(begun_.size(), separator_.size() - 1);
    std::string border = begun_.substr(begun_.size() - before);
    border.append(chunk.substr(0, separator_.size() - 1));
    std::size_t at = border.find(separator_);
    if (at != std::string::npos) {
      chunk.remove_prefix(at + separator_.size() - before);
      begun_.resize(begun_.size() - before + at);
      return end_begun(take);
    }
    at = chunk.find(separator_);
    const std::string_view part = chunk.substr(0, at);
    chunk.remove_prefix(at == std::string_view::npos ? chunk.size() : at + separator_.size());
    Status status = keep(part, take);
    return status && at != std::string_view::npos ? end_begun(take) : status;
  }

  template <class Take>
  Status end_begun(const Take& take) {
    Status status;
    if (oversize_) {
      oversize_ = false;
      status = pieces_.add(begun_, as_pieces(take));
      if (status) status = end_pieces(take);
    } else {
      status = give(Part{.text = begun_, .lasting = false}, take);
    }
    begun_.clear();
    if (begun_.capacity() > kKept) {
      give_back(begun_);
    }
    return status;
  }

  template <class Take>
  Status keep(std::string_view part, const Take& take) {
    begun_.reserve(std::min(begun_.size() + part.size(), bytes_max_ + separator_.size()));
    while (!part.empty()) {
      // Beyond the limit: the separator's first bytes, or the CR of a line's end.
      const std::size_t room = bytes_max_ + separator_.size() - std::min(begun_.size(), bytes_max_ + separator_.size());
      const std::string_view next = part.substr(0, room);
      begun_.append(next);
      part.remove_prefix(next.size());
      if (part.empty()) {
        return {};
      }
      if (Status status = oversize_ ? Status() : begin_pieces(); !status) {
        return status;
      }
      // All but what may be the start of a separator.
      const std::size_t sure = begun_.size() - (separator_.size() - 1);
      if (Status status = pieces_.add(std::string_view(begun_).substr(0, sure), as_pieces(take)); !status) {
        return status;
      }
      begun_.erase(0, sure);
    }
    return {};
  }

  Status begin_pieces() {
    if (!in_pieces_) {
      return oversize_record(bytes_max_);
    }
    oversize_ = true;
    return {};
  }

  template <class Take>
  Status end_pieces(const Take& take) {
    return separator_ == "\n" ? pieces_.end_line(as_pieces(take)) : pieces_.finish(as_pieces(take));
  }

  static constexpr std::size_t kKept = 256U << 10U;

  std::string separator_;
  std::size_t bytes_max_;
  bool in_pieces_;
  bool oversize_ = false;  // the part at hand is given on in pieces; begun_ is its end
  std::string begun_;      // the start of a part whose end has not come
  OversizePieces pieces_;
};

}  // namespace dray::format
