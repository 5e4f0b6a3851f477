#include "config/definition_tests.h"

#include <gtest/gtest.h>

#include "config/definition_parser.h"
#include "config/predefined.h"

namespace dray::config {
namespace {

struct Outcome {
  std::optional<service::Definition> definition;
  std::string complaints;
};

Outcome parse(const std::string& yaml, const service::Definition* base = nullptr) {
  Complaints complaints;
  Outcome outcome;
  outcome.definition = parse_definition("mine", YAML::Load(yaml), base, "c.yaml", "services.mine", complaints);
  outcome.complaints = complaints.text();
  return outcome;
}

Outcome parse_tests(const std::string& tests) {
  return parse("file_format: {type: line_split_processor}\nrouting_template: my.app\ntests:\n" + tests);
}

TEST(DefinitionTests, HoldInputInThreeFormsAndEventsOrACount) {
  const Outcome outcome = parse_tests(R"(
  - name: lines
    key: a/b
    bucket: logs
    region: eu-west-1
    account: "111122223333"
    input: |
      one
      two
    expect:
      - { tag: my.app, event: one }
      - { tag: my.app, event_base64: dHdv }
  - input_base64: |
      b25l
      Cg==
    expect: []
  - { input_file: samples/x.gz, expect_count: 1200 }
)");
  ASSERT_TRUE(outcome.definition) << outcome.complaints;
  EXPECT_EQ(outcome.complaints, "");
  const auto& tests = outcome.definition->tests;
  ASSERT_EQ(tests.size(), 3U);
  EXPECT_EQ(tests[0].name, "lines");
  EXPECT_EQ(tests[0].key, "a/b");
  EXPECT_EQ(tests[0].bucket + tests[0].region + tests[0].account, "logseu-west-1111122223333");
  EXPECT_EQ(tests[0].input, "one\ntwo\n");
  EXPECT_EQ(tests[0].events, (std::vector<service::DefinitionTest::Event>{{"my.app", "one"}, {"my.app", "two"}}));
  EXPECT_EQ(tests[0].file, "c.yaml");
  EXPECT_EQ(tests[0].line, 5);
  EXPECT_EQ(tests[1].input, "one\n");
  EXPECT_FALSE(tests[1].count);
  EXPECT_EQ(tests[2].input_file, "samples/x.gz");
  EXPECT_EQ(tests[2].count, 1200U);
}

TEST(DefinitionTests, AreComplainedOfWithTheirLines) {
  const Outcome outcome = parse_tests(R"(
  - { name: nothing }
  - { input: a, input_file: b, expect: [], expect_count: 1 }
  - { input_base64: "*", expect: [{ tag: x }] }
  - { input: a, expect_count: -1 }
  - { input: a, expct: [], expect: [] }
)");
  EXPECT_FALSE(outcome.definition);
  EXPECT_EQ(
      outcome.complaints,
      "c.yaml:5: error: services.mine.tests[0]: needs one of input, input_base64, input_file (the bytes of the "
      "object)\n"
      "c.yaml:5: error: services.mine.tests[0]: needs one of expect (a list of events, [] for none), expect_count\n"
      "c.yaml:6: error: services.mine.tests[1]: has several of these; keep one: input, input_base64, input_file (the "
      "bytes of the object)\n"
      "c.yaml:6: error: services.mine.tests[1]: has several of these; keep one: expect (a list of events, [] for "
      "none), expect_count\n"
      "c.yaml:7: error: services.mine.tests[2].expect[0]: needs tag, and either event or event_base64\n"
      "c.yaml:7: error: services.mine.tests[2].input_base64: is no base64\n"
      "c.yaml:8: error: services.mine.tests[3].expect_count: must be a number of events\n"
      "c.yaml:9: warning: services.mine.tests[4].expct: unknown key, it has no effect; did you mean \"expect\"?\n");
}

// What the user changes makes the shipped expectations void; what is taken as shipped keeps them.
TEST(DefinitionTests, OfAPredefinedServiceEndWithAChange) {
  const service::Definition* shipped = predefined("aws_sqs_vpc");
  ASSERT_NE(shipped, nullptr);
  ASSERT_FALSE(shipped->tests.empty());
  EXPECT_EQ(parse("{}", shipped).definition->tests, shipped->tests);
  EXPECT_EQ(parse("~", shipped).definition->tests, shipped->tests);
  EXPECT_TRUE(parse("routing_template: my.app", shipped).definition->tests.empty());
  EXPECT_EQ(parse("routing_template: my.app\ntests: [{ input: a, expect_count: 1 }]", shipped).definition->tests.size(),
            1U);
}

}  // namespace
}  // namespace dray::config
