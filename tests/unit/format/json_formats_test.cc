// Each JSON format by its own ways; what they share is in the other tests.
#include "split.h"

namespace dray::format {
namespace {

using Lines = std::vector<std::string>;
using List = Setting::List;
using flow::Flaw;

constexpr std::string_view kCloudWatch = "cloudwatch_logs_processor";

std::string envelope(const std::string& messages) {
  return R"({"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"/g","logStream":"s",)"
         R"("subscriptionFilters":["f"],)"
         R"("logEvents":[)" +
         messages + "]}";
}

TEST(Quirk26, TheMessageIsUnescapedOnceAndStaysOneLine) {
  const Outcome outcome =
      split(kCloudWatch, {},
            envelope(R"({"id":"1","timestamp":1,"message":"a \\n \"b\" \u00e9 \\u00e9"},)"
                     R"({"id":"2","message":"one\ntwo\n\n"},{"id":"3","message":""},)"
                     R"({"id":"4","message":"{\"a\": [1.0, \"x\\n\"]}\r\n"},{"message":"{not json}"})") +
                envelope(R"({"message":"12"})"));
  EXPECT_EQ(outcome.records,
            (Lines{"a \\n \"b\" é \\u00e9", "one\\ntwo\\n", R"({"a":[1.0,"x\n"]})", "{not json}", "12"}));
  EXPECT_EQ(outcome.json, (std::vector{false, false, true, false, false}));
}

TEST(CloudWatchLogs, DropsControlMessagesWhereverTheirTypeStands) {
  EXPECT_EQ(split(kCloudWatch, {},
                  R"({"logEvents":[{"id":"","message":"CWL CONTROL MESSAGE"}],"messageType":"CONTROL_MESSAGE"})" +
                      envelope(R"({"message":"x"})") + R"({"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs"})")
                .records,
            (Lines{"x"}));
}

TEST(CloudWatchLogs, GivesRecordsWithMembersOfTheEnvelope) {
  EXPECT_EQ(split(kCloudWatch, {{"event", "record"}}, envelope(R"({"id":"1","message":"a\n"},{"id": "2"})")).records,
            (Lines{R"({"id":"1","message":"a\n","owner":"111122223333","logGroup":"/g","logStream":"s"})",
                   R"({"id":"2","owner":"111122223333","logGroup":"/g","logStream":"s"})"}));
  EXPECT_EQ(split(kCloudWatch, {{"event", "record"}, {"include", Settings{{"logGroup", "g"}}}}, envelope("{}")).records,
            (Lines{R"({"g":"/g"})"}));
}

// Messages that Firehose extracted: JSON and text as the programs wrote them.
TEST(CloudWatchLogs, TakesLinesOfTextAmongObjectsAsTheyStand) {
  const Outcome outcome = split(
      kCloudWatch, {},
      "{\"a\": 1}\nSTART 12\r\n12 requests\n\tat line 3\n  {indented}\n\n[INFO] x\n{\"b\":\n2}\n \"quoted\" text\n"
      "{\"c\":3}\nREPORT true");
  EXPECT_EQ(outcome.records, (Lines{R"({"a":1})", "START 12", "12 requests", "\tat line 3", "  {indented}", "[INFO] x",
                                    R"({"b":2})", R"( "quoted" text)", R"({"c":3})", "REPORT true"}));
  EXPECT_EQ(outcome.code, "");
  EXPECT_EQ(split(kCloudWatch, {}, "{\"a\":1}\n{\"b\" x}\n").code, "bad_json") << "a damaged object is no text";
}

TEST(CloudWatchLogs, TakesPlainLinesAndJsonThatIsNoEnvelope) {
  EXPECT_EQ(split(kCloudWatch, {}, "\n\n  2024-03-05T09:10:11.123Z text {\n [x]\n").records,
            (Lines{"  2024-03-05T09:10:11.123Z text {", " [x]"}));
  const Outcome audits =
      split(kCloudWatch, {},
            "{\"kind\":\"Event\",\"message\":\"m\"}\n{\"kind\": \"Event\"}\n" + envelope(R"({"message":"x"})"));
  EXPECT_EQ(audits.records, (Lines{R"({"kind":"Event","message":"m"})", R"({"kind":"Event"})", "x"}));
  EXPECT_EQ(audits.json, (std::vector{true, true, false}));
  EXPECT_EQ(split(kCloudWatch, {}, ""), (Outcome{}));
}

