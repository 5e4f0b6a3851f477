#include "json/strict.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "json/kernel.h"

namespace dray::json {
namespace {

constexpr std::size_t kColonsAtFirst = 64;

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}
bool is_space(char byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}
bool is_hex(char byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

// Reads tokens from the front of a text. Every take_ returns false, and leaves the text as it likes, if the token is
// not there.
class Reader {
 public:
  explicit Reader(std::string_view text) : start_(text.data()), at_(text.data()), end_(text.data() + text.size()) {}

  void skip_space() {
    // Compact text has none: one comparison says so.
    while (at_ != end_ && static_cast<unsigned char>(*at_) <= 0x20U && is_space(*at_)) {
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
    if (at_ == end_ || *at_ != byte) {
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
      if (!take_escape()) {
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
  // Over bytes that are neither a quote nor a backslash nor a control byte. 16 at a time: most strings are that short,
  // and wider registers (measured: AVX2, AVX-512) answer later than they save.
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
    switch (*at_++) {
      case '"':
      case '\\':
      case '/':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't': return true;
      case 'u': break;
      default: --at_; return false;
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

// What is read: the text, the open containers (bit d: the one at depth d is an object), and the colons of the outermost
// one if they are wanted, counted beyond the room for them.
struct Walk {
  Reader reader;
  std::uint32_t* colons = nullptr;
  std::size_t colon_capacity = 0;
  std::size_t colon_count = 0;
  std::uint32_t depth = 0;
  bool too_deep = false;
  std::array<std::uint64_t, kDepthMax / 64> objects{};

  bool open(bool object) {
    if (depth == kDepthMax) {
      too_deep = true;
      return false;
    }
    const std::uint64_t bit = std::uint64_t{1} << (depth % 64);
    std::uint64_t& word = objects.at(depth / 64);
    word = object ? word | bit : word & ~bit;
    ++depth;
    return true;
  }
  [[nodiscard]] bool in_object() const { return ((objects.at((depth - 1) / 64) >> ((depth - 1) % 64)) & 1U) != 0; }
};

bool take_key(Walk& walk) {
  walk.reader.skip_space();
  if (!walk.reader.take_string()) {
    return false;
  }
  walk.reader.skip_space();
  if (walk.depth == 1) {
    if (walk.colon_count < walk.colon_capacity) {
      walk.colons[walk.colon_count] = static_cast<std::uint32_t>(walk.reader.taken());
    }
    ++walk.colon_count;
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
  if ((!object && !reader.take('[')) || !walk.open(object)) {
    return Step::fault;
  }
  reader.skip_space();
  if (reader.take(object ? '}' : ']')) {
    --walk.depth;
    return Step::after_value;
  }
  return !object || take_key(walk) ? Step::value : Step::fault;
}

Step end_value(Walk& walk) {
  Reader& reader = walk.reader;
  reader.skip_space();
  const bool object = walk.in_object();
  if (reader.take(',')) {
    return !object || take_key(walk) ? Step::value : Step::fault;
  }
  if (!reader.take(object ? '}' : ']')) {
    return Step::fault;
  }
  --walk.depth;
  return Step::after_value;
}

bool walk_through(Walk& walk) {
  Step step = Step::value;
  while (step != Step::fault) {
    if (step == Step::value) {
      step = begin_value(walk);
    } else if (walk.depth == 0) {
      walk.reader.skip_space();
      return walk.reader.empty();
    } else {
      step = end_value(walk);
    }
  }
  return false;
}

}  // namespace

std::size_t scalar_size(std::string_view text) {
  Reader reader(text);
  return reader.take_scalar() ? reader.taken() : 0;
}

std::optional<Fault> fault_of(std::string_view text) {
  Walk walk{Reader(text)};
  if (walk_through(walk)) {
    return std::nullopt;
  }
  return Fault{walk.reader.taken() - (walk.too_deep ? 1U : 0U), walk.too_deep};
}

bool is_value(std::string_view text) {
  Walk walk{Reader(text)};
  return walk_through(walk);
}

bool is_value(std::string_view text, std::vector<std::uint32_t>& colons, bool& blanks) {
  // As many as the value before had: lines of one object are alike.
  colons.resize(std::max(colons.size(), kColonsAtFirst));
  while (true) {
    Walk walk{.reader = Reader(text), .colons = colons.data(), .colon_capacity = colons.size()};
    const bool value = walk_through(walk);
    blanks = walk.reader.blanks();
    const bool all = walk.colon_count <= colons.size();
    colons.resize(walk.colon_count);
    if (all) {
      return value;
    }
  }
}

}  // namespace dray::json
