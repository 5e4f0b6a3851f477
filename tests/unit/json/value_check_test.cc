#include "json/value_check.h"

#include <gtest/gtest.h>

#include <string>

#include "base/random.h"
#include "json/strict.h"

namespace dray::json {
namespace {

// The length of the value at the text's start, fed in pieces; npos if it is none.
std::size_t value_length(std::string_view text, std::size_t piece) {
  ValueCheck check;
  check.begin();
  std::size_t taken = 0;
  while (taken < text.size() && !check.done() && !check.failed()) {
    const std::string_view next = text.substr(taken, piece);
    const std::size_t used = check.take(next);
    taken += used;
    if (used < next.size()) break;
  }
  if (!check.done()) check.finish();
  return check.done() ? taken : std::string_view::npos;
}

TEST(ValueCheck, FindsTheEndOfAValueAndTakesNothingBehindIt) {
  for (const std::size_t piece : {1U, 2U, 100U}) {
    EXPECT_EQ(value_length(R"( {"a":[1,{}],"b":"}\"\u00e9"}{"c")", piece), 29U);
    EXPECT_EQ(value_length("12,", piece), 2U);
    EXPECT_EQ(value_length("-0.5e+3 ", piece), 7U);
    EXPECT_EQ(value_length("true1", piece), 4U);
    EXPECT_EQ(value_length("\"x\"\"y\"", piece), 3U);
    EXPECT_EQ(value_length("1024", piece), 4U);
  }
}

TEST(ValueCheck, RefusesWhatTheGrammarDoesNotHave) {
  for (const char* text :
       {"",    " ",  "{",  "{a:1}", "{\"a\":1,}", "[1,]", "[1 2]",    "{\"a\" 1}", "tru",         "trve",
        "-",   "1.", "1e", "1e+",   ".5",         "+1",   "\"a\nb\"", R"("\q")",   R"("\u12g4")", "'a'",
        "NaN", "]",  "}",  "[}",    "{]"}) {
    EXPECT_EQ(value_length(text, 1), std::string_view::npos) << text;
  }
  EXPECT_EQ(value_length("01", 1), 1U) << "the zero is a whole number";
  EXPECT_EQ(value_length(std::string(1025, '['), 100), std::string_view::npos);
}

TEST(ValueCheck, AgreesWithIsValue) {
  static constexpr std::string_view kParts[] = {"{", "}", "[",  "]",  ",",    ":",    "\"a\"", "\"", "\\",      "1",
                                                "-", "0", ".5", "e3", "true", "null", " ",     "\n", "\\u00e9", "x"};
  std::size_t values = 0;
  for (std::uint64_t seed = 0; seed < 200'000; ++seed) {
    Random random(seed);
    std::string text;
    for (std::uint64_t parts = 1 + random.below(7); parts > 0; --parts) text += kParts[random.below(std::size(kParts))];
    const std::size_t length = value_length(text, 1 + random.below(3));
    const bool whole = length != std::string_view::npos && text.find_first_not_of(" \n", length) == std::string::npos;
    ASSERT_EQ(whole, is_value(text)) << text;
    values += whole ? 1U : 0U;
  }
  EXPECT_GT(values, 1000U);
}

}  // namespace
}  // namespace dray::json