TEST(GuardDuty, TakesFindingsFromLinesAndEnvelopes) {
  EXPECT_EQ(split("guardduty_processor", {},
                  "{\"id\":\"a\",\"severity\":8.0}\n{\"detail-type\":\"x\",\"detail\":{\"id\": "
                  "\"b\"},\"z\":1}{\"detail\":null,\"id\":\"c\"}[{\"id\":\"d\"}]")
                .records,
            (Lines{R"({"id":"a","severity":8.0})", R"({"id":"b"})", R"({"detail":null,"id":"c"})", R"({"id":"d"})"}));
}

TEST(SingleJsonObject, KeepsArraysWhole) {
  EXPECT_EQ(split("single_json_object_processor", {}, "{\n \"a\" : [ 1 ]\n}\n").records, (Lines{R"({"a":[1]})"}));
  EXPECT_EQ(split("single_json_object_processor", {}, "[1, 2]{}").records, (Lines{"[1,2]", "{}"}));
  EXPECT_EQ(split("single_json_object_processor", {{"key", "k"}}, R"({"x":1,"k":[1, {"a":2}]})").records,
            (Lines{R"([1,{"a":2}])"}));
  EXPECT_EQ(split("single_json_object_processor", {{"key", "k"}}, R"({"k":"text"}{"k":null})").records,
            (Lines{"\"text\""}));
  EXPECT_EQ(split("single_json_object_processor", {{"key", "k"}}, "{}").code, "no_records");
}

TEST(JsonObjectToLinesplit, SplitsStringsIntoLinesAndArraysIntoElements) {
  const Outcome outcome =
      split("json_object_to_linesplit_processor", {{"keys", List{"a", List{"b", "c"}}}},
            R"({"a":"x\r\ny\n\n{\"n\": 1}","b":{"c":["p\nq",{"m":2},3]}}{"a":{"o":4},"z":"no"}{"a":null}{"a":5})");
  EXPECT_EQ(outcome.records, (Lines{"x", "y", R"({"n":1})", "p", "q", R"({"m":2})", "3", R"({"o":4})", "5"}));
  EXPECT_EQ(outcome.json, (std::vector{false, false, true, false, false, true, true, true, true}));
}

TEST(JsonArrays, AloneOnLinesOrAtAKey) {
  EXPECT_EQ(split("json_array_processor", {}, "[\n 1,\n {\"a\":2}\n]\n").records, (Lines{"1", R"({"a":2})"}));
  EXPECT_EQ(split("json_array_processor", {{"key", "k"}}, R"({"k":[1,2]})").records, (Lines{"1", "2"}));
  EXPECT_EQ(split("json_line_arrays_processor", {}, "{\"a\":1}{\"b\":2}\n[{\"c\":3},{\"d\":4}][5]\r\n").records,
            (Lines{R"({"a":1})", R"({"b":2})", R"({"c":3})", R"({"d":4})", "5"}));
  EXPECT_EQ(split("jamf_processor", {}, "{\"a\":1}\n[{\"b\":2}]").records, (Lines{R"({"a":1})", R"({"b":2})"}));
  EXPECT_EQ(split("dict_processor", {}, "{\"a\":\n1}").records, (Lines{R"({"a":1})"}));
}

TEST(Quirk25, ScalarsAndNullsAsElementsAreTheirText) {
  EXPECT_EQ(split("json_array_processor", {}, R"([null,[1,[2]],"s",-0,1E5,true,{}])").records,
            (Lines{"null", "[1,[2]]", "\"s\"", "-0", "1E5", "true", "{}"}));
}

