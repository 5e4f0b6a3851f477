#include "json/members.h"

#include <gtest/gtest.h>

namespace dray::json {
namespace {

std::string looked_up(std::string_view record, const std::vector<std::string>& path) {
  std::vector<std::uint32_t> colons;
  scan_members(record, colons);
  const auto raw = find_path(record, colons, path);
  const auto again = find_path(record, {}, path);
  EXPECT_EQ(raw.has_value(), again.has_value());
  return raw ? string_value(*raw).value_or("null") : "absent";
}

TEST(Members, FindsTopLevelMembersOnly) {
  const std::string_view record = R"({"a":{"b":"inner","c":[{"d":1}]},"b":"outer","e":"x:y{z}","f":[1,2]})";
  EXPECT_EQ(looked_up(record, {"b"}), "outer");
  EXPECT_EQ(looked_up(record, {"d"}), "absent");
  EXPECT_EQ(looked_up(record, {"e"}), "x:y{z}");
  EXPECT_EQ(looked_up(record, {"a", "b"}), "inner");
  EXPECT_EQ(looked_up(record, {"a", "c", "0", "d"}), "1");
}

TEST(Members, TakesTheLastOfADoubledKey) {
  EXPECT_EQ(looked_up(R"({"k":"first","x":1,"k":"last"})", {"k"}), "last");
  EXPECT_EQ(looked_up(R"({"k":"first","\u006b":"last"})", {"k"}), "last");
}

TEST(Members, ComparesKeysDecoded) {
  EXPECT_EQ(looked_up(R"({"event\u0053ource":"s3"})", {"eventSource"}), "s3");
  EXPECT_EQ(looked_up(R"({"a\"b":"q"})", {"a\"b"}), "q");
  EXPECT_EQ(looked_up(R"({"x\"k":"no"})", {"k"}), "absent");
  EXPECT_EQ(looked_up(R"({"x\\":"yes"})", {"x\\"}), "yes");
  EXPECT_EQ(looked_up(R"({"":"empty"})", {""}), "empty");
  EXPECT_EQ(looked_up(R"({"a\\n":"no"})", {"a\\\\n"}), "absent");
}

TEST(Members, FindsKeysBehindLongKeysAndSpaces) {
  const std::string longer(300, 'k');
  EXPECT_EQ(looked_up("{ \"" + longer + "\" : 1 , \"z\"\t:\n \"v\" }", {"z"}), "v");
  EXPECT_EQ(looked_up("{ \"" + longer + "\" : 1 , \"z\" : \"v\" }", {longer}), "1");
}

TEST(Members, IndexesArraysAsPythonDoes) {
  const std::string_view record = R"({"a":[10,"b,]",[1],{"k":true} , null]})";
  EXPECT_EQ(looked_up(record, {"a", "0"}), "10");
  EXPECT_EQ(looked_up(record, {"a", "1"}), "b,]");
  EXPECT_EQ(looked_up(record, {"a", "2", "0"}), "1");
  EXPECT_EQ(looked_up(record, {"a", "3", "k"}), "true");
  EXPECT_EQ(looked_up(record, {"a", "-1"}), "null");
  EXPECT_EQ(looked_up(record, {"a", "-5"}), "10");
  EXPECT_EQ(looked_up(record, {"a", "-6"}), "absent");
  EXPECT_EQ(looked_up(record, {"a", "5"}), "absent");
  EXPECT_EQ(looked_up(record, {"a", "x"}), "absent");
  EXPECT_EQ(looked_up(R"({"a":[]})", {"a", "0"}), "absent");
  EXPECT_EQ(looked_up(R"({"a":[]})", {"a", "-1"}), "absent");
  EXPECT_EQ(looked_up(R"([{"a":5}])", {"0", "a"}), "5");
}

TEST(Members, KeepsNumbersAndBooleansAsWritten) {
  EXPECT_EQ(looked_up(R"({"n":1.0E+05,"m":-0,"t":false})", {"n"}), "1.0E+05");
  EXPECT_EQ(looked_up(R"({"n":1.0E+05,"m":-0,"t":false})", {"m"}), "-0");
  EXPECT_EQ(looked_up(R"({"n":9007199254740993})", {"n"}), "9007199254740993");
  EXPECT_EQ(looked_up(R"({"n":null})", {"n"}), "null");
  EXPECT_EQ(looked_up(R"({"n":{}})", {"n"}), "null");
}

TEST(Members, DecodesEscapes) {
  EXPECT_EQ(string_value(R"("a\/\b\f\n\r\t\"\\")"), "a/\b\f\n\r\t\"\\");
  EXPECT_EQ(string_value(R"("\u00e9\u20AC\ud83d\ude00")"), "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
  EXPECT_EQ(string_value(R"("\ud83d-\ude00")"), "\xEF\xBF\xBD-\xEF\xBF\xBD");
  EXPECT_EQ(string_value(R"("\u12 \q \u")"), R"(\u12 \q \u)");
  EXPECT_EQ(string_value("\"\xFF\xC3\""), "\xFF\xC3");
  EXPECT_EQ(string_value(R"("\u0000")"), std::string(1, '\0'));
}

TEST(Members, RefusesWhatIsNotOneBalancedContainer) {
  std::vector<std::uint32_t> colons;
  EXPECT_FALSE(scan_members(R"({"a":1)", colons));
  EXPECT_FALSE(scan_members(R"({"a":[1}])", colons));
  EXPECT_FALSE(scan_members(R"({"a":1}{})", colons));
  EXPECT_FALSE(scan_members(R"("a")", colons));
  EXPECT_FALSE(scan_members("", colons));
  EXPECT_TRUE(scan_members(R"( {"a":1} )", colons));
  EXPECT_EQ(colons, (std::vector<std::uint32_t>{5}));
}

}  // namespace
}  // namespace dray::json
