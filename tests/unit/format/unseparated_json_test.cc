#include "split.h"

namespace dray::format {
namespace {

constexpr std::string_view kJson = "unseparated_json_processor";
using Lines = std::vector<std::string>;

Outcome records_of(std::string_view text) {
  return split(kJson, {{"key", "Records"}}, text);
}
Outcome values_of(std::string_view text) {
  return split(kJson, {}, text);
}

TEST(UnseparatedJson, TakesByteOrderMarksOfJoinedFilesForWhiteSpace) {
  const Outcome outcome = split("unseparated_json_processor", {{"key", "Records"}},
                                "\xEF\xBB\xBF{\"Records\":[1]}\n\xEF\xBB\xBF{\"Records\":[2]}\xEF\xBB\xBF");
  EXPECT_EQ(outcome.records, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(outcome.code, "");
  const Outcome other = split("unseparated_json_processor", {}, "{}\n\xEF\xBB\xBC\n{}\n\xEF\xBB");
  EXPECT_EQ(other.records, (std::vector<std::string>{"{}", "\xEF\xBB\xBC", "{}"}));
  EXPECT_EQ(other.code, "truncated_json");
}

TEST(UnseparatedJson, GivesTheElementsOfTheArray) {
  EXPECT_EQ(records_of(R"({"Records":[{"a":1},{"b":"}]{["}]})").records, (Lines{R"({"a":1})", R"({"b":"}]{["})"}));
  EXPECT_EQ(
      records_of(R"({"x":{"Records":[1]},"y":[{"Records":[2]}],"Records":[{"a":1}],"z":"\"Records\":[3]"})").records,
      (Lines{R"({"a":1})"}));
}

TEST(UnseparatedJson, GivesNothingForAnEmptyArrayAndNull) {
  for (const char* text : {R"({"Records":[]})", R"({"Records":null})", R"( {"Records" : [ ] } )", "", " \n"}) {
    EXPECT_EQ(records_of(text), (Outcome{})) << text;
  }
}

TEST(UnseparatedJson, TakesASingleObjectAsOneRecord) {
  EXPECT_EQ(records_of(R"({"Records":{"a":1}})").records, (Lines{R"({"a":1})"}));
}

TEST(UnseparatedJson, GivesBothArraysOfADoubledKey) {
  EXPECT_EQ(records_of(R"({"Records":[{"a":1}],"Records":[{"a":2}]})").records, (Lines{R"({"a":1})", R"({"a":2})"}));
}

TEST(UnseparatedJson, ComparesTheKeyDecoded) {
  EXPECT_EQ(records_of(R"({"\u0052ecords":[1]})").records, (Lines{"1"}));
  EXPECT_EQ(records_of(R"({"Records\"":[1]})").code, "no_records");
}

TEST(UnseparatedJson, TakesAnyElement) {
  EXPECT_EQ(records_of(R"({"Records":[null,true,-1.0E+5,"s,]",[1,{}],[],{}]})").records,
            (Lines{"null", "true", "-1.0E+5", R"("s,]")", "[1,{}]", "[]", "{}"}));
}

TEST(UnseparatedJson, MakesARecordCompactOnlyOutsideStrings) {
  const Outcome outcome =
      records_of("{\n \"Records\" : [\n  { \"a b\" : [ 1.0 , 2 ] ,\r\n\t\"c\":\" x\\n \" },\n  7 ]\n}\n");
  EXPECT_EQ(outcome.records, (Lines{R"({"a b":[1.0,2],"c":" x\n "})", "7"}));
}

TEST(UnseparatedJson, EscapesALineFeedInsideAString) {
  EXPECT_EQ(records_of("{\"Records\":[{\"a\":\"x\ny\"},\"p\nq\"]}").records, (Lines{R"({"a":"x\ny"})", R"("p\nq")"}));
}

TEST(UnseparatedJson, WalksFromValueToValue) {
  EXPECT_EQ(records_of(R"({"Records":[1]}{"Records":[2]} {"Records":[3]})"
                       "\n{\"Records\":[4]}")
                .records,
            (Lines{"1", "2", "3", "4"}));
  EXPECT_EQ(values_of(R"({"a":1}{"b":2}[3][4] 5 6 "x""y")"
                      "\n{\n\"c\" : 7\n}\n8")
                .records,
            (Lines{R"({"a":1})", R"({"b":2})", "3", "4", "5", "6", R"("x")", R"("y")", R"({"c":7})", "8"}));
}

TEST(UnseparatedJson, TakesSeveralKeys) {
  EXPECT_EQ(split(kJson, {{"key", Setting::List{"Records", "events"}}}, R"({"events":[1],"Records":[2]}{"events":[3]})")
                .records,
            (Lines{"1", "2", "3"}));
}

TEST(UnseparatedJson, KnowsADigestByItsMember) {
  EXPECT_EQ(records_of(R"({"awsAccountId":"1","digestStartTime":"2024-03-05T08:00:00Z","logFiles":[]})"), (Outcome{}));
  EXPECT_EQ(records_of(R"({"digestStartTime":"t","Records":[1]})").records, (Lines{"1"}));
  EXPECT_EQ(split(kJson, {{"key", "events"}}, R"({"digestStartTime":"t"})").code, "no_records");
  EXPECT_EQ(split(kJson, {{"key", "events"}, {"control_key", "note"}}, R"({"note":"t"})").code, "");
}

