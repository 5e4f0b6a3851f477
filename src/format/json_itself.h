// WholeObject: the bytes of the object at hand, kept until it is known to be more than its own record.
//
// Used by UnseparatedJson where an object without the keys is a record itself. Holds bytes_max bytes; what is larger is
// the error "oversize_record", or given on in pieces. One thread at a time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "base/give_back.h"
#include "format/json_shape.h"
#include "format/oversize.h"

namespace dray::format {

class WholeObject {
 public:
  WholeObject(std::size_t bytes_max, bool in_pieces, JsonShaper& shaper)
      : bytes_max_(bytes_max), in_pieces_(in_pieces), pieces_(bytes_max), shaper_(shaper) {}

  void begin() {
    bytes_.clear();
    blanks_ = false;
    state_ = State::kept;
  }
  // It has records: its bytes are not wanted.
  void drop() {
    if (state_ == State::kept) {
      state_ = State::none;
      if (bytes_.capacity() > kKept) give_back(bytes_);
    }
  }
  [[nodiscard]] bool active() const { return state_ != State::none; }
  [[nodiscard]] bool kept() const { return state_ == State::kept; }
  [[nodiscard]] bool given_on() const { return state_ == State::pieces; }
  // How many bytes may come at once: enough to notice that it is too large.
  [[nodiscard]] std::size_t room() const { return kept() ? bytes_max_ + 1 - bytes_.size() : std::string_view::npos; }
  void note_blanks() { blanks_ = true; }

  Status add(std::string_view part) {
    if (state_ == State::pieces) {
      return pieces_.add(part, AsPiece{shaper_});
    }
    bytes_.append(part);
    if (bytes_.size() <= bytes_max_) {
      return {};
    }
    if (!in_pieces_) {
      return oversize_record(bytes_max_);
    }
    state_ = State::pieces;
    const std::string begun = std::exchange(bytes_, {});
    return pieces_.add(begun, AsPiece{shaper_});
  }

  // The object is whole.
  Status end() {
    const State state = state_;
    state_ = State::none;
    if (state == State::pieces) {
      return pieces_.finish(AsPiece{shaper_});
    }
    Status status = shaper_.take_as_it_is(bytes_, blanks_ || bytes_.find('\n') != std::string::npos);
    if (bytes_.capacity() > kKept) give_back(bytes_);
    return status;
  }
  // The bytes so far, for who finds that they are no JSON.
  std::string release() {
    state_ = State::none;
    return std::move(bytes_);
  }

 private:
  enum class State { none, kept, pieces };
  struct AsPiece {
    JsonShaper& shaper;
    Status operator()(std::string_view piece) const { return shaper.take_raw(piece, flow::Flaw::oversize); }
  };

  static constexpr std::size_t kKept = 256U << 10U;

  std::size_t bytes_max_;
  bool in_pieces_;
  State state_ = State::none;
  bool blanks_ = false;
  std::string bytes_;
  OversizePieces pieces_;
  JsonShaper& shaper_;
};

}  // namespace dray::format
