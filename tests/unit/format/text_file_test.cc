#include "format/separator.h"
#include "split.h"

namespace dray::format {
namespace {

using Records = std::vector<std::string>;

Outcome text_file(const Options& options, std::string_view text) {
  EXPECT_TRUE(find_format("text_file_processor")->check(options).ok());
  return split("text_file_processor", options, text);
}

TEST(TextFile, MakesObjectsOfAHeaderAndLines) {
  const Options options{
      {"line_separator", "\\n"}, {"header", "true"}, {"header_field_separator", ","}, {"use_json", "true"}};
  const Outcome outcome = text_file(options, "\nip,na\"me\r\n192.0.2.1,a b\r\nip,na\"me\n192.0.2.2\n1,2,,4\n");
  EXPECT_EQ(outcome.records, (Records{R"({"ip":"192.0.2.1","na\"me":"a b"})", R"({"ip":"192.0.2.2"})",
                                      R"({"ip":"1","na\"me":"2","2":"","3":"4"})"}));
  EXPECT_EQ(outcome.json, std::vector<bool>(3, true));
}

TEST(TextFile, PutsTheHeaderBeforeEveryLine) {
  EXPECT_EQ(text_file({{"header", "true"}, {"header_field_separator", ";"}}, "a;b\n1;2\n3;4").records,
            (Records{"a;b;1;2", "a;b;3;4"}));
  EXPECT_EQ(text_file({{"field_names", Setting::List{"a", "b"}}, {"field_separator", "\\t"}}, "1\t2\n").records,
            (Records{"a\tb\t1\t2"}));
  EXPECT_EQ(text_file({}, "1,2\n").records, (Records{"1,2"}));
}

TEST(TextFile, KnowsTheHeaderOfAJoinedFileBehindItsByteOrderMark) {
  EXPECT_EQ(text_file({{"header", "true"}, {"header_field_separator", ","}},
                      "a,b\n1,2\n\xEF\xBB\xBF"
                      "a,b\n\xEF\xBB\xBF"
                      "3,4\n\xEF\xBB\xBF\n")
                .records,
            (Records{"a,b,1,2", "a,b,3,4"}));
}

TEST(TextFile, NamesFieldsByHandOrByNumber) {
  EXPECT_EQ(text_file({{"field_names", Setting::List{"a", "b"}}, {"use_json", "True"}}, "1,2\n").records,
            (Records{R"({"a":"1","b":"2"})"}));
  EXPECT_EQ(text_file({{"field_separator", " | "}, {"use_json", "true"}}, "1 | 2\n").records,
            (Records{R"({"0":"1","1":"2"})"}));
  // A header line is dropped all the same where the names are given by hand.
  EXPECT_EQ(text_file({{"header", "true"},
                       {"header_field_separator", ","},
                       {"field_names", Setting::List{"x"}},
                       {"use_json", "true"}},
                      "a\n1\n")
                .records,
            (Records{R"({"x":"1"})"}));
}

TEST(TextFile, EndsLinesAtAnySeparator) {
  const Options options{{"line_separator", "||\\r\\n"}, {"field_separator", ","}};
  for (const std::size_t step : {1U, 2U, 3U, 100U}) {
    EXPECT_EQ(
        split_by("text_file_processor", {.options = options}, "1\n,2||\r\n|||\r\n||\r\n3|||\r", [step] { return step; })
            .records,
        (Records{"1\\n,2", "|", "3|||\r"}));
  }
}

TEST(TextFile, OverTheLimitComesInPieces) {
  const SplitterOptions options{
      .record_bytes_max = 4, .options = {{"line_separator", "||"}}, .oversize_in_pieces = true};
  for (const std::size_t step : {1U, 2U, 3U, 5U, 100U}) {
    EXPECT_EQ(split_by("text_file_processor", options, "1234||123456|89||1||12345", [step] { return step; }).records,
              (Records{"1234", "1234", "56|8", "9", "1", "1234", "5"}));
  }
}

TEST(TextFile, RefusesAnEndlessHeader) {
  const Options options{{"header", "true"}, {"header_field_separator", ","}};
  EXPECT_EQ(text_file(options, std::string(70000, 'h') + "\n1\n").code, "bad_header");
}

TEST(TextFileOptions, AreChecked) {
  const Format& format = *find_format("text_file_processor");
  for (const Options& wrong :
       {Options{{"header", "true"}}, Options{{"use_json", "true"}}, Options{{"line_separator", ""}},
        Options{{"field_names", Setting::List{}}}, Options{{"use_json", "perhaps"}}, Options{{"fields", "a"}}}) {
    EXPECT_FALSE(format.check(wrong).ok()) << wrong.members().front().first;
  }
}

TEST(Separators, UnderstandEscapes) {
  EXPECT_EQ(parse_separator("\\n\\r\\t\\\\|\\x1F\\q\\x1"), "\n\r\t\\|\x1F\\q\\x1");
  EXPECT_EQ(parse_separator("\\0"), std::string(1, '\0'));
  EXPECT_EQ(parse_separator(""), "");
}

}  // namespace
}  // namespace dray::format
