#include "config/expand.h"

#include <gtest/gtest.h>

namespace dray::config {
namespace {

std::optional<std::string> environment(const std::string& name) {
  if (name == "NAME") return "value";
  if (name == "EMPTY") return "";
  if (name == "NESTED") return "${NAME}";
  return std::nullopt;
}

std::string expanded(std::string_view text) {
  const auto result = expand(text, environment);
  return result ? *result : "error: " + result.error().message;
}

TEST(Expand, PutsTheEnvironmentInAnywhereInAValue) {
  EXPECT_EQ(expanded("${NAME}"), "value");
  EXPECT_EQ(expanded("a ${NAME} and ${NAME}."), "a value and value.");
  EXPECT_EQ(expanded(""), "");
}

TEST(Expand, TakesTheDefaultOfWhatIsUnsetOrEmpty) {
  EXPECT_EQ(expanded("${NOPE:-other}"), "other");
  EXPECT_EQ(expanded("${EMPTY:-other}"), "other");
  EXPECT_EQ(expanded("${NAME:-other}"), "value");
  EXPECT_EQ(expanded("${NOPE:-}"), "");
  EXPECT_EQ(expanded("${EMPTY}"), "");
}

TEST(Expand, DoesNotExpandWhatComesIn) {
  EXPECT_EQ(expanded("${NESTED}"), "${NAME}");
}

TEST(Expand, LeavesOtherDollarsAlone) {
  EXPECT_EQ(expanded("^a.*$"), "^a.*$");
  EXPECT_EQ(expanded("$NAME $$ $"), "$NAME $$ $");
  EXPECT_EQ(expanded("$${NAME} ${NAME}"), "${NAME} value");
}

TEST(Expand, SaysWhatIsWrong) {
  EXPECT_EQ(expanded("${NOPE}"), "error: the environment variable NOPE is not set; set it or write ${NOPE:-default}");
  EXPECT_NE(expanded("${NAME").find("without \"}\""), std::string::npos);
  EXPECT_NE(expanded("${}").find("needs the name"), std::string::npos);
  EXPECT_NE(expanded("${a b}").find("needs the name"), std::string::npos);
  EXPECT_NE(expanded("${1A}").find("needs the name"), std::string::npos);
}

}  // namespace
}  // namespace dray::config
