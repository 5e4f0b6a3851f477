// CSV, one physical line at a time: does a record end with it, and what are its fields?
//
// RFC 4180, and blanks may stand around quotes (Cisco Umbrella writes `", "`). A quote opens a field only where a field
// begins; elsewhere it is a byte like others. Pure; any thread.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

namespace dray::format {

enum class CsvEnd {
  closed,  // the record ends with the line
  open,    // the line ends inside quotes
  broken,  // something else than blanks and a separator follows a closing quote
};

// inside: the line begins inside quotes. The line comes without LF; a CR that ends a closed line is no part of it.
CsvEnd scan_csv_line(std::string_view line, char separator, bool inside);

// The fields of a whole, closed record, one after another. A separator at its end stands before an empty field.
struct CsvFields {
  std::string_view rest;
  char separator;
  bool more = true;  // a field is left

  // False behind the last one. Without the quotes, doubled ones made single in the buffer; lives until the next call.
  bool next(std::string_view& value, std::string& buffer);
};

}  // namespace dray::format
