#include "json/strict.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "json/kernel.h"

namespace dray::json {
namespace {

TEST(IsValue, AcceptsWhatRfc8259Allows) {
  for (const char* text : {"{}", "[]", "null", "true", "false", "0", "-0", "-1.5e+10", "1E5", "0.1", "\"\"",
                           " [ 1 , {\"a\" : [ ] } ]\n", R"("\"\\\/\b\f\n\r\t\u00e9\ud83d")", R"({"a":1,"a":2})",
                           R"({"":{"":[[],{}]}})", "123456789012345678901234567890", "\"\xFF\xE2\x80\xA8\x7F\""}) {
    EXPECT_TRUE(is_value(text)) << text;
  }
}

TEST(IsValue, RefusesTheRest) {
  for (const char* text : {"",
                           " ",
                           "{",
                           "}",
                           "[1,]",
                           "[,1]",
                           "[1 2]",
                           "[1,,2]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{\"a\":1,}",
                           "{a:1}",
                           "{1:2}",
                           "{\"a\":1 \"b\":2}",
                           "{\"a\" 1}",
                           "[1}",
                           "{\"a\":1]",
                           "1 2",
                           "{} {}",
                           "[]]",
                           "nul",
                           "nulll",
                           "True",
                           "NaN",
                           "Infinity",
                           "-",
                           "+1",
                           "01",
                           "1.",
                           ".5",
                           "1e",
                           "1e+",
                           "0x1",
                           "'a'",
                           "\"a",
                           "\"\\q\"",
                           "\"\\u12g4\"",
                           "\"\\u12\"",
                           "\"a\nb\"",
                           "\"\t\"",
                           "// c",
                           "[1]//",
                           "\xEF\xBB\xBF{}"}) {
    EXPECT_FALSE(is_value(text)) << text;
  }
  EXPECT_FALSE(is_value(std::string_view("{}\0", 3)));
  EXPECT_FALSE(is_value(std::string_view("\"\0\"", 3)));
}

TEST(IsValue, LimitsDepthWithoutRecursion) {
  EXPECT_TRUE(is_value(std::string(kDepthMax, '[') + std::string(kDepthMax, ']')));
  EXPECT_FALSE(is_value(std::string(kDepthMax + 1, '[') + std::string(kDepthMax + 1, ']')));
  EXPECT_FALSE(is_value(std::string(10000000, '[')));
}

TEST(IsValue, TellsEveryColonOfTheOutermostObjectHoweverMany) {
  std::vector<std::uint32_t> colons;
  bool blanks = true;
  for (const std::size_t members :
       {std::size_t{3}, std::size_t{64}, std::size_t{65}, std::size_t{5000}, std::size_t{1}}) {
    std::string text = "{";
    std::vector<std::uint32_t> expected;
    for (std::size_t i = 0; i < members; ++i) {
      text += i == 0 ? "\"a\"" : ",\"a\"";
      expected.push_back(static_cast<std::uint32_t>(text.size()));
      text += ":{\"b\":[1]}";
    }
    ASSERT_TRUE(is_value(text + "}", colons, blanks));
    EXPECT_EQ(colons, expected);
    EXPECT_FALSE(blanks);
  }
  ASSERT_TRUE(is_value("{ }", colons, blanks));
  EXPECT_TRUE(colons.empty());
  EXPECT_TRUE(blanks);
}

TEST(FaultOf, TellsWhereATextStopsBeingOneValue) {
  const auto at = [](std::string_view text) { return fault_of(text).value_or(Fault{std::string_view::npos}).at; };
  EXPECT_FALSE(fault_of(R"({"a":[1,true]} )"));
  EXPECT_EQ(at(""), 0U);
  EXPECT_EQ(at("Killed"), 0U);
  EXPECT_EQ(at(R"({"a":1,})"), 7U);
  EXPECT_EQ(at(R"({"a":1} x)"), 8U);
  EXPECT_EQ(at(R"({"a":tru})"), 5U);
  EXPECT_EQ(at(R"({"a":[1})"), 7U);
  EXPECT_EQ(at(R"({"a":1)"), 6U);
  EXPECT_EQ(at(R"({"a":"b)"), 7U);
  EXPECT_EQ(at("{\"a\":\"\x01\"}"), 6U);
  EXPECT_EQ(at(R"({"a":"\q"})"), 7U);
  EXPECT_EQ(at(R"({"a":"\q)"), 7U);
  EXPECT_EQ(at(R"({"a":"\u00g0"})"), 10U);
  EXPECT_EQ(at(R"({"a":"\)"), 7U);
}

TEST(FaultOf, TellsWhatIsTooDeepFromWhatIsNoJson) {
  const std::string deep(kDepthMax, '[');
  ASSERT_TRUE(fault_of(deep + "[]" + std::string(kDepthMax, ']')));
  EXPECT_TRUE(fault_of(deep + "[]" + std::string(kDepthMax, ']'))->too_deep);
  EXPECT_EQ(fault_of(deep + "[")->at, kDepthMax);
  EXPECT_FALSE(fault_of(deep + "x")->too_deep);
  EXPECT_EQ(fault_of(deep + "x")->at, kDepthMax);
}

TEST(IsValue, FindsTheEndOfStringsOfAnyLength) {
  for (std::size_t size = 0; size < 100; ++size) {
    const std::string text(size, 'x');
    EXPECT_TRUE(is_value("\"" + text + "\""));
    EXPECT_TRUE(is_value("\"" + text + "\\n\""));
    EXPECT_FALSE(is_value("\"" + text));
    EXPECT_FALSE(is_value("\"" + text + "\x1F\""));
    EXPECT_FALSE(is_value("\"" + text + "\\\""));
  }
}

}  // namespace
}  // namespace dray::json
