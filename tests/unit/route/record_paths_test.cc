#include "route/record_paths.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "json/members.h"

namespace dray::route {
namespace {

// Keys of many lengths, some written with escapes, some that only look like the wanted ones, some doubled.
std::string random_object(Random& random) {
  constexpr std::string_view keys[] = {"eventSource",
                                       "event\\u0053ource",
                                       "x\\\"eventSource",
                                       "eventSourc",
                                       "aneventSource",
                                       "k",
                                       "",
                                       "\\u006b",
                                       "a_key_of_thirty_characters_000",
                                       "a_key_of_more_than_thirty_characters_eventSource",
                                       "ends with backslash\\\\"};
  std::string object = "{";
  const std::uint64_t members = random.below(12);
  for (std::uint64_t i = 0; i < members; ++i) {
    if (i > 0) object += ',';
    object += '"';
    object += keys[random.below(std::size(keys))];
    object += "\":";
    object += random.chance(0.3) ? R"({"eventSource":"inner","k":[1]})" : R"(":\",)" + std::to_string(i) + '"';
    if (random.chance(0.2)) object.insert(object.size() - 1, random.below(40), ' ');
  }
  return object + "}";
}

TEST(RecordPaths, FindsWhatALookupOfEachPathFinds) {
  const std::vector<std::vector<std::string>> paths = {{"eventSource"},
                                                       {"k"},
                                                       {""},
                                                       {"k", "k", "0"},
                                                       {"a_key_of_thirty_characters_000"},
                                                       {"a_key_of_more_than_thirty_characters_eventSource", "k"}};
  RecordPaths lookup(paths);
  Random random(3);
  std::size_t found = 0;
  for (int round = 0; round < 5000; ++round) {
    const std::string object = random_object(random);
    std::vector<std::uint32_t> members;
    ASSERT_TRUE(json::scan_members(object, members)) << object;
    const bool given = random.chance(0.5);
    const flow::Record record{object, true, given ? flow::MemberColons(members) : std::nullopt};
    const auto values = lookup.find(record);
    for (std::size_t i = 0; i < paths.size(); ++i) {
      const auto expected = json::find_path(object, members, paths[i]);
      EXPECT_EQ(values[i], expected.value_or(std::string_view{})) << object << " " << paths[i].front();
      found += expected.has_value() ? 1U : 0U;
    }
  }
  EXPECT_GT(found, 5000U);
}

}  // namespace
}  // namespace dray::route
