#include "json/strict.h"

#include <array>
#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "json/kernel.h"

namespace dray::json {
namespace {

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}
bool is_hex(char byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}
bool is_space(char byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

// Reads tokens from the front of a text. Every take_ returns false, and leaves the text as it likes, if the token is
// not there.
class Reader {
 public:
  explicit Reader(std::string_view text) : start_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

  void skip_space() {
    while (at_ != end_ && is_space(*at_)) {
      ++at_;
      blanks_ = true;
    }
  }
  // Was there any white space outside strings?
  [[nodiscard]] bool blanks() const { return blanks_; }
  [[nodiscard]] std::size_t taken() const { return static_cast<std::size_t>(at_ - start_); }
  [[nodiscard]] bool empty() const { return at_ == end_; }
  [[nodiscard]] char peek() const { return at_ == end_ ? '\0' : *at_; }
  bool take(char byte) {
    if (peek() != byte || at_ == end_) {
      return false;
    }
    ++at_;
    return true;
  }

  bool take_string() {
    if (!take('"')) {
      return false;
    }
    while (true) {
      skip_plain();
      if (at_ == end_ || static_cast<unsigned char>(*at_) < 0x20U) {
        return false;
      }
      const char byte = *at_++;
      if (byte == '"') {
        return true;
      }
      if (byte == '\\' && !take_escape()) {
        return false;
      }
    }
  }

  bool take_scalar() {
    switch (peek()) {
      case '"': return take_string();
      case 't': return take_word("true");
      case 'f': return take_word("false");
      case 'n': return take_word("null");
      default: return take_number();
    }
  }

 private:
  // Over bytes that are neither a quote nor a backslash nor a control byte.
  void skip_plain() {
#if defined(__SSE2__)
    while (end_ - at_ >= 16) {
      const __m128i in = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at_));
      const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(in, _mm_set1_epi8(0x1F)), in);
      const __m128i special =
          _mm_or_si128(_mm_cmpeq_epi8(in, _mm_set1_epi8('"')), _mm_cmpeq_epi8(in, _mm_set1_epi8('\\')));
      const auto stops = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(control, special)));
      if (stops != 0) {
        at_ += __builtin_ctz(stops);
        return;
      }
      at_ += 16;
    }
#endif
    while (at_ != end_ && *at_ != '"' && *at_ != '\\' && static_cast<unsigned char>(*at_) >= 0x20U) {
      ++at_;
    }
  }

  bool take_escape() {
    if (at_ == end_) {
      return false;
    }
    const char kind = *at_++;
    if (kind != 'u') {
      return std::string_view("\"\\/bfnrt").find(kind) != std::string_view::npos;
    }
    for (int i = 0; i < 4; ++i, ++at_) {
      if (at_ == end_ || !is_hex(*at_)) {
        return false;
      }
    }
    return true;
  }

  bool take_word(std::string_view word) {
    if (static_cast<std::size_t>(end_ - at_) < word.size() || std::string_view(at_, word.size()) != word) {
      return false;
    }
    at_ += word.size();
    return true;
  }

  bool take_digits() {
    const char* start = at_;
    while (at_ != end_ && is_digit(*at_)) {
      ++at_;
    }
    return at_ != start;
  }

  bool take_number() {
    (void)take('-');
    if (!take('0') && !take_digits()) {
      return false;
    }
    if (take('.') && !take_digits()) {
      return false;
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') {
        ++at_;
      }
      return take_digits();
    }
    return true;
  }

  const char* start_;
  const char* at_;
  const char* end_;
  bool blanks_ = false;
};

// The kinds of the open containers, one bit each.
class Nesting {
 public:
  bool open(bool object) {
    if (depth_ == kDepthMax) {
      return false;
    }
    std::uint64_t& word = kinds_.at(depth_ / 64);
    const std::uint64_t bit = std::uint64_t{1} << (depth_ % 64);
    word = object ? word | bit : word & ~bit;
    ++depth_;
    return true;
  }
  void close() { --depth_; }
  [[nodiscard]] bool empty() const { return depth_ == 0; }
  [[nodiscard]] bool outermost() const { return depth_ == 1; }
  [[nodiscard]] bool in_object() const { return ((kinds_.at((depth_ - 1) / 64) >> ((depth_ - 1) % 64)) & 1U) != 0; }

 private:
  std::array<std::uint64_t, kDepthMax / 64> kinds_{};
  std::uint32_t depth_ = 0;
};

// What is read: the text, the open containers, and the colons of the outermost one if they are wanted.
struct Walk {
  Reader reader;
  Nesting nesting;
  std::vector<std::uint32_t>* colons;
};

bool take_key(Walk& walk) {
  walk.reader.skip_space();
  if (!walk.reader.take_string()) {
    return false;
  }
  walk.reader.skip_space();
  if (walk.colons != nullptr && walk.nesting.outermost()) {
    walk.colons->push_back(static_cast<std::uint32_t>(walk.reader.taken()));
  }
  return walk.reader.take(':');
}

enum class Step { value, after_value, fault };

// A value begins here: a scalar is taken whole, of a container its start (and its end if it is empty).
Step begin_value(Walk& walk) {
  Reader& reader = walk.reader;
  reader.skip_space();
  const char first = reader.peek();
  if (first != '{' && first != '[') {
    return reader.take_scalar() ? Step::after_value : Step::fault;
  }
  const bool object = reader.take('{');
  if ((!object && !reader.take('[')) || !walk.nesting.open(object)) {
    return Step::fault;
  }
  reader.skip_space();
  if (reader.take(object ? '}' : ']')) {
    walk.nesting.close();
    return Step::after_value;
  }
  return !object || take_key(walk) ? Step::value : Step::fault;
}

Step end_value(Walk& walk) {
  Reader& reader = walk.reader;
  reader.skip_space();
  const bool object = walk.nesting.in_object();
  if (reader.take(',')) {
    return !object || take_key(walk) ? Step::value : Step::fault;
  }
  if (!reader.take(object ? '}' : ']')) {
    return Step::fault;
  }
  walk.nesting.close();
  return Step::after_value;
}

bool walk_through(Walk& walk) {
  Step step = Step::value;
  while (step != Step::fault) {
    if (step == Step::value) {
      step = begin_value(walk);
    } else if (walk.nesting.empty()) {
      walk.reader.skip_space();
      return walk.reader.empty();
    } else {
      step = end_value(walk);
    }
  }
  return false;
}

}  // namespace

bool is_value(std::string_view text) {
  Walk walk{Reader(text), {}, nullptr};
  return walk_through(walk);
}

bool is_value(std::string_view text, std::vector<std::uint32_t>& colons, bool& blanks) {
  colons.clear();
  Walk walk{Reader(text), {}, &colons};
  const bool value = walk_through(walk);
  blanks = walk.reader.blanks();
  return value;
}

}  // namespace dray::json
