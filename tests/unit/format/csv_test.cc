#include "format/csv_header.h"
#include "format/csv_line.h"
#include "split.h"

namespace dray::format {
namespace {

using Records = std::vector<std::string>;

Records csv(std::string_view text, const Options& options = {}) {
  const Outcome outcome = split("csv_processor", options, text);
  EXPECT_EQ(outcome.code, "");
  return outcome.records;
}

// formats.md 6.4, quirk 27.
TEST(Csv, KeepsCommasDoubledQuotesAndBlanksBeforeQuotes) {
  const Records lines = {R"("2024-03-05 09:10:11","Laptop, Anna","10.0.0.8","Malware,""Test""")",
                         R"("2024-03-05 09:10:12","Office", "10.0.0.8" ,"61095")", "plain,fields,,", R"(5" disk,a"b)"};
  std::string text;
  for (const std::string& line : lines) text += line + "\r\n";
  EXPECT_EQ(csv(text), lines);
}

// Quirks 27 and 28: the record's own bytes, its LF as the two characters \n.
TEST(Csv, JoinsLinesInsideQuotes) {
  EXPECT_EQ(csv("\"1\",\"version: 4\nmode: a\",\"version: 5\n\nmode: b\"\n\"2\",x\n"),
            (Records{"\"1\",\"version: 4\\nmode: a\",\"version: 5\\n\\nmode: b\"", "\"2\",x"}));
  EXPECT_EQ(csv("\"a\r\nb\"\r\nc"), (Records{"\"a\r\\nb\"", "c"}));
  EXPECT_EQ(csv("x,\"a\n\"\"b\"\"\n\"\n"), (Records{"x,\"a\\n\"\"b\"\"\\n\""}));
}

TEST(Csv, GivesALostQuoteOneLineOnly) {
  EXPECT_EQ(csv("\"a\",\"lost\n\"b\",\"2\"\n\"c\",\"3\"\n"), (Records{"\"a\",\"lost", "\"b\",\"2\"", "\"c\",\"3\""}));
  EXPECT_EQ(csv("\"lost\n1,2\n3,4\n\"x\",5\n\"y\",6\n"), (Records{"\"lost", "1,2", "3,4", "\"x\",5", "\"y\",6"}));
  EXPECT_EQ(csv("1,2\n\"never closed\n3,4\n5,6"), (Records{"1,2", "\"never closed", "3,4", "5,6"}));
  EXPECT_EQ(csv("\"a \"quoted\" word\",1\n2,3\n"), (Records{"\"a \"quoted\" word\",1", "2,3"}));
}

TEST(Csv, JoinsNoMoreThanTheLimit) {
  for (const std::size_t step : {1U, 3U, 100U}) {
    const auto run = [&](std::string_view text) {
      return split_by("csv_processor", {.record_bytes_max = 10, .options = {}}, text, [step] { return step; });
    };
    EXPECT_EQ(run("\"a\nb\nc\n\",1\n2\n").records, (Records{"\"a\\nb\\nc\\n\",1", "2"}));
    EXPECT_EQ(run("\"aaa\nbbb\nccc\nd\",1\n2\n").records, (Records{"\"aaa", "bbb", "ccc", "d\",1", "2"}));
    EXPECT_EQ(run("1\n0123456789a\n2\n").records, (Records{"1"}));
    EXPECT_EQ(run("1\n0123456789a\n2\n").code, "oversize_record");
  }
}

// Linear time: every line opens a quote that the next one leaves open.
TEST(Csv, RereadsALostQuoteOnce) {
  std::string text;
  for (int i = 0; i < 200000; ++i) text += "x\",y,\"\n";
  EXPECT_EQ(csv(text).size(), 200000U);
}

TEST(Csv, DropsAByteOrderMarkBeforeAQuoteWhereverFilesWereJoined) {
  EXPECT_EQ(csv("\xEF\xBB\xBF\"a,\",1\n\xEF\xBB\xBF\"b\nc\",2\n"), (Records{"\"a,\",1", "\"b\\nc\",2"}));
}

TEST(CsvHeaders, AreToldByContentWhereverTheyStand) {
  const std::string header = R"("ID","Time","Email","User","Type","Action","Logged in from","Before","After")";
  const std::string row =
      R"("1234","2024-03-05 09:10:13","adm@example.com","adm","settings","update","203.0.113.9","",)"
      R"("")";
  const Options detect{{"header", "detect"}};
  EXPECT_EQ(csv(header + "\n" + row + "\n" + header + "\r\n" + row, detect), (Records{row, row}));
  EXPECT_EQ(csv(row + "\n" + row, detect), (Records{row, row}));
  EXPECT_EQ(csv(header + "\n" + row), (Records{header, row}));
  EXPECT_EQ(csv("Timestamp,Most Granular Identity,Identities,InternalIp,Brand New Column\n1,2\n", detect),
            (Records{"1,2"}));
  // Names that nobody knows are an event.
  EXPECT_EQ(csv("alpha,beta,gamma\nTime,alpha,beta\n", detect), (Records{"alpha,beta,gamma", "Time,alpha,beta"}));
  EXPECT_EQ(csv("alpha,beta\n1,2\n", {{"header", "detect"}, {"columns", Setting::List{"alpha", "beta"}}}),
            (Records{"1,2"}));
}

TEST(CsvHeaders, InTheFirstLineAreDroppedAgainWhereFilesWereJoined) {
  EXPECT_EQ(csv("\na,b\n1,2\na,b\n3,4\n", {{"header", "first_line"}}), (Records{"1,2", "3,4"}));
}

TEST(CsvObjects, HaveTheColumnsNames) {
  const Outcome outcome = split("csv_processor", {{"json", "true"}, {"header", "first_line"}},
                                "time,\"a \"\"b\"\"\",c\n1,\"x\ny\"\"\", z \n2\n3,,,\"4\",5\n\"lost\n");
  EXPECT_EQ(outcome.records, (Records{R"({"time":"1","a \"b\"":"x\ny\"","c":" z "})", R"({"time":"2"})",
                                      R"({"time":"3","a \"b\"":"","c":"","3":"4","4":"5"})", "\"lost"}));
  EXPECT_EQ(outcome.json, (std::vector<bool>{true, true, true, false}));
}

TEST(CsvObjects, TakeNamesFromTheConfigurationOrNumbers) {
  const Setting::List columns{"a", "b"};
  EXPECT_EQ(csv("1;2", {{"json", "true"}, {"columns", columns}, {"separator", ";"}}),
            (Records{R"({"a":"1","b":"2"})"}));
  EXPECT_EQ(csv("1\t2", {{"json", "true"}, {"separator", "\\t"}}), (Records{R"({"0":"1","1":"2"})"}));
}

TEST(CsvObjects, AreNotMadeOfALineOfSeparators) {
  const std::string line(90, ',');
  const Outcome outcome =
      split_by("csv_processor", {.record_bytes_max = 100, .options = {{"json", "true"}}}, line, [] { return 7U; });
  EXPECT_EQ(outcome.records, (Records{line}));
  EXPECT_EQ(outcome.json, std::vector<bool>{false});
}

TEST(CsvOptions, AreChecked) {
  const Format& format = *find_format("csv_processor");
  EXPECT_TRUE(format.check({}).ok());
  EXPECT_TRUE(format.check({{"separator", "\\t"}, {"header", "detect"}, {"json", "yes"}}).ok());
  for (const Options& wrong : {Options{{"separator", "||"}}, Options{{"separator", ""}}, Options{{"separator", "\""}},
                               Options{{"header", "second"}}, Options{{"json", "maybe"}}, Options{{"colums", "a"}},
                               Options{{"columns", Setting::List{}}}}) {
    EXPECT_FALSE(format.check(wrong).ok()) << wrong.members().front().first;
  }
}

}  // namespace
}  // namespace dray::format
