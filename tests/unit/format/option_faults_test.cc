// Every fault of file_format.config at once, each with the place of its option.
#include "format/option_faults.h"

#include <gtest/gtest.h>

#include "format/splitter.h"

namespace dray::format {
namespace {

using List = Setting::List;

struct Case {
  const char* format;
  Settings options;
  std::vector<std::string> paths;  // in order
};

std::vector<std::string> paths_of(const OptionFaults& faults) {
  std::vector<std::string> paths;
  for (const OptionFault& fault : faults.all()) paths.push_back(fault.path);
  return paths;
}

TEST(OptionFaults, AreToldAllAtOnceWithTheirPlaces) {
  const Case cases[] = {
      {"line_split_processor", {{"jason", "true"}, {"json", "maybe"}, {"chnks", "1"}}, {"jason", "chnks", "json"}},
      {"line_split_processor", {{"json", List{"true"}}}, {"json"}},
      {"line_split_processor",
       {{"chunks", "true"}, {"indices", List{"1", "first", List{"2"}}}, {"substrings", ""}, {"regex", List{"a", "("}}},
       {"indices[2]", "indices[1]", "substrings", "regex[1]"}},
      {"line_split_processor", {{"chunks", "true"}, {"regex", Settings{{"a", "b"}}}}, {"regex"}},
      {"line_split_processor", {{"chunks", "true"}}, {"chunks"}},
      {"line_split_processor", {{"indices", "x"}, {"regex", "("}}, {"indices", "regex", "indices", "regex"}},
      {"split_or_unseparated_processor", {{"flat", "7"}, {"json", "7"}, {"kee", "x"}}, {"kee", "flat", "json"}},
      {"text_file_processor",
       {{"line_separator", List{"a"}}, {"header", "true"}, {"use_json", "x"}, {"field_names", Settings{{"a", "b"}}}},
       {"use_json", "line_separator", "field_names", "header"}},
      {"text_file_processor",
       {{"field_separator", ","}, {"field_names", List{"a", Settings{{"b", "c"}}}}},
       {"field_names[1]"}},
      {"csv_processor",
       {{"separator", "||"}, {"header", "second"}, {"columns", List{}}, {"json", "x"}, {"quote", "'"}},
       {"quote", "separator", "header", "columns", "json"}},
      {"csv_processor", {{"header", List{"detect"}}}, {"header"}},
      {"multiline_processor", {{"keep_leading", "x"}}, {"start", "keep_leading"}},
      {"multiline_processor", {{"start", "(?!a)"}}, {"start"}},
      {"separated_json_processor", {{"separator", List{"|"}}}, {"separator"}},
      {"w3c_processor", {{"json", "x"}, {"header", "x"}}, {"header", "json"}},
      {"aws_access_logs_processor", {{"json", "true"}, {"key", "x"}}, {"json", "key"}},
      {"unseparated_json_processor",
       {{"key", List{}}, {"include", "a"}, {"rename", Settings{{"a", ""}, {"b", List{"c"}}}}, {"flat", "x"}},
       {"key", "include", "rename.a", "rename.b", "flat"}},
      {"unseparated_json_processor", {{"control_key", List{"a"}}, {"key", "r"}}, {"control_key"}},
      {"unseparated_json_processor", {{"key", "r"}, {"skip", Settings{{"r", "x"}}}}, {"skip.r"}},
      {"unseparated_json_processor", {{"key", List(65, Setting("a"))}}, {"key"}},
      {"unseparated_json_processor_extract_key", {{"key", Settings{{"a", "b"}}}}, {"key", "extraction_key"}},
      {"json_object_to_linesplit_processor", {{"key", "a"}, {"keys", "b"}}, {"keys"}},
      {"cloudwatch_logs_processor", {{"event", "both"}, {"include", List{"a"}}}, {"include", "event"}},
      {"dict_processor", {{"key", Settings{{"a", "b"}}}}, {"key"}},
      {"incapsula_processor", {{"private_keys", List{"a"}}, {"key", "b"}}, {"key", "private_keys"}},
  };
  for (const Case& one : cases) {
    const OptionFaults faults = find_format(one.format)->check(one.options);
    EXPECT_EQ(paths_of(faults), one.paths) << one.format << ": " << faults.text();
    for (const OptionFault& fault : faults.all()) {
      EXPECT_GE(fault.message.size(), 12U) << "says too little: " << fault.message;
      EXPECT_EQ(fault.message.find("config."), std::string::npos) << "repeats the place: " << fault.message;
    }
  }
}

TEST(OptionFaults, KnowWhichOptionsAreWrong) {
  OptionFaults faults;
  EXPECT_TRUE(faults);
  faults.add("regex[1]", "is wrong");
  faults.add("private_keys.7", "is wrong");
  EXPECT_FALSE(faults.ok());
  EXPECT_TRUE(faults.has("regex"));
  EXPECT_TRUE(faults.has("private_keys"));
  EXPECT_FALSE(faults.has("reg"));
  EXPECT_EQ(faults.text(), "config.regex[1]: is wrong; config.private_keys.7: is wrong");
}

}  // namespace
}  // namespace dray::format
