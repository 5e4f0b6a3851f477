#include "format/w3c_lines.h"

#include <algorithm>
#include <cstdint>
#include <optional>

namespace dray::format {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kFields = "#fields:";
constexpr std::size_t kHeaderBytesMax = 64U << 10U;

bool names_fields(std::string_view line) {
  return line.size() >= kFields.size() &&
         std::equal(kFields.begin(), kFields.end(), line.begin(), [](char wanted, char byte) {
           return wanted == (byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte | 0x20) : byte);
         });
}

// Some writers put a backslash before a quote inside a value, others write a backslash for itself, before the closing
// quote too ("C:\temp\"). Nothing tells which, so a line is read in both ways.
enum class Backslash : std::uint8_t { escapes, is_itself };

bool is_escaped(std::string_view line, std::size_t at, Backslash backslash) {
  if (backslash == Backslash::is_itself) return false;
  const std::size_t last_other = line.substr(0, at).find_last_not_of('\\');
  const std::size_t backslashes = at - (last_other == std::string_view::npos ? 0 : last_other + 1);
  return backslashes % 2 == 1;
}

// The quote that ends the value which begins at `at`: one before a blank or the end, and not an escaped one unless
// nothing else follows. npos if there is none.
std::size_t closing_quote(std::string_view line, std::size_t at, Backslash backslash) {
  for (at = line.find('"', at); at != std::string_view::npos; at = line.find('"', at)) {
    if (at + 1 == line.size()) {
      return at;
    }
    if (line[at + 1] == '"') {
      // "" is a quote, but `\""` is an escaped quote before the end.
      at += is_escaped(line, at, backslash) ? 1U : 2U;
      continue;
    }
    if (line[at + 1] == ' ' && !is_escaped(line, at, backslash)) {
      return at;
    }
    ++at;
  }
  return at;
}

std::string_view without_doubles(std::string_view value, Backslash backslash, std::string& buffer) {
  if (value.find("\"\"") == std::string_view::npos) {
    return value;
  }
  buffer.clear();
  for (std::size_t at = 0; at < value.size(); ++at) {
    buffer += value[at];
    at += value.substr(at, 2) == "\"\"" && !is_escaped(value, at, backslash) ? 1U : 0U;
  }
  return buffer;
}

// Hands on the values between blanks and says how many they are; 0 if a quote does not end.
template <class Take>
std::size_t each_value(std::string_view line, Backslash backslash, const Take& take) {
  std::size_t values = 0;
  for (; !line.empty(); ++values) {
    if (line.front() != '"') {
      const std::string_view value = line.substr(0, line.find(' '));
      take(value);
      line.remove_prefix(value.size());
    } else {
      const std::size_t quote = closing_quote(line, 1, backslash);
      if (quote == std::string_view::npos) {
        return 0;
      }
      take(line.substr(1, quote - 1));
      line.remove_prefix(quote + 1);
    }
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  }
  return values;
}

// The way of reading that gives as many values as there are names; else the first that can be read, if any.
std::optional<Backslash> reading_of(std::string_view line, std::size_t names) {
  std::optional<Backslash> readable;
  for (const Backslash way : {Backslash::escapes, Backslash::is_itself}) {
    const std::size_t values = each_value(line, way, [](std::string_view) {});
    if (values > 0 && values == names) return way;
    if (values > 0 && !readable) readable = way;
  }
  return readable;
}

}  // namespace

Status W3cLines::write(std::string_view chunk) {
  return cutter_.write(chunk, [this](std::string_view line, flow::Flaw flaw) { return take(line, flaw); });
}

Status W3cLines::finish() {
  return cutter_.finish([this](std::string_view line, flow::Flaw flaw) { return take(line, flaw); });
}

Status W3cLines::take(std::string_view line, flow::Flaw flaw) {
  if (flaw != flow::Flaw::none) {
    return sink_.accept({.bytes = line, .flaw = flaw});
  }
  if (line.front() == '#') {
    return take_header(line);
  }
  if (line.starts_with(kByteOrderMark)) {
    line.remove_prefix(kByteOrderMark.size());
    if (line.empty() || line.front() == '#') {
      return take_header(line);
    }
  }
  return json_ ? emit_object(line) : sink_.accept({.bytes = line});
}

Status W3cLines::take_header(std::string_view line) {
  sink_.leave_out(line, "header line");
  if (!json_ || !names_fields(line)) {
    return {};
  }
  if (line.size() > kHeaderBytesMax) {
    return Error{ErrorKind::poison, "bad_header", "a #Fields line is larger than 64 KiB"};
  }
  names_.clear();
  line.remove_prefix(kFields.size());
  constexpr std::string_view kBlanks = " \t\r";
  for (;;) {
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.empty()) {
      break;
    }
    names_.emplace_back(line.substr(0, line.find_first_of(kBlanks)));
    line.remove_prefix(names_.back().size());
  }
  row_.name_columns(names_);
  return {};
}

Status W3cLines::emit_object(std::string_view line) {
  row_.begin();
  if (line.find('\t') == std::string_view::npos) {
    std::optional<Backslash> backslash = Backslash::escapes;
    if (line.find("\\\"") != std::string_view::npos) backslash = reading_of(line, names_.size());
    const auto add = [&](std::string_view value) { row_.add(without_doubles(value, *backslash, buffer_)); };
    return backslash && each_value(line, *backslash, add) > 0 ? row_.end(line) : row_.undecodable(line);
  }
  for (std::string_view rest = line;;) {
    const std::size_t tab = rest.find('\t');
    row_.add(rest.substr(0, tab));
    if (tab == std::string_view::npos) {
      return row_.end(line);
    }
    rest.remove_prefix(tab + 1);
  }
}

}  // namespace dray::format
