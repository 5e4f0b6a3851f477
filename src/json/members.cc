#include "json/members.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/encoding.h"
#include "json/value_scanner.h"

namespace dray::json {
namespace {

bool is_space(char byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_space(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

bool starts_container(std::string_view text) {
  return !text.empty() && (text.front() == '{' || text.front() == '[');
}

// Is the quote at this place preceded by an odd run of backslashes?
bool is_escaped(std::string_view text, std::size_t quote) {
  std::size_t run = 0;
  while (run < quote && text[quote - 1 - run] == '\\') {
    ++run;
  }
  return run % 2 == 1;
}

// The place of the quote that opens the string whose closing quote is at `close`.
std::optional<std::size_t> opening_quote(std::string_view text, std::size_t close) {
  std::size_t at = close;
  while (at > 0) {
#if defined(__SSE2__)
    if (at >= 16) {
      const __m128i in = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at - 16));
      const auto quotes = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(in, _mm_set1_epi8('"'))));
      if (quotes == 0) {
        at -= 16;
        continue;
      }
      at -= 16U - (31U - static_cast<unsigned>(__builtin_clz(quotes)));
    } else
#endif
    {
      --at;
      if (text[at] != '"') {
        continue;
      }
    }
    if (!is_escaped(text, at)) {
      return at;
    }
  }
  return std::nullopt;
}

// Does the key before this colon equal `key`?
bool key_equals(std::string_view object, std::size_t colon, std::string_view key) {
  std::size_t end = colon;
  while (end > 0 && is_space(object[end - 1])) {
    --end;
  }
  if (end == 0 || object[end - 1] != '"') {
    return false;
  }
  const std::size_t close = end - 1;
  const auto open = opening_quote(object, close);
  if (!open) {
    return false;
  }
  const std::string_view raw = object.substr(*open + 1, close - *open - 1);
  if (raw == key) {
    return raw.find('\\') == std::string_view::npos;
  }
  if (raw.size() <= key.size() || std::memchr(raw.data(), '\\', raw.size()) == nullptr) {
    return false;
  }
  std::string decoded;
  unescape(raw, decoded);
  return decoded == key;
}

// The end of the string that starts at text[0], its closing quote included; npos if it does not end.
std::size_t string_end(std::string_view text) {
  for (std::size_t at = 1; at < text.size();) {
#if defined(__SSE2__)
    if (text.size() - at >= 16) {
      const __m128i in = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
      const auto quotes = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(in, _mm_set1_epi8('"'))));
      if (quotes == 0) {
        at += 16;
        continue;
      }
      at += static_cast<unsigned>(__builtin_ctz(quotes));
    }
#endif
    if (text[at] == '"' && !is_escaped(text, at)) {
      return at + 1;
    }
    ++at;
  }
  return std::string_view::npos;
}

// The value that starts at text[0] (after white space), as written; empty if there is none or it does not end.
std::string_view written_value(std::string_view text) {
  while (!text.empty() && is_space(text.front())) {
    text.remove_prefix(1);
  }
  if (text.empty()) {
    return {};
  }
  if (text.front() == '"') {
    const std::size_t end = string_end(text);
    return text.substr(0, end == std::string_view::npos ? 0 : end);
  }
  if (starts_container(text)) {
    ValueScanner scanner;
    scanner.begin(false);
    const std::size_t end = scanner.scan(text);
    return text.substr(0, scanner.done() ? end : 0);
  }
  return text.substr(0, text.find_first_of(",]}: \t\r\n\"[{"));
}

std::optional<std::string_view> value_at(std::string_view text) {
  const std::string_view value = written_value(text);
  return value.empty() ? std::nullopt : std::optional(value);
}

std::optional<std::int64_t> index_of(std::string_view text) {
  std::int64_t index = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), index);
  return fault == std::errc{} && end == text.data() + text.size() ? std::optional(index) : std::nullopt;
}

// One element of an array, counted from the front.
std::optional<std::string_view> forward_element(std::string_view array, std::int64_t index, std::int64_t* count) {
  std::string_view rest = array.substr(1);
  for (std::int64_t seen = 0;; ++seen) {
    const auto value = value_at(rest);
    if (!value || value->front() == ']' || value->front() == '}') {
      if (count != nullptr) {
        *count = seen;
      }
      return std::nullopt;
    }
    if (seen == index) {
      return value;
    }
    rest.remove_prefix(static_cast<std::size_t>(value->data() + value->size() - rest.data()));
    const std::size_t next = rest.find_first_not_of(" \t\r\n");
    if (next == std::string_view::npos || rest[next] != ',') {
      if (count != nullptr) {
        *count = seen + 1;
      }
      return std::nullopt;
    }
    rest.remove_prefix(next + 1);
  }
}

