#include "format/csv_line.h"

#include <algorithm>

namespace dray::format {
namespace {

const char* find(const char* at, const char* end, char byte) {
  return static_cast<const char*>(std::memchr(at, byte, static_cast<std::size_t>(end - at)));
}

const char* skip_blanks(const char* at, const char* end, char separator) {
  while (at != end && *at == ' ' && separator != ' ') {
    ++at;
  }
  return at;
}

// Behind the quote that closes what begins at `at`; nullptr if none does.
const char* close_quote(const char* at, const char* end) {
  for (;;) {
    at = find(at, end, '"');
    if (at == nullptr || at + 1 == end || at[1] != '"') {
      return at == nullptr ? nullptr : at + 1;
    }
    at += 2;
    if (at == end) {
      return nullptr;
    }
  }
}

}  // namespace

CsvEnd scan_csv_line(std::string_view line, char separator, bool inside) {
  const char* at = line.data();
  const char* const end = at + line.size();
  if (!inside && (line.empty() || find(at, end, '"') == nullptr)) {
    return CsvEnd::closed;
  }
  for (;;) {
    if (!inside) {
      at = skip_blanks(at, end, separator);
      if (at == end || *at != '"') {
        at = at == end ? nullptr : find(at, end, separator);
        if (at == nullptr || at + 1 == end) {
          return CsvEnd::closed;
        }
        ++at;
        continue;
      }
      ++at;
    }
    at = at == end ? nullptr : close_quote(at, end);
    if (at == nullptr) {
      return CsvEnd::open;
    }
    inside = false;
    at = skip_blanks(at, end, separator);
    if (at == end) {
      return CsvEnd::closed;
    }
    if (*at != separator) {
      return CsvEnd::broken;
    }
    if (++at == end) {
      return CsvEnd::closed;
    }
  }
}

bool CsvFields::next(std::string_view& value, std::string& buffer) {
  if (!more) {
    return false;
  }
  const char* const end = rest.data() + rest.size();
  const char* const opening = skip_blanks(rest.begin(), end, separator);
  const char* const closed =
      opening == end || *opening != '"' || opening + 1 == end ? nullptr : close_quote(opening + 1, end);
  if (closed == nullptr) {
    value = rest.substr(0, rest.find(separator));
    more = value.size() < rest.size();
    rest.remove_prefix(std::min(value.size() + 1, rest.size()));
    return true;
  }
  value = {opening + 1, static_cast<std::size_t>(closed - 1 - (opening + 1))};
  rest.remove_prefix(static_cast<std::size_t>(skip_blanks(closed, end, separator) - rest.data()));
  more = !rest.empty();
  rest.remove_prefix(more ? 1 : 0);
  if (find(value.begin(), closed, '"') != closed - 1) {
    buffer.clear();
    for (std::size_t at = 0; at < value.size(); ++at) {
      buffer += value[at];
      at += value[at] == '"' ? 1U : 0U;
    }
    value = buffer;
  }
  return true;
}

}  // namespace dray::format
