#include "route/operations.h"

#include <gtest/gtest.h>

namespace dray::route {
namespace {

using service::Operation;

std::optional<std::string> split(const std::string& text, const std::string& on, int element) {
  const Operation step{Operation::Kind::split, on, element, "", ""};
  return run_steps({&step, 1}, text);
}

std::string replaced(const std::string& text, const std::string& what, const std::string& with) {
  const Operation step{Operation::Kind::replace, "", 0, what, with};
  return run_steps({&step, 1}, text).value_or("<nothing>");
}

// The expected values are what Python 3 prints for text.split(on)[element] and text.replace(what, with).
TEST(Operations, SplitAsPythonDoes) {
  EXPECT_EQ(split("a/b/c", "/", 0), "a");
  EXPECT_EQ(split("a/b/c", "/", 2), "c");
  EXPECT_EQ(split("a/b/c", "/", -1), "c");
  EXPECT_EQ(split("a/b/c", "/", -3), "a");
  EXPECT_EQ(split("/a//", "/", 0), "");
  EXPECT_EQ(split("/a//", "/", -1), "");
  EXPECT_EQ(split("abc", "/", 0), "abc");
  EXPECT_EQ(split("", "/", 0), "");
  EXPECT_EQ(split("aaaa", "aa", 2), "");
  EXPECT_EQ(split("aaa", "aa", -1), "a");
  EXPECT_EQ(split("a--b", "--", 1), "b");
}

TEST(Operations, AnElementOutOfRangeGivesNothing) {
  EXPECT_EQ(split("a/b/c", "/", 3), std::nullopt);
  EXPECT_EQ(split("a/b/c", "/", -4), std::nullopt);
  EXPECT_EQ(split("", "/", 1), std::nullopt);
}

TEST(Operations, ReplaceAsPythonDoes) {
  EXPECT_EQ(replaced("a_b_", "_", ""), "ab");
  EXPECT_EQ(replaced("aaa", "aa", "b"), "ba");
  EXPECT_EQ(replaced("abc", "x", "y"), "abc");
  EXPECT_EQ(replaced("", "x", "y"), "");
  EXPECT_EQ(replaced("ab", "", "-"), "-a-b-");
  EXPECT_EQ(replaced("\xC3\xBC", "", "-"), "-\xC3\xBC-");
}

TEST(Operations, StepsFollowEachOtherAndEndAtTheFirstThatGivesNothing) {
  const std::vector<Operation> steps = {{Operation::Kind::split, ".", 0, "", ""},
                                        {Operation::Kind::lower, "", 0, "", ""},
                                        {Operation::Kind::replace, "", 0, "-", "_"},
                                        {Operation::Kind::split, "_", 1, "", ""},
                                        {Operation::Kind::replace, "", 0, "", "x"}};
  EXPECT_EQ(run_steps(std::span(steps).first(3), "WAF-Regional.amazonaws.com"), "waf_regional");
  EXPECT_EQ(run_steps(steps, "iam.amazonaws.com"), std::nullopt);
}

}  // namespace
}  // namespace dray::route