TEST(UnseparatedJson, TellsWhatStandsInPlaceOfTheRecords) {
  const Outcome outcome = records_of(R"({"Records":[1]}{"logFiles":[],"other":2})");
  EXPECT_EQ(outcome.records, (Lines{"1"}));
  EXPECT_EQ(outcome.code, "no_records");
  EXPECT_TRUE(outcome.message.ends_with("its members: logFiles, other")) << outcome.message;
  EXPECT_TRUE(records_of("{}").message.ends_with("its members: none"));
  const std::string eight = R"({"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1)";
  EXPECT_TRUE(records_of(eight + "}").message.ends_with("its members: a, b, c, d, e, f, g, h"));
  EXPECT_TRUE(records_of(eight + R"(,"i":1,"j":1})").message.ends_with("its members: a, b, c, d, e, f, g, h, …"));
  for (const char* text : {"{}", "1", R"("x")", R"({"Records":"x"})", R"({"Records":1})", "[[]]", "[1]"}) {
    EXPECT_EQ(records_of(text).code, "no_records") << text;
  }
}

TEST(UnseparatedJson, EndsAtTheFirstFaultAfterTheGoodRecords) {
  for (const char* fault : {R"({"Records":[1,]})", R"({"Records":[1,,2]})", R"({"Records":[1 2]})", R"({"Records":[1})",
                            R"({"Records":[1,x]})", R"({"Records":[1,NaN]})", R"({"Records":[1,01]})",
                            R"({"Records":[1,'a']})", R"({"Records":[1,{"a":[}]})", R"({"Records":[1],})",
                            R"({"Records":[1]]})", R"({"Records":[1]},)", R"({"Records":[1]}x)"}) {
    const Outcome outcome = records_of(fault);
    EXPECT_EQ(outcome.records, (Lines{"1"})) << fault;
    EXPECT_EQ(outcome.code, std::string_view(fault).ends_with("}x") ? "no_records" : "bad_json") << fault;
  }
  EXPECT_EQ(records_of(std::string_view("{\"Records\":[1]}\0", 16)).code, "bad_json");
  EXPECT_EQ(records_of(R"({Records:[1]})").code, "bad_json");
  EXPECT_EQ(records_of(R"({"Records":nul})").code, "bad_json");
}

TEST(UnseparatedJson, CallsACutValueTruncated) {
  const std::string_view text = R"({"x":{"y":"z\""},"Records":[{"a":"b"},[1],"s",2]})";
  for (std::size_t size = 1; size < text.size(); ++size) {
    EXPECT_EQ(records_of(text.substr(0, size)).code, "truncated_json") << size;
  }
  EXPECT_EQ(values_of("[1,").code, "truncated_json");
  EXPECT_EQ(values_of("tru").code, "bad_json");
}

TEST(UnseparatedJson, PassesBytesUnchangedInsideRecords) {
  for (const std::string& element :
       {std::string("\"\xFF\xC3(\""), std::string("{\"a\":\"\0b\"}", 10), std::string(R"("\ud83d")"),
        std::string("\"\xE2\x80\xA8\xC2\x85\""), std::string(R"({"n":1709629811123456789,"m":1.709629811E9})"),
        std::string(R"({"k":1,"k":2})"), std::string(R"("\/\u00e9")")}) {
    EXPECT_EQ(records_of("{\"Records\":[" + element + "]}").records, (Lines{element}));
  }
}

TEST(UnseparatedJson, LimitsDepth) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(values_of(nested(1025)).records, (Lines{nested(1024)}));
  EXPECT_EQ(values_of(nested(1026)).code, "too_deep");
  EXPECT_EQ(records_of("{\"x\":" + nested(100000)).code, "too_deep");
}

TEST(UnseparatedJson, LimitsARecordButNotWhatItSkips) {
  SplitterOptions options{.record_bytes_max = 10, .options = {{"key", "Records"}}};
  const auto run = [&options](const std::string& text) { return split_by(kJson, options, text, [] { return 7; }); };
  EXPECT_EQ(
      run(R"({"x":")" + std::string(1000, 'x') + R"(","y":[)" + std::string(500, ' ') + R"(],"Records":["12345678"]})")
          .records,
      (Lines{R"("12345678")"}));
  EXPECT_EQ(run(R"({"Records":[1,"123456789"]})").code, "oversize_record");
  EXPECT_EQ(run(R"({"Records":[1,[12345678901]]})").records, (Lines{"1"}));
  EXPECT_EQ(run(R"({"Records":[1,[12345678901]]})").code, "oversize_record");
  EXPECT_EQ(run(R"({"Records":[12345678901]})").code, "oversize_record");
  EXPECT_EQ(run(R"({"Records":[1234567890]})").code, "");
}

TEST(UnseparatedJson, RefusesOptionsItDoesNotHave) {
  const Format& format = *find_format(kJson);
  EXPECT_TRUE(format.check({}).ok());
  EXPECT_TRUE(format.check({{"key", "Records"}, {"control_key", "x"}}).ok());
  for (const Options& options : {Options{{"include", "x"}}, Options{{"kee", "x"}}, Options{{"control_key", "x"}}}) {
    EXPECT_TRUE(format.check(options).has(options.members().front().first)) << format.check(options).text();
  }
}

}  // namespace
}  // namespace dray::format
