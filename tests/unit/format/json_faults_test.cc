// What JSON formats do with garbage, and with records over the limit.
#include "split.h"

namespace dray::format {
namespace {

constexpr std::string_view kJson = "unseparated_json_processor";
constexpr std::string_view kCloudWatch = "cloudwatch_logs_processor";
using Lines = std::vector<std::string>;
using flow::Flaw;

TEST(Quirk23, GarbageBetweenValuesIsSentRawIfALineBeginsWithABraceLater) {
  const Outcome outcome =
      split(kJson, {}, "{\"a\":1}\nERROR: x {\r\n\n more]\n{\"b\":2}{\"c\":[}\n{\"d\":3}\n{\"e\":\n[4}\nx\n{\"f\":5}");
  EXPECT_EQ(outcome.records, (Lines{R"({"a":1})", "ERROR: x {", " more]", R"({"b":2})", "{\"c\":[}", R"({"d":3})",
                                    "{\"e\":", "[4}", "x", R"({"f":5})"}));
  EXPECT_EQ(outcome.flaws, (std::vector{Flaw::none, Flaw::no_json, Flaw::no_json, Flaw::none, Flaw::no_json, Flaw::none,
                                        Flaw::no_json, Flaw::no_json, Flaw::no_json, Flaw::none}));
  EXPECT_EQ(outcome.code, "");
}

TEST(Quirk23, GarbageWithoutSuchALineFailsTheObject) {
  for (const char* text : {"{\"a\":1}\ngarbage", "{\"a\":1}\ngarbage\n", "{\"a\":1}}\n", "{\"a\":1}\nx\n {\"b\":2}\n",
                           R"({"a":1},{"b":2})"}) {
    const Outcome outcome = split(kJson, {}, text);
    EXPECT_EQ(outcome.records, (Lines{R"({"a":1})"})) << text;
    EXPECT_EQ(outcome.code, "bad_json") << text;
  }
  const SplitterOptions small{.record_bytes_max = 20, .options = {}};
  EXPECT_EQ(split_by(kJson, small, "garbage garbage garbage\n{\"a\":1}", [] { return 5; }).code, "bad_json");
  EXPECT_EQ(split_by(kJson, small, "garbage garbage\n{\"a\":1}", [] { return 5; }).code, "");
}

TEST(Quirk23, InsideAnArrayOrAWalkedObjectNothingIsGuessed) {
  EXPECT_EQ(split(kJson, {}, "[1,}\n{\"a\":1}").code, "bad_json");
  EXPECT_EQ(split(kJson, {{"key", "r"}}, "{\"r\":[1,}\n{\"r\":[2]}").code, "bad_json");
  const Outcome between = split(kJson, {{"key", "r"}}, "{\"r\":[1]}\nlost 7\n{\"r\":[2]}");
  EXPECT_EQ(between.records, (Lines{"1", "lost 7", "2"}));
  EXPECT_EQ(split(kJson, {{"key", "r"}}, "{\"r\":[1]}\n7").code, "no_records");
}

TEST(Quirk23, ALineOfFindingsThatIsNoJsonIsSentRaw) {
  const Outcome outcome = split("guardduty_processor", {}, "{\"id\":1}\n{\"id\":2,}\n{\"id\":3}\n");
  EXPECT_EQ(outcome.records, (Lines{R"({"id":1})", "{\"id\":2,}", R"({"id":3})"}));
  EXPECT_EQ(outcome.flaws, (std::vector{Flaw::none, Flaw::no_json, Flaw::none}));
}

// In any pieces.
Outcome split_anyhow(std::string_view format, const std::string& text) {
  Outcome whole = split(format, {}, text);
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    std::size_t pieces = 0;
    const auto size = [&pieces, cut] { return pieces++ == 0 ? cut : std::string_view::npos; };
    EXPECT_EQ(split_by(format, {.options = {}}, text, size), whole) << "cut at " << cut;
  }
  EXPECT_EQ(split_by(format, {.options = {}}, text, [] { return 1; }), whole);
  return whole;
}

TEST(HalfAByteOrderMark, IsGarbageByItselfAndTheNextLineARecord) {
  const Outcome outcome = split_anyhow(kJson, "{\"a\":1}\n\xEF\n{\"a\":2}\n\xEF\xBB \r\n{\"a\":3}");
  EXPECT_EQ(outcome.records, (Lines{R"({"a":1})", "\xEF", R"({"a":2})", "\xEF\xBB ", R"({"a":3})"}));
  EXPECT_EQ(outcome.flaws, (std::vector{Flaw::none, Flaw::no_json, Flaw::none, Flaw::no_json, Flaw::none}));
  EXPECT_EQ(split_anyhow(kJson, "{\"a\":1}\n\xEF").code, "truncated_json");
}

TEST(HalfAByteOrderMark, AmongLinesOfTextIsTextWithTheBlanksAroundIt) {
  const Outcome outcome = split_anyhow(kCloudWatch,
                                       "{\"a\":1}\n\xEF\n{\"b\":2}\n\xEF foo\n{\"c\":3}\n  \xEF\xBC\xA1 text\n"
                                       "\xEF\xBC\xA2\n{\"d\":4}\n\t\xEF\xBB");
  EXPECT_EQ(outcome.records, (Lines{R"({"a":1})", "\xEF", R"({"b":2})", "\xEF foo", R"({"c":3})", "  \xEF\xBC\xA1 text",
                                    "\xEF\xBC\xA2", R"({"d":4})", "\t\xEF\xBB"}));
  EXPECT_EQ(outcome.flaws, std::vector(9, Flaw::none));
  EXPECT_EQ(outcome.code, "");
  EXPECT_EQ(split_anyhow(kCloudWatch, "{\"a\":1}\ntext\n\xEF").records, (Lines{R"({"a":1})", "text", "\xEF"}));
}

TEST(ByteOrderMark, BehindALineOfTextBeginsAnObjectAsBehindAnObject) {
  const std::string envelope = R"({"messageType":"DATA_MESSAGE","logEvents":[{"message":"m"},{"message":"n"}]})";
  const Outcome outcome = split_anyhow(kCloudWatch, "{\"a\":1}\ntext\n\xEF\xBB\xBF" + envelope +
                                                        "\nmore\n\xEF\xBB\xBF  text {\n\xEF\xBB\xBF" + envelope);
  EXPECT_EQ(outcome.records, (Lines{R"({"a":1})", "text", "m", "n", "more", "  text {", "m", "n"}));
  EXPECT_EQ(outcome.code, "");
}

TEST(ByteOrderMark, WholeOrInPartGivesTheSameHoweverCut) {
  static constexpr std::string_view kParts[] = {"\xEF", "\xBB", "\xBF", "\xEF\xBB\xBF", "\n",
                                                "\n",   " ",    "x",    "{\"a\":1}\n"};
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    std::string text = "{\"a\":0}\n";
    for (std::uint64_t parts = random.below(12); parts > 0; --parts) text += kParts[random.below(std::size(kParts))];
    SCOPED_TRACE(seed);
    split_anyhow(kJson, text);
    EXPECT_EQ(split_anyhow(kCloudWatch, text).code, "") << "nothing of it but objects begins with a brace";
  }
}

