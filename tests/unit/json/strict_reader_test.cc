// StrictReader against is_value(), which reads byte by byte.
#include "json/strict_reader.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/random.h"
#include "json/members.h"
#include "json/strict.h"

namespace dray::json {
namespace {

// Reads the text from memory that ends with it.
void expect_the_same(StrictReader& reader, const std::string& text, bool all_names) {
  const std::vector<char> copy(text.begin(), text.end());
  std::vector<std::uint32_t> colons;
  bool blanks = false;
  const bool value = is_value(text, colons, blanks);
  ASSERT_EQ(reader.read({copy.data(), copy.size()}), value) << text;
  if (!value) return;
  ASSERT_EQ(reader.has_blanks(), blanks) << text;
  const std::span<const std::uint32_t> seen = reader.colons();
  if (all_names) {
    ASSERT_TRUE(std::equal(seen.begin(), seen.end(), colons.begin(), colons.end())) << text;
  }
  ASSERT_TRUE(std::includes(colons.begin(), colons.end(), seen.begin(), seen.end())) << text;
}

// All texts of few tokens: what may stand behind what, in which container.
TEST(StrictReader, SaysOfEveryTextOfUpToSevenTokensWhatIsValueSays) {
  static constexpr std::string_view kTokens[] = {"{", "}", "[", "]", ",", ":", "\"k\"", "1", "\""};
  StrictReader reader;
  std::size_t values = 0;
  for (std::size_t length = 2; length <= 7; ++length) {
    std::vector<std::size_t> at(length, 0);
    for (bool more = true; more;) {
      std::string text;
      for (const std::size_t token : at) text += kTokens[token];
      if (at[0] == 0 || at[0] == 2) {
        const bool value = is_value(text);
        ASSERT_EQ(reader.read(text), value) << text;
        values += value ? 1U : 0U;
      }
      more = false;
      // The first token is a '{' or a '[' only.
      for (std::size_t i = length; i-- > 0 && !more;) {
        const std::size_t tokens = i == 0 ? 3 : std::size(kTokens);
        more = ++at[i] < tokens;
        if (!more) at[i] = 0;
      }
    }
  }
  EXPECT_GT(values, 100U);
}

std::string random_scalar(Random& random) {
  static constexpr std::string_view kScalars[] = {
      "1",           "0",        "-0.5e+10", "1E9",    "true",  "false",    "null",        "\"\"",
      "\"a\"",       "\"\\\\\"", "\"{\"",    "\"],\"", "\":\"", "\"\\\"\"", "\"\\u00e9\"", "12345678901234567890",
      "\"a b\"",     "01",       "1.",       "-",      "tru",   "nulls",    "+1",          "\"\\x\"",
      "\"\\u12g4\"", "1e",       "NaN"};
  // The last ten are none.
  return std::string(kScalars[random.below(random.chance(0.002) ? std::size(kScalars) : std::size(kScalars) - 10)]);
}

std::string random_value(Random& random, std::uint64_t deep) {
  if (deep == 0 || random.chance(0.4)) {
    return random.chance(0.2) ? '"' + std::string(random.below(100), 'x') + '"' : random_scalar(random);
  }
  const bool object = random.chance(0.6);
  std::string text(1, object ? '{' : '[');
  for (std::uint64_t left = random.below(6); left > 0; --left) {
    static constexpr std::string_view kNames[] = {"name", "e", "source", "na\\u006de", "x\\\"name", "time"};
    if (object) text.append("\"").append(kNames[random.below(std::size(kNames))]).append("\":");
    text += random_value(random, deep - 1);
    if (left > 1) text += ',';
  }
  return text + (object ? '}' : ']');
}

TEST(StrictReader, SaysOfRandomTextsWhatIsValueSays) {
  StrictReader all;
  StrictReader named;
  const std::vector<std::string> names{"name", "e"};
  named.look_for(names);
  std::size_t values = 0;
  for (std::uint64_t seed = 0; seed < 20000; ++seed) {
    Random random(seed);
    std::string text = random_value(random, 1 + random.below(10));
    if (random.chance(0.6)) {
      static constexpr std::string_view kBytes = "{}[],:\"\\ 1atn\n\t\x01\x7F";
      const std::size_t at = random.below(text.size());
      switch (random.below(4)) {
        case 0: text[at] = kBytes[random.below(kBytes.size())]; break;
        case 1: text.insert(at, 1, kBytes[random.below(kBytes.size())]); break;
        case 2: text.erase(at, 1); break;
        default: text.resize(at); break;
      }
    }
    ASSERT_NO_FATAL_FAILURE(expect_the_same(all, text, true)) << "seed " << seed;
    ASSERT_NO_FATAL_FAILURE(expect_the_same(named, text, false)) << "seed " << seed;
    values += is_value(text) ? 1U : 0U;
    if (!named.read(text) || !text.starts_with('{')) continue;
    // Every member of a name that is looked for is there.
    std::vector<std::uint32_t> members;
    scan_members(text, members);
    const std::vector<std::uint32_t> seen(named.colons().begin(), named.colons().end());
    for (const std::string& name : names)
      ASSERT_EQ(find_member(text, seen, name), find_member(text, members, name)) << name << " in " << text;
  }
  EXPECT_GT(values, 5000U);
}

TEST(StrictReader, ReadsTextsAroundAndOverWhatIsLookedAtAtOnce) {
  StrictReader reader;
  for (const std::size_t size :
       {60U, 61U, 62U, 63U, 64U, 65U, 127U, 128U, 129U, 16382U, 16383U, 16384U, 16385U, 40000U}) {
    const std::string text = "{\"k\":\"" + std::string(size - 8, 'v') + "\"}";
    ASSERT_NO_FATAL_FAILURE(expect_the_same(reader, text, true));
    ASSERT_NO_FATAL_FAILURE(expect_the_same(reader, text.substr(0, size - 2) + "}", true));
    std::string list = "[";
    while (list.size() < size - 1) list += "1,";
    list.back() = ']';
    ASSERT_NO_FATAL_FAILURE(expect_the_same(reader, list, true));
    list[list.size() / 2] = list[list.size() / 2] == '1' ? ',' : '1';
    ASSERT_NO_FATAL_FAILURE(expect_the_same(reader, list, true));
  }
}

TEST(StrictReader, ReadsTheSameWithoutTheInstructions) {
  StrictReader plain(nullptr);
  EXPECT_TRUE(plain.read(R"({"a":[1,{"b":2}]})"));
  ASSERT_EQ(plain.colons().size(), 1U);
  EXPECT_EQ(plain.colons()[0], 4U);
  EXPECT_FALSE(plain.has_blanks());
  EXPECT_TRUE(plain.read(R"({"a": 1})"));
  EXPECT_TRUE(plain.has_blanks());
  EXPECT_FALSE(plain.read(R"({"a":1]})"));
}

}  // namespace
}  // namespace dray::json