std::optional<std::string_view> element(std::string_view array, std::string_view index_text) {
  auto index = index_of(index_text);
  if (!index) {
    return std::nullopt;
  }
  if (*index < 0) {
    std::int64_t count = 0;
    (void)forward_element(array, -1, &count);
    *index += count;
    if (*index < 0) {
      return std::nullopt;
    }
  }
  return forward_element(array, *index, nullptr);
}

// The code unit of \uXXXX at the start of text.
std::optional<std::uint32_t> code_unit(std::string_view text) {
  if (text.size() < 6 || text[0] != '\\' || text[1] != 'u') {
    return std::nullopt;
  }
  std::uint32_t unit = 0;
  const auto [end, fault] = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  return fault == std::errc{} && end == text.data() + 6 ? std::optional(unit) : std::nullopt;
}

// Decodes the \u escape (or pair of them) at the start of text; returns how many bytes it takes, 0 if it is none.
std::size_t append_code_point(std::string_view text, std::string& out) {
  const auto unit = code_unit(text);
  if (!unit) {
    return 0;
  }
  if (*unit < 0xD800 || *unit > 0xDFFF) {
    append_utf8(*unit, out);
    return 6;
  }
  const auto low = *unit < 0xDC00 ? code_unit(text.substr(6)) : std::nullopt;
  if (low && *low >= 0xDC00 && *low <= 0xDFFF) {
    append_utf8(0x10000 + ((*unit - 0xD800) << 10U) + (*low - 0xDC00), out);
    return 12;
  }
  append_utf8(0xFFFD, out);
  return 6;
}

}  // namespace

bool scan_members(std::string_view object, std::vector<std::uint32_t>& colons) {
  colons.clear();
  const std::string_view value = trim(object);
  if (!starts_container(value)) {
    return false;
  }
  ValueScanner scanner;
  scanner.begin(value.front() == '{');
  if (scanner.scan(value) != value.size() || !scanner.done()) {
    return false;
  }
  const auto skipped = static_cast<std::uint32_t>(value.data() - object.data());
  for (const std::uint32_t colon : scanner.colons()) {
    colons.push_back(colon + skipped);
  }
  return true;
}

std::optional<std::string_view> find_member(std::string_view object, std::span<const std::uint32_t> colons,
                                            std::string_view key) {
  for (std::size_t i = colons.size(); i-- > 0;) {
    const std::size_t colon = colons[i];
    if (colon < object.size() && key_equals(object, colon, key)) {
      return value_at(object.substr(colon + 1));
    }
  }
  return std::nullopt;
}

std::string_view value_behind(std::string_view object, std::uint32_t colon) {
  return colon < object.size() ? written_value(object.substr(colon + 1)) : std::string_view();
}

std::optional<std::string_view> find_path(std::string_view record, std::span<const std::uint32_t> members,
                                          std::span<const std::string> path) {
  std::string_view value = trim(record);
  std::vector<std::uint32_t> collected;
  bool at_record = true;
  for (const std::string& step : path) {
    if (!starts_container(value)) {
      return std::nullopt;
    }
    std::optional<std::string_view> next;
    if (value.front() == '[') {
      next = element(value, step);
    } else if (at_record && !members.empty()) {
      next = find_member(record, members, step);
    } else {
      scan_members(value, collected);
      next = find_member(value, collected, step);
    }
    if (!next) {
      return std::nullopt;
    }
    value = *next;
    at_record = false;
  }
  return value;
}

void unescape(std::string_view inside, std::string& out) {
  out.clear();
  while (!inside.empty()) {
    const std::size_t slash = std::min(inside.find('\\'), inside.size());
    out.append(inside.substr(0, slash));
    inside.remove_prefix(slash);
    if (inside.size() < 2) {
      out.append(inside);
      return;
    }
    std::size_t taken = 2;
    constexpr std::string_view kLetters = "\"\\/bfnrt";
    constexpr std::string_view kBytes = "\"\\/\b\f\n\r\t";
    if (const std::size_t letter = kLetters.find(inside[1]); letter != std::string_view::npos) {
      out += kBytes[letter];
    } else if (taken = append_code_point(inside, out); taken == 0) {
      taken = 2;
      out.append(inside.substr(0, 2));
    }
    inside.remove_prefix(taken);
  }
}

bool string_value(std::string_view raw, std::string& out) {
  raw = trim(raw);
  if (raw.empty() || raw == "null" || starts_container(raw)) {
    return false;
  }
  if (raw.front() != '"') {
    out.assign(raw);
    return true;
  }
  if (raw.size() < 2 || raw.back() != '"') {
    return false;
  }
  unescape(raw.substr(1, raw.size() - 2), out);
  return true;
}

std::optional<std::string> string_value(std::string_view raw) {
  std::string out;
  return string_value(raw, out) ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace dray::json
