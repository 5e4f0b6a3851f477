#include "json/value_check.h"

namespace dray::json {
namespace {

bool is_space(char byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}
bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}
bool is_hex(char byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}
bool is_plain(char byte) {
  return byte != '"' && byte != '\\' && static_cast<unsigned char>(byte) >= 0x20U;
}

}  // namespace

std::size_t ValueCheck::take(std::string_view chunk) {
  std::size_t at = 0;
  while (at < chunk.size() && state_ != State::done && state_ != State::failed) {
    if (state_ == State::string && is_plain(chunk[at])) {
      ++at;
    } else if (in_number()) {
      at += take_number(chunk[at]) ? 1U : 0U;
    } else {
      step(chunk[at]);
      at += state_ == State::failed ? 0U : 1U;
    }
  }
  return at;
}

void ValueCheck::finish() {
  if (in_number() && number_may_end()) {
    end_value();
  }
  if (state_ != State::done) {
    state_ = State::failed;
  }
}

void ValueCheck::step(char byte) {
  switch (state_) {
    case State::string:
      if (byte != '"') {
        state_ = byte == '\\' ? State::escape : State::failed;
      } else if (is_key_) {
        state_ = State::colon;
      } else {
        end_value();
      }
      return;
    case State::escape:
      hex_ = 4;
      state_ = byte == 'u'                                                           ? State::hex
               : std::string_view("\"\\/bfnrt").find(byte) != std::string_view::npos ? State::string
                                                                                     : State::failed;
      return;
    case State::hex: state_ = !is_hex(byte) ? State::failed : --hex_ == 0 ? State::string : State::hex; return;
    case State::word:
      if (byte != word_.front()) {
        state_ = State::failed;
      } else if (word_.remove_prefix(1); word_.empty()) {
        end_value();
      }
      return;
    default: break;
  }
  if (is_space(byte)) {
    return;
  }
  switch (state_) {
    case State::first_element:
      if (byte == ']') {
        --depth_;
        end_value();
        return;
      }
      [[fallthrough]];
    case State::value: begin_value(byte); return;
    case State::first_key:
      if (byte == '}') {
        --depth_;
        end_value();
        return;
      }
      [[fallthrough]];
    case State::key:
      is_key_ = true;
      state_ = byte == '"' ? State::string : State::failed;
      return;
    case State::colon: state_ = byte == ':' ? State::value : State::failed; return;
    default: take_behind(byte); return;
  }
}

void ValueCheck::begin_value(char byte) {
  container_ |= !begun_ && (byte == '{' || byte == '[');
  begun_ = true;
  switch (byte) {
    case '{': push(true); return;
    case '[': push(false); return;
    case '"':
      is_key_ = false;
      state_ = State::string;
      return;
    case 't': word_ = "rue"; break;
    case 'f': word_ = "alse"; break;
    case 'n': word_ = "ull"; break;
    case '-': state_ = State::minus; return;
    case '0': state_ = State::zero; return;
    default: state_ = is_digit(byte) ? State::integer : State::failed; return;
  }
  state_ = State::word;
}

void ValueCheck::push(bool object) {
  if (depth_ == kDepthMax) {
    state_ = State::failed;
    return;
  }
  const std::uint64_t bit = std::uint64_t{1} << (depth_ % 64);
  std::uint64_t& word = objects_[depth_ / 64];
  word = object ? word | bit : word & ~bit;
  ++depth_;
  state_ = object ? State::first_key : State::first_element;
}

void ValueCheck::take_behind(char byte) {
  if (byte == ',') {
    state_ = in_object() ? State::key : State::value;
  } else if (byte == (in_object() ? '}' : ']')) {
    --depth_;
    end_value();
  } else {
    state_ = State::failed;
  }
}

bool ValueCheck::number_may_end() const {
  return state_ == State::zero || state_ == State::integer || state_ == State::fraction ||
         state_ == State::exponent_digits;
}

bool ValueCheck::take_number(char byte) {
  if (is_digit(byte)) {
    switch (state_) {
      case State::minus: state_ = byte == '0' ? State::zero : State::integer; return true;
      case State::integer:
      case State::fraction:
      case State::exponent_digits: return true;
      case State::point: state_ = State::fraction; return true;
      case State::exponent:
      case State::exponent_sign: state_ = State::exponent_digits; return true;
      default: break;
    }
  } else if (byte == '.' && (state_ == State::zero || state_ == State::integer)) {
    state_ = State::point;
    return true;
  } else if ((byte == 'e' || byte == 'E') && number_may_end() && state_ != State::exponent_digits) {
    state_ = State::exponent;
    return true;
  } else if ((byte == '+' || byte == '-') && state_ == State::exponent) {
    state_ = State::exponent_sign;
    return true;
  }
  if (number_may_end()) {
    end_value();
  } else {
    state_ = State::failed;
  }
  return false;
}

}  // namespace dray::json
