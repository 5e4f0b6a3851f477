// The options that change JSON records: nested keys, include, rename, flat, skip, extraction_key.
#include "split.h"

namespace dray::format {
namespace {

constexpr std::string_view kJson = "unseparated_json_processor";
constexpr std::string_view kExtract = "unseparated_json_processor_extract_key";
using Lines = std::vector<std::string>;
using List = Setting::List;

TEST(Quirk19, ANestedKeyIsAPathAndTheSameNameElsewhereIsNot) {
  const Options options{{"key", List{Setting(List{"detail", "findings"})}}};
  EXPECT_EQ(
      split(kJson, options,
            R"({"findings":[0],"x":{"detail":{"findings":[0]}},"detail":{"y":{"findings":[0]},"findings":[1,{"a":2}],)"
            R"("z":1}}{"detail":{"findings":[]}}{"detail":{"findings":null}}{"detail":{"findings":{"b":3}}})")
          .records,
      (Lines{"1", R"({"a":2})", R"({"b":3})"}));
  for (const char* text : {R"({"detail":[{"findings":[1]}]})", R"({"detail":{}})", R"({"detail":null})", "{}"}) {
    EXPECT_EQ(split(kJson, options, text).code, "no_records") << text;
  }
  EXPECT_NE(split(kJson, options, "{}").message.find("detail.findings"), std::string::npos);
}

TEST(NestedKeys, ShareTheirWay) {
  EXPECT_EQ(split(kJson, {{"key", List{List{"a", "b"}, List{"a", "c", "d"}, "e"}}},
                  R"({"a":{"c":{"d":[1]},"b":[2],"d":[0]},"e":[3],"b":[0]})")
                .records,
            (Lines{"1", "2", "3"}));
}

TEST(Quirk17, ATopLevelArrayGivesItsElementsToo) {
  EXPECT_EQ(split(kJson, {}, "[{\"a\":1}, [2] ,\"]\",null][]\n[3]4").records,
            (Lines{R"({"a":1})", "[2]", "\"]\"", "null", "3", "4"}));
  EXPECT_EQ(split(kJson, {{"key", "Records"}}, R"([{"Records":[1]},{"Records":[2]}]{"Records":[3]})").records,
            (Lines{"1", "2", "3"}));
  EXPECT_EQ(split(kJson, {}, "[1,2").records, (Lines{"1"}));
  EXPECT_EQ(split(kJson, {}, "[1,2").code, "truncated_json");
  EXPECT_EQ(split(kJson, {}, "[1,]").code, "bad_json");
}

TEST(Include, AddsOuterMembersAtTheEndWhereverTheyStand) {
  const Options options{{"key", "r"}, {"include", Settings{{"b", "bee"}, {"a", "ay"}}}};
  EXPECT_EQ(split(kJson, options, R"({"a":1.0,"r":[{"x":1},{},2],"b": {"c": [1, "é"]}})").records,
            (Lines{R"({"x":1,"bee":{"c":[1,"é"]},"ay":1.0})", R"({"bee":{"c":[1,"é"]},"ay":1.0})", "2"}));
  EXPECT_EQ(split(kJson, options, R"({"a":1,"b":2,"r":[{}]}{"r":[{}],"b":3}{"r":[{}]})").records,
            (Lines{R"({"bee":2,"ay":1})", R"({"bee":3})", "{}"}));
}

TEST(Include, HoldsRecordsOnlyUpToTheLimit) {
  const Options options{{"key", "r"}, {"include", Settings{{"a", "ay"}}}};
  SplitterOptions small{.record_bytes_max = 200, .options = options};
  std::string many = R"({"r":[{"x":1})";
  for (int i = 0; i < 1000; ++i) many += R"(,{"x":1})";
  const auto whole = [] { return std::string_view::npos; };
  const Outcome late = split_by(kJson, small, many + R"(],"a":1})", whole);
  EXPECT_EQ(late.code, "include_after_records");
  EXPECT_NE(late.message.find("\"a\""), std::string::npos);
  EXPECT_EQ(late.records.size(), 0U);
  const Outcome early = split_by(kJson, small, R"({"a":1,)" + many.substr(1) + "]}", whole);
  EXPECT_EQ(early.code, "");
  EXPECT_EQ(early.records.size(), 1001U);
}

TEST(Include, GivesWhatItHoldsBeforeAFault) {
  const Options options{{"key", "r"}, {"include", Settings{{"a", "ay"}, {"b", "b"}}}};
  const Outcome outcome = split(kJson, options, R"({"a":1,"r":[{"x":1}],)");
  EXPECT_EQ(outcome.records, (Lines{R"({"x":1,"ay":1})"}));
  EXPECT_EQ(outcome.code, "truncated_json");
}

TEST(Rename, ChangesNamesOfTheRecordAndNothingElse) {
  EXPECT_EQ(split(kJson, {{"rename", Settings{{"a", "A\""}, {"é", "e"}}}},
                  R"({"a":{"a":1.0},"\u0061":"a","b": [ {"a":1} ],"é":1E5} [1] "a")")
                .records,
            (Lines{R"({"A\"":{"a":1.0},"A\"":"a","b":[{"a":1}],"e":1E5})", "1", "\"a\""}));
}

