#include "decode/definition_check.h"

#include <gtest/gtest.h>

namespace dray::decode {
namespace {

using service::Definition;
using service::DefinitionTest;

Definition lines() {
  Definition definition;
  definition.name = "mine";
  definition.key_pattern = "^apps/";
  service::FilterRule folder;
  folder.pattern = "/$";
  definition.filename_filter_rules = {{folder}};
  definition.file_format.type = "line_split_processor";
  definition.routing_template = "my.app.[region]";
  return definition;
}

DefinitionTest sample(const std::string& input, std::vector<DefinitionTest::Event> events) {
  DefinitionTest test;
  test.region = "eu-west-1";
  test.input = input;
  test.events = std::move(events);
  return test;
}

// The difference of the only test, or "" if it passes.
std::string outcome(const DefinitionTest& test, Definition definition = lines()) {
  definition.tests = {test};
  const auto service = prepare(definition, 1U << 20U);
  EXPECT_TRUE(service);
  const auto failed = check_definition(definition, *service, [](const DefinitionTest& asked) -> Result<std::string> {
    if (asked.input_file == "there") return std::string("one\ntwo\n");
    return Error{ErrorKind::config, "bad_file", "No such file or directory"};
  });
  return failed.empty() ? "" : failed.front().difference;
}

TEST(DefinitionCheck, WithoutAKeyOnlyTheBytesAreTried) {
  Definition definition = lines();
  definition.filename_filter_rules.front().front().negate = true;  // only folders may pass
  definition.filename_filter_rules.front().front().pattern = "/$";
  DefinitionTest test = sample("one\n", {{"my.app.eu-west-1", "one"}});
  EXPECT_EQ(outcome(test, definition), "");
  test.key = "apps/x";
  EXPECT_EQ(
      outcome(test, definition),
      "expected 1 events, got 0; the first that is missing: my.app.eu-west-1 one; filename_filter_rules leave the "
      "key apps/x out");
}

TEST(DefinitionCheck, IsContentWithTheExpectedEvents) {
  EXPECT_EQ(outcome(sample("one\ntwo\n", {{"my.app.eu-west-1", "one"}, {"my.app.eu-west-1", "two"}})), "");
  EXPECT_EQ(outcome(sample("", {})), "");
}

TEST(DefinitionCheck, TellsTheFirstDifferenceOfATagAndOfAText) {
  EXPECT_EQ(outcome(sample("one\n", {{"my.app", "one"}})), "event 1: expected the tag my.app, got my.app.eu-west-1");
  EXPECT_EQ(outcome(sample("one\n", {{"my.app.eu-west-1", "once"}})),
            "event 1 differs from byte 2 on: expected once, got one");
}

TEST(DefinitionCheck, TellsEventsThatAreMissingAndTooMany) {
  EXPECT_EQ(outcome(sample("one\n", {{"my.app.eu-west-1", "one"}, {"my.app.eu-west-1", "two"}})),
            "expected 2 events, got 1; the first that is missing: my.app.eu-west-1 two");
  EXPECT_EQ(outcome(sample("one\n", {})), "expected 0 events, got 1; the first too many: my.app.eu-west-1 one");
}

TEST(DefinitionCheck, ComparesCountsAlone) {
  DefinitionTest test = sample("one\ntwo\n", {});
  test.count = 2;
  EXPECT_EQ(outcome(test), "");
  test.count = 3;
  EXPECT_EQ(outcome(test), "expected 3 events, got 2");
}

TEST(DefinitionCheck, AsksTheKeyIfThereIsOne) {
  DefinitionTest test = sample("one\n", {{"my.app.eu-west-1", "one"}});
  test.key = "other/x.log";
  EXPECT_EQ(outcome(test), "key_pattern does not match the key other/x.log");
  test.key = "apps/x.log";
  EXPECT_EQ(outcome(test), "");
  test.key = "apps/";
  test.events.clear();
  EXPECT_EQ(outcome(test), "");
}

TEST(DefinitionCheck, ReadsFiles) {
  DefinitionTest test = sample("", {});
  test.count = 2;
  test.input_file = "there";
  EXPECT_EQ(outcome(test), "");
  test.input_file = "nowhere";
  EXPECT_EQ(outcome(test), "input_file nowhere cannot be read: No such file or directory");
}

TEST(DefinitionCheck, TellsTheErrorOfADamagedInput) {
  const std::string difference = outcome(sample("\x1f\x8b\x08", {}));
  EXPECT_EQ(difference.rfind("after 0 events it ended in an error: ", 0), 0U) << difference;
}

}  // namespace
}  // namespace dray::decode