TEST(SeparatedJson, DoesNotCutInsideAValue) {
  EXPECT_EQ(split("separated_json_processor", {{"separator", "||"}}, "{\"a\":\"||\"}||[1,\n2] ||\"|\"||").records,
            (Lines{R"({"a":"||"})", "[1,2]", "\"|\""}));
  EXPECT_EQ(split("separated_json_processor", {}, "{\n\"a\":1\n}\n\n{\"b\":2}").records,
            (Lines{R"({"a":1})", R"({"b":2})"}));
  EXPECT_EQ(split("separated_json_processor", {{"separator", ","}}, "1,{\"a\":[1,2]},3").records,
            (Lines{"1", R"({"a":[1,2]})", "3"}));
  EXPECT_EQ(split("separated_json_processor", {{"separator", "\\x1e"}},
                  "1\x1e"
                  "2")
                .records,
            (Lines{"1", "2"}));
}

TEST(SeparatedJson, SendsAPieceThatIsNoJsonAsItIs) {
  const Outcome outcome = split("separated_json_processor", {{"separator", "||"}},
                                "{\"a\":1||{\"b\":\"x||y||{\"c\":3}|| one\ntwo || {}{} ||\"cut");
  EXPECT_EQ(outcome.records, (Lines{"{\"a\":1", "{\"b\":\"x", "y", R"({"c":3})", " one", "two ", " {}{} ", "\"cut"}));
  EXPECT_EQ(outcome.flaws, (std::vector{Flaw::no_json, Flaw::no_json, Flaw::no_json, Flaw::none, Flaw::no_json,
                                        Flaw::no_json, Flaw::no_json, Flaw::no_json}));
}

TEST(SeparatedJson, TakesTimeInProportionToItsInput) {
  std::string hostile;
  for (int i = 0; i < 200'000; ++i) hostile += "[1,\n";
  EXPECT_EQ(split("separated_json_processor", {}, hostile).records.size(), 200'000U);
}

TEST(SplitOrUnseparated, DecidesByTheFirstValue) {
  const auto run = [](std::string_view text, const Options& options = {}) {
    return split("split_or_unseparated_processor", options, text);
  };
  EXPECT_EQ(run("plain\ntext").records, (Lines{"plain", "text"}));
  EXPECT_EQ(run("[INFO] a\n[INFO] b\n").records, (Lines{"[INFO] a", "[INFO] b"}));
  EXPECT_EQ(run("[INFO] a\n").flaws, (std::vector{Flaw::none}));
  EXPECT_EQ(run("{\"a\":1}{\"b\":2}").records, (Lines{R"({"a":1})", R"({"b":2})"}));
  EXPECT_EQ(run("{\"a\":1}\n{\"b\": 2}\n").records, (Lines{R"({"a":1})", R"({"b":2})"}));
  EXPECT_EQ(run("{\"a\":1}\n{\"b\": 2}\n", {{"json", "false"}}).records, (Lines{R"({"a":1})", "{\"b\": 2}"}));
  EXPECT_EQ(run("{\"a\":1}\n{\"b\":2,}\n{\"c\":3} \n").flaws, (std::vector{Flaw::none, Flaw::no_json, Flaw::none}));
  EXPECT_EQ(run("{\n \"a\":1\n}\n{\n \"b\":2\n}\n").records, (Lines{R"({"a":1})", R"({"b":2})"}));
  EXPECT_EQ(run("[{\"a\":1},\n{\"b\":2}]\n").records, (Lines{R"({"a":1})", R"({"b":2})"}));
  EXPECT_EQ(run("{\"Records\":[1,2]}\n{\"Records\":[3]}\n", {{"key", "Records"}}).records, (Lines{"1", "2", "3"}));
  EXPECT_EQ(run("{\"a\":1} and text\nmore").records, (Lines{"{\"a\":1} and text", "more"}));
  EXPECT_EQ(run("").records, (Lines{}));
  const std::string large = R"({"a":")" + std::string(100'000, 'x') + "\"}";
  EXPECT_EQ(run(large + "\n" + large).records, (Lines{large, large}));
}

}  // namespace
}  // namespace dray::format
