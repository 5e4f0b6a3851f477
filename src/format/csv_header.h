// Header records of CSV: which records name columns, told by their content and never by their place.
//
// Used by csv_processor with `header: detect`. Knows the columns of Cisco Umbrella and Secure Access (documentation
// "Log Formats and Versioning": from version 11 on a header row may be switched on). Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace dray::format {

// A letter, then letters, digits, blanks, `_-./()`; at most 80.
bool looks_like_csv_column(std::string_view field);

// Every field looks like a column, and at least two and at least half of them are columns that we know, in whatever
// case, with blanks or without.
bool is_csv_header(std::span<const std::string> fields);

}  // namespace dray::format
