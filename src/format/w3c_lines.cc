#include "format/w3c_lines.h"

#include <algorithm>

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

// The quote that ends the value which begins at `at`: one before a blank or the end, and not behind a backslash unless
// nothing else follows. npos if there is none.
std::size_t closing_quote(std::string_view line, std::size_t at) {
  for (at = line.find('"', at); at != std::string_view::npos; at = line.find('"', at)) {
    if (at + 1 == line.size()) {
      return at;
    }
    if (line[at + 1] == '"') {
      // "" is a quote, but `\""` is an escaped quote before the end.
      at += line[at - 1] == '\\' ? 1U : 2U;
      continue;
    }
    if (line[at + 1] == ' ' && line[at - 1] != '\\') {
      return at;
    }
    ++at;
  }
  return at;
}

std::string_view without_doubles(std::string_view value, std::string& buffer) {
  if (value.find("\"\"") == std::string_view::npos) {
    return value;
  }
  buffer.clear();
  for (std::size_t at = 0; at < value.size(); ++at) {
    buffer += value[at];
    at += value.substr(at, 2) == "\"\"" && (at == 0 || value[at - 1] != '\\') ? 1U : 0U;
  }
  return buffer;
}

// Values between blanks; false if a quote does not end.
bool add_values(std::string_view line, std::string& buffer, RowObject& row) {
  while (!line.empty()) {
    if (line.front() != '"') {
      const std::string_view value = line.substr(0, line.find(' '));
      row.add(value);
      line.remove_prefix(value.size());
    } else {
      const std::size_t quote = closing_quote(line, 1);
      if (quote == std::string_view::npos) {
        return false;
      }
      row.add(without_doubles(line.substr(1, quote - 1), buffer));
      line.remove_prefix(quote + 1);
    }
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  }
  return true;
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
    return add_values(line, buffer_, row_) ? row_.end(line) : row_.undecodable(line);
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
