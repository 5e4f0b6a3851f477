#include "json/scalar.h"

namespace dray::json {
namespace {

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

std::size_t word_size(std::string_view text, std::string_view word) {
  return text.starts_with(word) ? word.size() : 0;
}

// The first place from `at` on without a digit.
std::size_t behind_digits(std::string_view text, std::size_t at) {
  while (at < text.size() && is_digit(text[at])) {
    ++at;
  }
  return at;
}

std::size_t number_size(std::string_view text) {
  const std::size_t first = text.starts_with('-') ? 1 : 0;
  std::size_t end = text.substr(first).starts_with('0') ? first + 1 : behind_digits(text, first);
  if (end == first) {
    return 0;
  }
  if (end < text.size() && text[end] == '.') {
    const std::size_t fraction = end + 1;
    end = behind_digits(text, fraction);
    if (end == fraction) {
      return 0;
    }
  }
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    const std::size_t sign = end + 1;
    const std::size_t exponent = sign + (sign < text.size() && (text[sign] == '+' || text[sign] == '-') ? 1 : 0);
    end = behind_digits(text, exponent);
    if (end == exponent) {
      return 0;
    }
  }
  return end;
}

}  // namespace

std::size_t scalar_size(std::string_view text) {
  switch (text.empty() ? '\0' : text.front()) {
    case 't': return word_size(text, "true");
    case 'f': return word_size(text, "false");
    case 'n': return word_size(text, "null");
    default: return number_size(text);
  }
}

}  // namespace dray::json
