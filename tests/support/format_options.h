// Option sets that reach every path of a format, for the tests and the fuzz target that run all formats of the
// catalogue. A format that is not in the table runs without options; one that needs some must be in it.
#pragma once

#include <string_view>
#include <vector>

#include "base/settings.h"
#include "format/splitter.h"

namespace dray::format {

struct FormatCase {
  const Format* format;
  Settings options;
};

inline std::vector<FormatCase> format_cases() {
  using List = Setting::List;
  static const std::vector<std::pair<std::string_view, Settings>> kSets = {
      {"line_split_processor", {{"json", "true"}}},
      {"line_split_processor", {{"chunks", "true"}, {"substrings", List{"l", "a"}}}},
      {"multiline_processor", {{"start", "^l"}}},
      {"line_split_processor", {{"chunks", "true"}, {"indices", List{"0", "-2"}}, {"regex", List{"a$"}}}},
      {"multiline_processor", {{"start", "a"}, {"keep_leading", "false"}}},
      {"text_file_processor", {{"line_separator", "\n"}, {"header", "true"}, {"header_field_separator", ","}}},
      {"text_file_processor", {{"line_separator", "||"}, {"field_names", List{"a", "b"}}, {"use_json", "true"}}},
      {"csv_processor", {{"header", "first_line"}, {"json", "true"}, {"columns", List{"x", "y"}}}},
      {"csv_processor", {{"header", "detect"}, {"separator", " "}}},
      {"w3c_processor", {{"json", "true"}}},
      {"unseparated_json_processor", {{"key", "Records"}}},
      {"unseparated_json_processor", {{"key", List{"x", "Records"}}, {"control_key", "a"}}},
      {"unseparated_json_processor", {{"key", List{List{"x", "a"}, List{"x", "Records"}, "Records"}}}},
      {"unseparated_json_processor",
       {{"key", "Records"}, {"include", Settings{{"x", "y"}}}, {"rename", Settings{{"a", "b\"\n"}}}, {"flat", "true"}}},
      {"unseparated_json_processor",
       {{"key", List{List{"x", "Records"}, "Records"}}, {"include", Settings{{"a", "A"}, {"bc", "C"}}}}},
      {"unseparated_json_processor", {{"key", "Records"}, {"skip", Settings{{"x", "a"}, {"a", "7"}}}}},
      {"unseparated_json_processor", {{"flat", "true"}, {"rename", Settings{{"x", "y"}, {"Records", "r"}}}}},
      {"unseparated_json_processor_extract_key", {{"extraction_key", "a"}}},
      {"unseparated_json_processor_extract_key",
       {{"key", "Records"}, {"extraction_key", List{List{"a", "bc"}, "a", "x"}}, {"include", Settings{{"x", "x"}}}}},
      {"single_json_object_processor", {{"key", "Records"}}},
      {"json_array_processor", {{"key", "Records"}}},
      {"json_line_arrays_processor", {{"key", List{"Records", "x"}}}},
      {"json_object_to_linesplit_processor", {{"key", "Records"}}},
      {"json_object_to_linesplit_processor", {{"keys", List{List{"x", "a"}, "Records", "a"}}}},
      {"cloudwatch_logs_processor", {{"event", "record"}}},
      {"cloudwatch_logs_processor", {{"event", "record"}, {"include", Settings{{"x", "Records"}}}}},
      {"separated_json_processor", {{"separator", "||"}}},
      {"separated_json_processor", {{"separator", ","}}},
      {"separated_json_processor", {{"separator", "\n\n"}}},
      {"split_or_unseparated_processor", {{"key", "Records"}}},
      {"split_or_unseparated_processor", {{"json", "false"}}},
      {"line_split_processor", {{"chunks", "true"}, {"indices", List{"1", "-2"}}, {"substrings", List{"b"}}}},
      {"line_split_processor", {{"chunks", "true"}, {"regex", List{"^[\"#<]"}}, {"json", "true"}}},
      {"text_file_processor", {{"header", "true"}, {"header_field_separator", ","}, {"use_json", "true"}}},
      {"text_file_processor", {{"line_separator", "||"}, {"field_names", List{"a", "b"}}}},
      {"text_file_processor", {{"line_separator", "\"\""}, {"field_separator", "<Event"}, {"use_json", "true"}}},
      {"csv_processor", {{"json", "true"}, {"header", "detect"}, {"columns", List{"a", "b"}}}},
      {"csv_processor", {{"json", "true"}, {"header", "first_line"}, {"separator", "|"}}},
      {"w3c_processor", {{"json", "true"}}},
      {"multiline_processor", {{"start", "^[#<a]"}}},
      {"multiline_processor", {{"start", "^>"}, {"keep_leading", "false"}}},
  };
  std::vector<FormatCase> cases;
  for (const Format* format : all_formats()) {
    if (format->check({})) {
      cases.push_back({format, {}});
    }
    for (const auto& [name, options] : kSets) {
      if (name == format->name) {
        cases.push_back({format, options});
      }
    }
  }
  return cases;
}

}  // namespace dray::format
