#include "split.h"

namespace dray::format {
namespace {

using Records = std::vector<std::string>;

constexpr std::string_view kPostgres =
    "2024-03-05 09:10:11 UTC:10.0.0.8(51514):app@shop:[20175]:LOG:  statement: SELECT a,\n"
    "\tb FROM t;\r\n"
    "2024-03-05 09:10:12 UTC:[local]:rdsadmin@rdsadmin:[812]:ERROR:  relation \"x\" does not exist\n";

Outcome multiline(const Options& options, std::string_view text) {
  EXPECT_TRUE(find_format("multiline_processor")->check(options).ok());
  return split("multiline_processor", options, text);
}

// formats.md 6.6, quirk 36.
TEST(Multiline, JoinsContinuationLines) {
  EXPECT_EQ(multiline({{"start", "^\\d{4}-\\d{2}-\\d{2} "}}, kPostgres).records,
            (Records{"2024-03-05 09:10:11 UTC:10.0.0.8(51514):app@shop:[20175]:LOG:  statement: SELECT a,\\n"
                     "\tb FROM t;",
                     "2024-03-05 09:10:12 UTC:[local]:rdsadmin@rdsadmin:[812]:ERROR:  relation \"x\" does not exist"}));
}

TEST(Multiline, KeepsEmptyLinesInsideARecordOnly) {
  EXPECT_EQ(multiline({{"start", "^'20"}}, "\n\n'2024 LOG: select a,\n\n\n  b;\n\n\n'2025 LOG: c\n\n").records,
            (Records{"'2024 LOG: select a,\\n\\n\\n  b;", "'2025 LOG: c"}));
}

TEST(Multiline, KeepsOrDropsWhatStandsBeforeTheFirstStart) {
  const std::string_view slow =
      "mysqld, Version: 8\nTime  Id Command\n# Time: 1\n# User@Host: a\nselect 1;\n# Time: 2\nb";
  EXPECT_EQ(
      multiline({{"start", "^# Time:"}}, slow).records,
      (Records{"mysqld, Version: 8\\nTime  Id Command", "# Time: 1\\n# User@Host: a\\nselect 1;", "# Time: 2\\nb"}));
  EXPECT_EQ(multiline({{"start", "^# Time:"}, {"keep_leading", "false"}}, slow).records,
            (Records{"# Time: 1\\n# User@Host: a\\nselect 1;", "# Time: 2\\nb"}));
  EXPECT_EQ(multiline({{"start", "^never"}, {"keep_leading", "false"}}, slow).records, Records{});
}

TEST(Multiline, OverTheLimitIsAFaultOrPieces) {
  for (const std::size_t step : {1U, 3U, 100U}) {
    SplitterOptions options{.record_bytes_max = 8, .options = {{"start", "^>"}}};
    const auto run = [&](std::string_view text) {
      return split_by("multiline_processor", options, text, [step] { return step; });
    };
    EXPECT_EQ(run(">1\n>a\nbcd\ne\n>2\n").records, (Records{">1", ">a\\nbcd\\ne", ">2"}));
    EXPECT_EQ(run(">1\n>a\nbcd\nef\n>2\n").records, (Records{">1"}));
    EXPECT_EQ(run(">1\n>a\nbcd\nef\n>2\n").code, "oversize_record");
    options.oversize_in_pieces = true;
    EXPECT_EQ(run(">1\n>a\nbcd\nef\ng\n>2\n").records, (Records{">1", ">a", "bcd", "ef", "g", ">2"}));
    EXPECT_EQ(run(">1\n0123456789>abc\n>2\n3\n").records, (Records{">1", "01234567", "89>abc", ">2\\n3"}));
    EXPECT_EQ(run(">1\n>123456789\n2\n").records, (Records{">1", ">1234567", "89", "2"}));
  }
}

TEST(MultilineOptions, AreChecked) {
  const Format& format = *find_format("multiline_processor");
  EXPECT_FALSE(format.check({}).ok());
  EXPECT_FALSE(format.check({{"start", ""}}).ok());
  EXPECT_FALSE(format.check({{"start", "a"}, {"keep_leading", "x"}}).ok());
  const OptionFaults wrong = format.check({{"start", "(?=a)"}});
  EXPECT_NE(wrong.text().find("config.start: \"(?=a)\""), std::string::npos) << wrong.text();
}

}  // namespace
}  // namespace dray::format