TEST(Oversize, JsonRecordsComeInPiecesAndTheNextFollow) {
  const SplitterOptions options{.record_bytes_max = 10, .options = {{"key", "r"}}, .oversize_in_pieces = true};
  for (const std::size_t step : {1U, 4U, 1000U}) {
    const Outcome outcome =
        split_by(kJson, options, "{\"r\":[1,{\"a\":\n\"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\"},\"12345678901\",2]}",
                 [step] { return step; });
    EXPECT_EQ(outcome.records,
              (Lines{"1", "{\"a\":", "\"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\"", "}", "\"123456789", "01\"", "2"}));
    EXPECT_EQ(outcome.flaws, (std::vector{Flaw::none, Flaw::oversize, Flaw::oversize, Flaw::oversize, Flaw::oversize,
                                          Flaw::oversize, Flaw::none}));
    EXPECT_EQ(outcome.code, "");
  }
}

TEST(Oversize, TheBytesOfThePiecesAreTheRecord) {
  std::string big = "{\"a\":[";
  for (int i = 0; i < 5000; ++i) big += std::to_string(i) + ",";
  big += "0]}";
  for (const std::string_view format :
       {kJson, std::string_view("guardduty_processor"), std::string_view("cloudwatch_logs_processor"),
        std::string_view("separated_json_processor"), std::string_view("jamf_processor")}) {
    const Outcome outcome = split_by(format, {.record_bytes_max = 1000, .options = {}, .oversize_in_pieces = true},
                                     big + "\n{\"b\":1}\n", [] { return 777; });
    std::string joined;
    for (std::size_t i = 0; i + 1 < outcome.records.size(); ++i) {
      joined += outcome.records[i];
      EXPECT_LE(outcome.records[i].size(), 1000U);
      EXPECT_EQ(outcome.flaws[i], Flaw::oversize);
    }
    EXPECT_EQ(joined, big) << format;
    EXPECT_EQ(outcome.records.back(), R"({"b":1})") << format;
    EXPECT_EQ(split_by(format, {.record_bytes_max = 1000, .options = {}}, big, [] { return 777; }).code,
              "oversize_record");
  }
}

}  // namespace
}  // namespace dray::format
