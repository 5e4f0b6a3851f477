#include "base/json.h"

#include <gtest/gtest.h>

namespace dray {
namespace {

TEST(Json, NumbersKeepTheirText) {
  const std::string text = R"([0,-0,1.0,1e5,-12,18446744073709551616,123456789012345678901234567890,0.10])";
  const auto json = Json::parse(text);
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(json->dump(), text);
}

TEST(Json, TheLastOfADoubledKeyCounts) {
  const auto json = Json::parse(R"({"a":1,"a":{"b":"x"},"a":"last"})");
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(json->text("a"), "last");
}

TEST(Json, ReadsEveryKindAndWritesItBackCompact) {
  const auto json = Json::parse(" { \"z\" : [ true , false , null ] , \"a\" : { } , \"s\" : \"\\u00e9\\n\\\"\" } ");
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(json->dump(), "{\"a\":{},\"s\":\"\xC3\xA9\\n\\\"\",\"z\":[true,false,null]}");
}

TEST(Json, MissingMembersAreNullAndNoText) {
  const auto json = Json::parse(R"({"n":5})");
  ASSERT_TRUE(json.ok());
  EXPECT_TRUE((*json)["absent"]["deeper"].is_null());
  EXPECT_EQ(json->text("n"), "");
  EXPECT_EQ((*json)["n"].if_integer(), 5);
}

TEST(Json, OnlyWholeNumbersThatFitAreIntegers) {
  EXPECT_EQ(Json(Json::Number{"9223372036854775807"}).if_integer(), INT64_MAX);
  EXPECT_EQ(Json(Json::Number{"9223372036854775808"}).if_integer(), std::nullopt);
  EXPECT_EQ(Json(Json::Number{"1.0"}).if_integer(), std::nullopt);
  EXPECT_EQ(Json("5").if_integer(), std::nullopt);
}

TEST(Json, DepthIsLimitedTo512) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(Json::parse(nested(512)).ok());
  const auto deep = Json::parse(nested(513));
  ASSERT_FALSE(deep.ok());
  EXPECT_NE(deep.error().message.find("deeper than 512"), std::string::npos);
}

TEST(Json, AFaultIsPoisonWithItsByteOffset) {
  const auto json = Json::parse(R"({"a":1,)");
  ASSERT_FALSE(json.ok());
  EXPECT_EQ(json.error().kind, ErrorKind::poison);
  EXPECT_EQ(json.error().code, "bad_json");
  EXPECT_NE(json.error().message.find("byte 8"), std::string::npos) << json.error().message;
}

TEST(Json, HostileTextsAreErrors) {
  for (const std::string_view text :
       {"", " ", "{", "[1,]", "{\"a\":1}x", "nul", "\"\xff\"", "\"\\ud800\"", "<html>", "01"}) {
    EXPECT_FALSE(Json::parse(text).ok()) << text;
  }
}

TEST(Json, BytesThatAreNotUtf8AreWrittenAsReplacementCharacters) {
  EXPECT_EQ(Json("a\xff"
                 "b\xED\xA0\x80")
                .dump(),
            "\"a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(Json(std::string("\x01\x00\x1f\x7f", 4)).dump(), "\"\\u0001\\u0000\\u001f\x7f\"");
}

}  // namespace
}  // namespace dray
