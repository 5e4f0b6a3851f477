// The tests that the predefined services carry (`tests:` in services/*.yaml).
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "config/predefined.h"
#include "decode/definition_check.h"

namespace dray::golden {
namespace {

TEST(PredefinedServices, PassTheirOwnTests) {
  std::size_t tests = 0;
  for (const service::Definition& definition : config::all_predefined()) {
    const auto service = decode::prepare(definition, 16U << 20U);
    ASSERT_TRUE(service) << service.error().message;
    const auto no_files = [](const service::DefinitionTest&) -> Result<std::string> {
      return Error{ErrorKind::config, "no_file", "the binary holds no files"};
    };
    for (const decode::FailedTest& failed : decode::check_definition(definition, *service, no_files)) {
      ADD_FAILURE() << "services/" << definition.name << ".yaml:" << failed.test->line << ": " << failed.test->name
                    << ": " << failed.difference;
    }
    tests += definition.tests.size();
  }
  EXPECT_GE(tests, 100U);
}

// Definitions that bring no sample that gives an event, and why.
constexpr std::pair<std::string_view, std::string_view> kWithoutEvents[] = {
    {"aws_sqs_security_lake", "rows of parquet come through dray-parquet, from an object that is read in ranges"},
};

TEST(PredefinedServices, BringTestsOfTheirOwn) {
  for (const service::Definition& definition : config::all_predefined()) {
    EXPECT_FALSE(definition.tests.empty()) << "services/" << definition.name << ".yaml has no tests";
    std::set<std::string> tags;
    for (const service::DefinitionTest& test : definition.tests) {
      EXPECT_FALSE(test.name.empty()) << definition.name << ": a test without a name";
      for (const service::DefinitionTest::Event& event : test.events) tags.insert(event.tag);
    }
    const bool excepted =
        std::ranges::any_of(kWithoutEvents, [&](const auto& one) { return one.first == definition.name; });
    EXPECT_EQ(tags.empty(), excepted) << definition.name << ": a test that gives an event, or a line in kWithoutEvents";
    // Its cases are those of aws_sqs_alb's objects, to which its key_pattern leaves them; golden cases show them.
    if (definition.name == "aws_sqs_elb") continue;
    for (const service::RoutingCase& one : definition.routing_cases) {
      EXPECT_TRUE(tags.contains(one.routing_template)) << definition.name << " shows no " << one.routing_template;
    }
  }
}

// What the console or the source leaves beside the logs is named in filename filters: one of them at least is shown.
TEST(PredefinedServices, ShowWhatTheyLeaveOut) {
  for (const service::Definition& definition : config::all_predefined()) {
    if (definition.filename_filter_rules.size() < 2) continue;  // folder marks alone
    const bool shown = std::ranges::any_of(definition.tests, [](const service::DefinitionTest& test) {
      return !test.key.empty() && test.events.empty() && !test.count;
    });
    EXPECT_TRUE(shown) << definition.name << " has no test with expect: []";
  }
}

}  // namespace
}  // namespace dray::golden
