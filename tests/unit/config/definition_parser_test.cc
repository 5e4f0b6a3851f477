#include "config/definition_parser.h"

#include <gtest/gtest.h>

#include "config/predefined.h"
#include "service/catalogue.h"

namespace dray::config {
namespace {

using service::Definition;
using service::FilterRule;
using service::Operation;

struct Outcome {
  std::optional<Definition> definition;
  Complaints complaints;
  [[nodiscard]] std::string text() const { return complaints.text(); }
};

Outcome parse(const std::string& yaml, const std::string& name = "mine", const Definition* base = nullptr) {
  Outcome outcome;
  outcome.definition =
      parse_definition(name, YAML::Load(yaml), base, "config.yaml", "services." + name, outcome.complaints);
  return outcome;
}

// A definition of the user's own that has all it needs, and more.
Outcome parse_own(const std::string& more) {
  return parse("file_format: {type: line_split_processor, config: {json: true}}\nrouting_template: my.app.a.b\n" +
               more);
}

TEST(DefinitionParser, AcceptsTheProductsCompleteExample) {
  const Outcome outcome = parse(R"(
file_field_definitions:
  log_type: [ {operator: split, on: "/", element: -2}, {operator: replace, to_replace: "_", replace_with: ""} ]
filename_filter_rules:
  - [ {type: match, pattern: CloudTrail-Digest} ]
  - [ {type: match, pattern: ConfigWritabilityCheckFile} ]
encoding: gzip
send_filtered_out_to_unknown: false
file_format: { type: line_split_processor, config: { json: true } }
record_field_mapping:
  event_simpleName: { keys: [event_simpleName] }
  user: { keys: [a, 0, b], operations: [ {operator: split, on: "@", element: 1} ] }
routing_template: edr.crowdstrike.cannon.[record-event_simpleName]
line_filter_rules:
  - [ {source: record, key: event_simpleName, type: match, value: EndOfProcess} ]
  - [ {source: file, key: log_type, type: doesnotmatch, pattern: "^Del"} ]
)");
  ASSERT_TRUE(outcome.definition) << outcome.text();
  EXPECT_EQ(outcome.text(), "");
  const Definition& d = *outcome.definition;
  EXPECT_EQ(d.encoding, "gzip");
  EXPECT_EQ(d.file_format.options.text("json"), "true");
  ASSERT_EQ(d.file_field_definitions.size(), 1U);
  EXPECT_EQ(d.file_field_definitions[0].name, "log_type");
  ASSERT_EQ(d.file_field_definitions[0].operations.size(), 2U);
  EXPECT_EQ(d.file_field_definitions[0].operations[0].element, -2);
  EXPECT_EQ(d.file_field_definitions[0].operations[1].kind, Operation::Kind::replace);
  ASSERT_EQ(d.filename_filter_rules.size(), 2U);
  EXPECT_EQ(d.filename_filter_rules[1][0].pattern, "ConfigWritabilityCheckFile");
  ASSERT_EQ(d.record_field_mapping.size(), 2U);
  EXPECT_EQ(d.record_field_mapping[1].keys, (std::vector<std::string>{"a", "0", "b"}));
  ASSERT_EQ(d.line_filter_rules.size(), 2U);
  EXPECT_EQ(d.line_filter_rules[0][0].value, "EndOfProcess");
  EXPECT_FALSE(d.line_filter_rules[0][0].negate);
  EXPECT_EQ(d.line_filter_rules[1][0].source, FilterRule::Source::file);
  EXPECT_TRUE(d.line_filter_rules[1][0].negate);
  EXPECT_FALSE(d.key_pattern);
}

TEST(DefinitionParser, TakesAPredefinedServiceAsShipped) {
  for (const char* yaml : {"{}", ""}) {
    const Outcome outcome = parse(yaml, "aws_sqs_vpc", predefined("aws_sqs_vpc"));
    ASSERT_TRUE(outcome.definition) << outcome.text();
    EXPECT_TRUE(outcome.definition->predefined);
    EXPECT_EQ(outcome.definition->routing_template, "cloud.aws.vpc.flow");
    EXPECT_EQ(outcome.definition->file_format.type, "vpc_flow_processor");
  }
}

TEST(DefinitionParser, AnOverrideReplacesAWholeKeyAndLeavesTheOthers) {
  const Outcome outcome =
      parse("filename_filter_rules: [[{type: match, pattern: x}]]\nrouting_template: my.app.trail.all\n",
            "aws_sqs_cloudtrail", predefined("aws_sqs_cloudtrail"));
  ASSERT_TRUE(outcome.definition) << outcome.text();
  EXPECT_EQ(outcome.definition->filename_filter_rules.size(), 1U);
  EXPECT_EQ(outcome.definition->routing_template, "my.app.trail.all");
  EXPECT_EQ(outcome.definition->file_format.type, "unseparated_json_processor");
  EXPECT_EQ(outcome.definition->record_field_mapping.size(), 1U);
}

TEST(DefinitionParser, OurOwnKeysAreRead) {
  const Outcome outcome = parse_own(R"(key_pattern: '\.json$'
summary: mine
record_field_mapping:
  kind:
    keys: kind
    type: string
    default: other
    operations: {operator: lower}
    when: [{keys: [a, b], value: 1, then: one}]
routing_cases: [{key_pattern: x, routing_template: my.app.x.y}]
)");
  ASSERT_TRUE(outcome.definition) << outcome.text();
  EXPECT_EQ(outcome.text(), "");
  const service::Variable& kind = outcome.definition->record_field_mapping.at(0);
  EXPECT_EQ(kind.keys, std::vector<std::string>{"kind"});
  EXPECT_TRUE(kind.strings_only);
  EXPECT_EQ(kind.default_value, "other");
  EXPECT_EQ(kind.operations.at(0).kind, Operation::Kind::lower);
  EXPECT_EQ(kind.when.at(0).value, "1");
  EXPECT_EQ(outcome.definition->key_pattern, "\\.json$");
  EXPECT_EQ(outcome.definition->routing_cases.at(0).routing_template, "my.app.x.y");
}

TEST(DefinitionParser, AnOwnDefinitionNeedsFormatAndTemplate) {
  const Outcome outcome = parse("{}");
  EXPECT_FALSE(outcome.definition);
  EXPECT_NE(outcome.text().find("services.mine.file_format: is missing"), std::string::npos) << outcome.text();
  EXPECT_NE(outcome.text().find("services.mine.routing_template: is missing"), std::string::npos);
}

TEST(DefinitionParser, AMisspeltPredefinedNameIsGuessed) {
  EXPECT_NE(
      parse("{}", "aws_sqs_cloudtrial").text().find("did you mean the predefined service \"aws_sqs_cloudtrail\"?"),
      std::string::npos);
  EXPECT_NE(parse("{}", "elsewhere").text().find("`dray services` lists those that are predefined"), std::string::npos);
}

TEST(DefinitionParser, AnUnknownKeyIsAWarningWithTheNearestKey) {
  const Outcome outcome = parse_own("line_filter_rule: []\nrequest_period_in_seconds: 5\n");
  ASSERT_TRUE(outcome.definition);
  EXPECT_EQ(outcome.complaints.warnings(), 2U);
  EXPECT_NE(
      outcome.text().find("config.yaml:3: warning: services.mine.line_filter_rule: unknown key, it has no effect; "
                          "did you mean \"line_filter_rules\"?"),
      std::string::npos)
      << outcome.text();
}

TEST(DefinitionParser, AValueThatIsMissingOrStandsFurtherDownIsToldWithTheLineOfItsKey) {
  const Outcome outcome =
      parse_own("encoding:\n\n  gzipp\nrouting_cases:\n\n\nany_of: \n  a: 1\nline_filter_rules:\n- - type:\n");
  const std::string text = outcome.text();
  EXPECT_NE(text.find("config.yaml:3: error: services.mine.encoding"), std::string::npos) << text;
  EXPECT_NE(text.find("config.yaml:9: error: services.mine.any_of"), std::string::npos) << text;
  EXPECT_NE(text.find("config.yaml:12: error: services.mine.line_filter_rules[0][0].type"), std::string::npos) << text;
}

TEST(DefinitionParser, WhatIsMissingIsToldWithTheLineOfTheKeyAboveIt) {
  const YAML::Node node = YAML::Load("\n\nsummary: x\nfile_format:\n  config: {}\n");
  const std::string name = "mine";
  const std::string file = "c.yaml";
  const std::string path = "services.mine";
  Definition definition;
  Complaints complaints;
  EXPECT_FALSE(read_definition({name, node, nullptr, file, path, 2}, definition, complaints));
  const std::string text = complaints.text();
  EXPECT_NE(text.find("c.yaml:2: error: services.mine.routing_template: is missing"), std::string::npos) << text;
  EXPECT_NE(text.find("c.yaml:4: error: services.mine.file_format.type: is missing"), std::string::npos) << text;
}

TEST(DefinitionParser, AParameterOfAnotherOperatorIsAWarning) {
  const Outcome outcome = parse_own("file_field_definitions: {a: [{operator: lower, on: x}]}");
  EXPECT_TRUE(outcome.definition);
  EXPECT_NE(outcome.text().find("warning: services.mine.file_field_definitions.a[0].on: has no effect: it is no "
                                "parameter of lower"),
            std::string::npos)
      << outcome.text();
}

TEST(DefinitionParser, AWrongOperatorIsOneComplaint) {
  const Outcome outcome = parse_own("file_field_definitions: {a: [{operator: join, on: ''}, {operater: split}]}");
  const std::string text = outcome.text();
  EXPECT_NE(text.find("unknown operator \"join\""), std::string::npos) << text;
  EXPECT_NE(text.find("a[1].operator: is missing"), std::string::npos) << text;
  EXPECT_EQ(text.find("element"), std::string::npos) << text;
}

struct Fault {
  const char* yaml;
  const char* says;
};

class DefinitionFaults : public testing::TestWithParam<Fault> {};

TEST_P(DefinitionFaults, AreErrorsThatNameThePlaceAndTheWayOut) {
  const Outcome outcome = parse_own(GetParam().yaml);
  EXPECT_FALSE(outcome.definition);
  EXPECT_NE(outcome.text().find(GetParam().says), std::string::npos) << outcome.text();
}

INSTANTIATE_TEST_SUITE_P(
    Each, DefinitionFaults,
    testing::Values(
        Fault{"file_field_definitions: {a: [{operator: splitt, on: /, element: 0}]}",
              "config.yaml:3: error: services.mine.file_field_definitions.a[0].operator: unknown operator \"splitt\"; "
              "allowed: split, replace, lower; did you mean \"split\"?"},
        Fault{"file_field_definitions: {a: [{operator: split, on: '', element: 0}]}", "a[0].on: must not be empty"},
        Fault{"file_field_definitions: {a: [{operator: split, on: /}]}", "a[0].element: is missing"},
        Fault{"file_field_definitions: {a: [{operator: split, on: /, element: last}]}", "must be a whole number"},
        Fault{"file_field_definitions: {a: [{operator: replace, to_replace: x}]}", "a[0].replace_with: is missing"},
        Fault{"file_field_definitions: {'a b': []}", "is no name for a variable"},
        Fault{"file_field_definitions: [a]", "must be a mapping of variables"},
        Fault{"encoding: gzipped", "config.yaml:3: error: services.mine.encoding: \"gzipped\" is no encoding"},
        Fault{"any_of: [aws_sqs_vcp]",
              "services.mine.any_of[0]: \"aws_sqs_vcp\" is no predefined service; did you mean \"aws_sqs_vpc\"?"},
        Fault{"any_of: aws_sqs_vpc", "any_of: must be a list of names of predefined services"},
        Fault{"content_pattern: [a]", "content_pattern: must be a pattern"},
        Fault{"send_filtered_out_to_unknown: sometimes", "must be true or false"},
        Fault{"filename_filter_rules: [{type: match, pattern: a}]",
              "filename_filter_rules[0]: must be a list of rules"},
        Fault{"filename_filter_rules: [[]]", "filename_filter_rules[0]: has no rule"},
        Fault{"filename_filter_rules: [[{type: matches, pattern: a}]]",
              "must be match or doesnotmatch, not \"matches\""},
        Fault{"filename_filter_rules: [[{type: match}]]", "needs either pattern or value"},
        Fault{"filename_filter_rules: [[{type: match, pattern: a, value: b}]]", "has both pattern and value; keep one"},
        Fault{"filename_filter_rules: [[{type: match, pattern: ''}]]", "pattern: must not be empty"},
        Fault{"key_pattern: ''", "key_pattern: must not be empty"},
        Fault{"file_field_definitions: {a: [{operator: replace, to_replace: '', replace_with: x}]}",
              "a[0].to_replace: must not be empty"},
        Fault{"line_filter_rules: [[{source: record, type: match, value: b}]]", "[0][0].key: is missing"},
        Fault{"line_filter_rules: [[{source: line, key: a, type: match, value: b}]]",
              "must be record or file, not \"line\""},
        Fault{"record_field_mapping: {a: {}}", "record_field_mapping.a.keys: is missing"},
        Fault{"record_field_mapping: {a: {keys: []}}", "must name at least one member"},
        Fault{"record_field_mapping: {a: {keys: [b], type: number}}", "must be string"},
        Fault{"record_field_mapping: {a: {keys: [b], when: [{keys: [c], value: d}]}}", "needs keys, value and then"},
        Fault{"routing_cases: [{key_pattern: a}]", "needs key_pattern and routing_template"},
        Fault{"obfuscation_data: []", "cannot obfuscate"},
        Fault{"summary: a\nsummary: b", "services.mine.summary: stands here twice"}));

TEST(DefinitionParser, AFormatThatIsNotInTheCatalogueIsAnError) {
  const Outcome outcome = parse("file_format: {type: no_such_thing}\nrouting_template: a.b.c.d\n");
  EXPECT_FALSE(outcome.definition);
  EXPECT_NE(outcome.text().find("\"no_such_thing\" is no processor; `dray formats` lists them"), std::string::npos)
      << outcome.text();
  const Outcome typo = parse("file_format: {type: line_split_procesor}\nrouting_template: a.b.c.d\n");
  EXPECT_NE(typo.text().find("did you mean \"line_split_processor\"?"), std::string::npos) << typo.text();
}

TEST(DefinitionParser, AnOptionThatTheFormatRefusesIsAnErrorWithItsLine) {
  const Outcome outcome =
      parse("file_format:\n  type: line_split_processor\n  config:\n    jason: true\nrouting_template: a.b.c.d\n");
  EXPECT_FALSE(outcome.definition);
  EXPECT_NE(outcome.text().find("config.yaml:4: error: services.mine.file_format.config.jason: "), std::string::npos)
      << outcome.text();
  EXPECT_NE(outcome.text().find("jason"), std::string::npos);
}

TEST(DefinitionParser, ADefinitionOfOthersNeedsNoFormatAndMayHaveOne) {
  const Outcome bare = parse("any_of: [aws_sqs_vpc, aws_sqs_alb]\ncontent_pattern: '^x'\n");
  ASSERT_TRUE(bare.definition) << bare.text();
  EXPECT_EQ(bare.definition->any_of, (std::vector<std::string>{"aws_sqs_vpc", "aws_sqs_alb"}));
  EXPECT_EQ(bare.definition->content_pattern, "^x");
  const Outcome with_fallback = parse_own("any_of: [aws_sqs_vpc]\n");
  ASSERT_TRUE(with_fallback.definition);
  EXPECT_EQ(with_fallback.definition->routing_template, "my.app.a.b");
}

TEST(DefinitionParser, WarnsOfAMappingOverLinesThatAreNotReadAsJson) {
  const Outcome outcome = parse(
      "file_format: {type: line_split_processor}\nrouting_template: a.b.c.[record-x]\nrecord_field_mapping: {x: {keys: "
      "[x]}}\n");
  ASSERT_TRUE(outcome.definition);
  EXPECT_NE(outcome.text().find("set file_format.config.json: true"), std::string::npos) << outcome.text();
}

TEST(Predefined, EachHasASummaryAndAPatternAndNoComplaint) {
  for (const service::CatalogueEntry& entry : service::catalogue()) {
    Complaints complaints;
    const std::string name(entry.name);
    const auto parsed =
        parse_definition(name, YAML::Load(std::string(entry.yaml)), nullptr, name + ".yaml", name, complaints);
    EXPECT_EQ(complaints.text(), "");
    if (!parsed) continue;
    EXPECT_FALSE(parsed->summary.empty()) << name;
    EXPECT_TRUE(parsed->key_pattern || name == "aws_sqs_auto") << name << " takes every object";
    EXPECT_TRUE(entry.yaml.starts_with("# ")) << name << " opens with what the source is and who documents it";
  }
  EXPECT_EQ(all_predefined().size(), service::catalogue().size());
  EXPECT_EQ(predefined("custom_service"), nullptr);
}

}  // namespace
}  // namespace dray::config
