// ValueCheck: finds the end of one JSON value in a stream of chunks, or the first byte that RFC 8259 does not allow
// there.
//
// Used where a value must be told from text as early as possible: pieces between separators, the first bytes of an
// object whose format is to be found out. Slower than ValueScanner (one byte at a time outside strings), but it checks
// all of the grammar that is_value() checks. White space before the value belongs to it; behind it nothing is taken.
// Memory is constant. One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "json/kernel.h"

namespace dray::json {

class ValueCheck {
 public:
  // A new value.
  void begin() { *this = ValueCheck(); }

  // Takes bytes up to the value's end, up to a fault, or all; returns how many. A number ends at the first byte that
  // cannot be its next.
  std::size_t take(std::string_view chunk);
  // No more bytes come: a number at hand is whole, or a fault.
  void finish();

  [[nodiscard]] bool done() const { return state_ == State::done; }
  [[nodiscard]] bool failed() const { return state_ == State::failed; }
  // Was any byte of the value itself taken?
  [[nodiscard]] bool begun() const { return begun_; }
  // Does it begin with '{' or '['?
  [[nodiscard]] bool is_container() const { return container_; }

 private:
  enum class State : std::uint8_t {
    value,
    first_element,
    first_key,
    key,
    colon,
    behind,
    string,
    escape,
    hex,
    word,
    minus,
    zero,
    integer,
    point,
    fraction,
    exponent,
    exponent_sign,
    exponent_digits,
    done,
    failed,
  };

  void step(char byte);
  void begin_value(char byte);
  void take_behind(char byte);
  // False if the byte is not the number's; then it ended, or failed.
  bool take_number(char byte);
  [[nodiscard]] bool number_may_end() const;
  void push(bool object);
  void end_value() { state_ = depth_ == 0 ? State::done : State::behind; }
  [[nodiscard]] bool in_number() const { return state_ >= State::minus && state_ <= State::exponent_digits; }
  [[nodiscard]] bool in_object() const { return ((objects_[(depth_ - 1) / 64] >> ((depth_ - 1) % 64)) & 1U) != 0; }

  State state_ = State::value;
  bool begun_ = false;
  bool container_ = false;
  bool is_key_ = false;    // the string at hand
  std::uint8_t hex_ = 0;   // digits of \u still due
  std::string_view word_;  // the rest of a literal
  std::uint32_t depth_ = 0;
  std::array<std::uint64_t, kDepthMax / 64> objects_{};  // bit d: the container at depth d is an object
};

}  // namespace dray::json