TEST(Flat, JoinsNamesAndKeepsArraysAndEmptyObjects) {
  const Options options{{"flat", "true"}, {"rename", Settings{{"a", "z"}}}};
  EXPECT_EQ(split(kJson, options, R"({"a":{"b":{"c":1.0,"a":"}"},"d":{}},"e":[{"f":1}],"g":{"h":null}})").records,
            (Lines{R"({"z_b_c":1.0,"z_b_a":"}","z_d":{},"e":[{"f":1}],"g_h":null})"}));
  EXPECT_EQ(split(kJson, options, "{}").records, (Lines{"{}"}));
}

TEST(Flat, LeavesAlonePathologicalObjects) {
  std::string deep;
  for (int i = 0; i < 500; ++i) deep += "{\"" + std::string(20, 'n') + R"(":1,"b":)";
  deep += "1" + std::string(500, '}');
  const Outcome outcome = split_by(kJson, {.record_bytes_max = 20000, .options = {{"flat", "true"}}}, deep,
                                   [] { return std::string_view::npos; });
  EXPECT_EQ(outcome.records, (Lines{deep}));
  EXPECT_EQ(split(kJson, {{"flat", "true"}}, R"({"a":{1},"b":2})").records, (Lines{R"({"a":{1},"b":2})"}));
}

TEST(Skip, DropsTheRecordsOfAnObjectWithSuchAMemberInAnyOrder) {
  const Options options{{"key", "r"}, {"skip", Settings{{"t", "CONTROL"}}}};
  EXPECT_EQ(split(kJson, options,
                  R"({"t":"CONTROL","r":[1]}{"r":[2],"t":"\u0043ONTROL"}{"t":"DATA","r":[3]})"
                  R"({"r":[4],"t":"DATA"}{"r":[5]})"
                  R"({"t":"CONTROL"})")
                .records,
            (Lines{"3", "4", "5"}));
}

TEST(ExtractionKey, TakesElementsObjectsAndDecodedText) {
  const Options options{{"key", "r"}, {"extraction_key", List{List{"m", "n"}, "m"}}};
  const Outcome outcome =
      split(kExtract, options,
            R"({"r":[{"m":{"n":[1,{"a":2},"t\"x"]}},{"m":{"n":{"b": 3}}},{"m":"one\ntwo\r\n"},{"m":" {\"c\" : 4}\n"},)"
            R"({"m":""},{"m":null},{"other":5},{"m":6.0},"s"]})");
  EXPECT_EQ(outcome.records, (Lines{"1", R"({"a":2})", "t\"x", R"({"b":3})", "one\\ntwo", R"({"c":4})", R"({"m":null})",
                                    R"({"other":5})", "6.0", "s"}));
  EXPECT_EQ(outcome.json, (std::vector{true, true, false, true, false, true, true, true, true, false}));
}

TEST(ExtractionKey, ShapesWhatItFound) {
  EXPECT_EQ(
      split(
          kExtract,
          {{"key", "r"}, {"extraction_key", "m"}, {"include", Settings{{"o", "o"}}}, {"rename", Settings{{"a", "b"}}}},
          R"({"r":[{"m":{"a":1}},{"m":"{\"a\": 2}"},{"m":"text"}],"o":true})")
          .records,
      (Lines{R"({"b":1,"o":true})", R"({"b":2,"o":true})", "text"}));
}

TEST(JsonOptions, AreRefusedWithTheirNamesIfTheyCannotBeUsed) {
  const std::pair<Options, const char*> wrong[] = {
      {{{"key", List{}}}, "config.key"},
      {{{"key", Settings{{"a", "b"}}}}, "config.key"},
      {{{"key", List{"a", List{"a", "b"}}}}, "\"a\""},
      {{{"key", List{"a", "a"}}}, "twice"},
      {{{"key", List{Setting(List{"a", List{"b"}})}}}, "config.key"},
      {{{"key", "r"}, {"include", "x"}}, "config.include"},
      {{{"key", "r"}, {"include", Settings{{"r", "x"}}}}, "leads to the records"},
      {{{"include", Settings{{"a", "b"}}}}, "needs key beside it"},
      {{{"skip", Settings{{"a", "b"}}}}, "needs key beside it"},
      {{{"key", "r"}, {"rename", Settings{{"a", ""}}}}, "config.rename"},
      {{{"flat", "perhaps"}}, "config.flat"},
      {{{"kee", "r"}}, "known are: key, control_key, skip, include, rename, flat"},
  };
  for (const auto& [options, part] : wrong) {
    const OptionFaults faults = find_format(kJson)->check(options);
    EXPECT_NE(faults.text().find(part), std::string::npos) << faults.text();
  }
  EXPECT_TRUE(find_format(kJson)->check({{"key", List{"a", List{"b", "c"}}}, {"include", Settings{{"d", "e"}}}}).ok());
  EXPECT_FALSE(find_format(kExtract)->check({{"key", "r"}}).ok());
  EXPECT_FALSE(find_format("json_object_to_linesplit_processor")->check({}).ok());
  EXPECT_FALSE(find_format("separated_json_processor")->check({{"separator", ""}}).ok());
  EXPECT_FALSE(find_format("cloudwatch_logs_processor")->check({{"event", "both"}}).ok());
  EXPECT_FALSE(find_format("cloudwatch_logs_processor")->check({{"include", Settings{{"a", "b"}}}}).ok());
  EXPECT_FALSE(find_format("split_or_unseparated_processor")->check({{"regex", "("}}).ok());
  EXPECT_FALSE(find_format("dict_processor")->check({{"key", "r"}}).ok());
}

}  // namespace
}  // namespace dray::format
