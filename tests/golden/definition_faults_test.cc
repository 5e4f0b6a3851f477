// What `dray check`, `run` and `try --config` say about the definitions of a configuration: every fault at once, each
// with its line and its key.
#include <gtest/gtest.h>

#include <algorithm>

#include "config/load.h"
#include "config/predefined.h"
#include "decode/ready_service.h"

namespace dray::golden {
namespace {

using config::Complaint;

// Eight lines; a service begins at line 9.
constexpr std::string_view kBefore = R"(globals: {id: "1", name: faults}
outputs: {screen: {type: console, config: {destination: stdout}}}
inputs:
  q:
    id: "12"
    base_url: https://sqs.eu-west-1.amazonaws.com/111122223333/q
    credentials: {aws_access_key_id: AKIAEXAMPLE, aws_secret_access_key: example-secret}
    services:
)";

config::Surroundings around() {
  config::Surroundings around;
  around.environment = [](const std::string&) { return std::nullopt; };
  around.read_file = [](const std::string&) -> Result<config::FileText> {
    return Error{ErrorKind::config, "bad_file", "there are no files here"};
  };
  around.faults_of = [](const service::Definition& definition) { return decode::faults(definition); };
  return around;
}

std::vector<Complaint> complaints_of(const std::string& services) {
  return config::load_text(std::string(kBefore) + services, "c.yaml", around()).complaints.sorted();
}

struct Expected {
  int line;
  std::string key;  // below inputs.q.services.
  std::string part;
  Complaint::Severity severity = Complaint::Severity::error;
};

void expect_complaints(const std::string& services, const std::vector<Expected>& expected) {
  SCOPED_TRACE(services);
  const std::vector<Complaint> got = complaints_of(services);
  for (std::size_t i = 0; i < std::min(got.size(), expected.size()); ++i) {
    EXPECT_EQ(got[i].line, expected[i].line) << to_text(got[i]);
    EXPECT_EQ(got[i].key, "inputs.q.services." + expected[i].key) << to_text(got[i]);
    EXPECT_NE(got[i].message.find(expected[i].part), std::string::npos) << to_text(got[i]);
    EXPECT_EQ(got[i].severity, expected[i].severity) << to_text(got[i]);
  }
  for (std::size_t i = expected.size(); i < got.size(); ++i) ADD_FAILURE() << "too many: " << to_text(got[i]);
  for (std::size_t i = got.size(); i < expected.size(); ++i) ADD_FAILURE() << "missing: " << expected[i].key;
}

// Lines of a definition of the user's own; it begins at line 10.
std::string own(const std::string& lines, const std::string& tag = "my.app.a.b") {
  return "      own:\n" + lines + "        file_format: {type: line_split_processor, config: {json: true}}\n" +
         "        routing_template: " + tag + "\n";
}

struct Case {
  const char* lines;  // of line 10
  std::vector<Expected> expected;
};

TEST(DefinitionFaults, OfEveryKindHaveLineAndKey) {
  const std::string no_pattern = "is no pattern that RE2 can read: ";
  const Case cases[] = {
      {"        key_pattern: '('\n", {{10, "own.key_pattern", "\"(\" " + no_pattern + "missing )"}}},
      {"        key_pattern: '(?!x)'\n", {{10, "own.key_pattern", "(RE2 has no look-around and no back references)"}}},
      {"        content_pattern: 'a{2,1}'\n", {{10, "own.content_pattern", no_pattern}}},
      {"        filename_filter_rules:\n          - [{type: match, pattern: ok}]\n          - [{type: match, pattern: "
       "ok},\n"
       "             {type: match, pattern: '['}]\n",
       {{13, "own.filename_filter_rules[1][1].pattern", no_pattern}}},
      {"        line_filter_rules: [[{source: record, key: a, type: match, value: b}]]\n",
       {{10, "own.line_filter_rules[0][0].key", "\"a\" is no variable of record_field_mapping, which has none"}}},
      {"        line_filter_rules: [[{source: file, key: a, type: match, value: b}]]\n"
       "        file_field_definitions: {b: [{operator: lower}]}\n",
       {{10, "own.line_filter_rules[0][0].key", "\"a\" is no variable of file_field_definitions, which has b"}}},
      {"        line_filter_rules: [[{source: record, key: a, type: match, pattern: '*'}]]\n"
       "        record_field_mapping: {a: {keys: [a]}}\n",
       {{10, "own.line_filter_rules[0][0].pattern", no_pattern}}},
      {"        record_field_mapping:\n          a:\n            keys: []\n",
       {{12, "own.record_field_mapping.a.keys", "must name at least one member"}}},
      {"        record_field_mapping:\n          a:\n            keys: [a]\n            operations:\n"
       "              - {operator: lower}\n              - {operator: split, on: '', element: 0}\n",
       {{15, "own.record_field_mapping.a.operations[1].on", "must not be empty"}}},
      {"        file_field_definitions:\n          a:\n            - {operator: splt, on: /, element: 0}\n",
       {{12, "own.file_field_definitions.a[0].operator", "did you mean \"split\"?"}}},
      {"        routing_cases:\n          - {key_pattern: '(', routing_template: my.app.x}\n"
       "          - {key_pattern: x, routing_template: 'my app'}\n",
       {{11, "own.routing_cases[0].key_pattern", no_pattern},
        {12, "own.routing_cases[1].routing_template", "holds a character that tags cannot have; allowed: A-Z a-z"}}},
      {"        encoding: gzipp\n", {{10, "own.encoding", "is no encoding; allowed: gzip"}}},
      // What one error explains is told once.
      {"        routing_cases: [{key_pattern: x}]\n", {{10, "own.routing_cases[0]", "needs key_pattern and"}}},
      {"        record_field_mapping: [a]\n"
       "        line_filter_rules: [[{source: record, key: a, type: match, value: b}]]\n",
       {{10, "own.record_field_mapping", "must be a mapping"}}},
      {"        record_field_mapping: {a: 7}\n", {{10, "own.record_field_mapping.a", "must be a mapping"}}},
  };
  for (const Case& one : cases) expect_complaints(own(one.lines), one.expected);
}

TEST(DefinitionFaults, OfTemplatesNameAllThatIsWrongWithThem) {
  expect_complaints(own("", "my.app.[record-x].[file-y]"),
                    {{11, "own.routing_template",
                      "[record-x] names no variable of record_field_mapping, which has none; "
                      "[file-y] names no variable of file_field_definitions"}});
  expect_complaints(own("", "my.app.[bukket]"),
                    {{11, "own.routing_template", "[bukket] is no placeholder; allowed: "}});
  expect_complaints(own("", "my.app.[bucket"), {{11, "own.routing_template", "has no closing ]"}});
  for (const char* bad : {"'my app.x'", "my.app.caf\u00E9", "my/app/x", "'my.app.x '", "my.app.x:y"}) {
    expect_complaints(own("", bad), {{11, "own.routing_template", "holds a character that tags cannot have"}});
  }
}

TEST(DefinitionFaults, OfTagsWithEmptyLevelsAreWarnings) {
  for (const char* bad : {"my..app", ".my.app", "my.app.", "my.app.[bucket].", "my.app.[.bucket].x", "'[.bucket].x'"}) {
    const std::string tag(bad);
    expect_complaints(own("", tag), {{11, "own.routing_template", "has an empty level", Complaint::Severity::warning}});
    const std::string written = tag.front() == '\'' ? tag : "'" + tag + "'";
    expect_complaints(
        own("        routing_cases: [{key_pattern: x, routing_template: " + written + "}]\n"),
        {{10, "own.routing_cases[0].routing_template", "has an empty level", Complaint::Severity::warning}});
  }
  for (const char* good :
       {"my.app.x", "my.app[.bucket]", "my.app[.bucket][.region].x", "my.app.[bucket]", "my.[bucket]-x"}) {
    expect_complaints(own("", good), {});
  }
}

TEST(DefinitionFaults, OfOptionsHaveTheLineOfTheOption) {
  struct Options {
    const char* type;
    const char* config;  // of line 12 on
    std::vector<Expected> expected;
  };
  const Options cases[] = {
      {"line_split_processor",
       "            jason: true\n            json: maybe\n",
       {{12, "jason", "is no option of line_split_processor; known are: json, chunks"},
        {13, "json", "must be true or false, not \"maybe\""}}},
      {"line_split_processor",
       "            chunks: true\n            regex:\n              - a\n              - '('\n",
       {{15, "regex[1]", "is no pattern that RE2 can read"}}},
      {"csv_processor",
       "            separator: '||'\n            header: [detect]\n            columns: {a: b}\n",
       {{12, "separator", "must be one byte"},
        {13, "header", "must be none, first_line or detect"},
        {14, "columns", "must be a list of names"}}},
      {"text_file_processor",
       "            header: true\n            line_separator: ''\n",
       {{12, "header", "needs header_field_separator beside it"}, {13, "line_separator", "must be text of one byte"}}},
      {"separated_json_processor", "            separator: [a]\n", {{12, "separator", "must be a text"}}},
      {"multiline_processor", "            start: '(?<=x)'\n", {{12, "start", "is no pattern that RE2 can read"}}},
      {"multiline_processor", "            keep_leading: true\n", {{11, "start", "is missing: a regular expression"}}},
      {"unseparated_json_processor",
       "            key: Records\n            rename:\n              a: ''\n",
       {{14, "rename.a", "must be a name"}}},
      {"incapsula_processor",
       "            private_keys:\n              '7': no/such/key.pem\n",
       {{13, "private_keys.7", "no/such/key.pem"}}},
      {"aws_access_logs_processor", "            json: true\n", {{12, "json", "has no options; remove it"}}},
  };
  for (Options one : cases) {
    for (Expected& expected : one.expected) expected.key = "own.file_format.config." + expected.key;
    expect_complaints("      own:\n        file_format:\n          config:\n" + std::string(one.config) +
                          "          type: " + one.type + "\n        routing_template: my.app.a.b\n",
                      one.expected);
  }
}

TEST(DefinitionFaults, OfAllServicesAreToldAtOnceBesideOtherComplaints) {
  expect_complaints(
      "      one:\n        key_pattern: '('\n        content_pattern: ')'\n        tyop: x\n"
      "        file_format: {type: line_split_processor, config: {jason: 1}}\n        routing_template: a b\n"
      "      two.dots:\n        filename_filter_rules: [[{type: match, pattern: '*'}], [], [{type: match, pattern: "
      "'+'}]]\n"
      "        file_format: {type: no_such}\n",
      {{10, "one.key_pattern", "RE2"},
       {11, "one.content_pattern", "RE2"},
       {12, "one.tyop", "unknown key", Complaint::Severity::warning},
       {13, "one.file_format.config.jason", "is no option of"},
       {14, "one.routing_template", "holds a character"},
       {15, "two.dots.routing_template", "is missing"},
       {16, "two.dots.filename_filter_rules[0][0].pattern", "RE2"},
       {16, "two.dots.filename_filter_rules[1]", "has no rule"},
       {16, "two.dots.filename_filter_rules[2][0].pattern", "RE2"},
       {17, "two.dots.file_format.type", "is no processor"}});
}

TEST(DefinitionFaults, OfWhatAPredefinedServiceKeepsSayWhereItComesFrom) {
  const std::string way_out = "`dray services aws_sqs_cloudtrail` prints it";
  expect_complaints("      aws_sqs_cloudtrail:\n        record_field_mapping: {kind: {keys: [eventName]}}\n",
                    {{9, "aws_sqs_cloudtrail.routing_template", way_out}});
  expect_complaints("      aws_sqs_cloudtrail: {record_field_mapping: }\n",
                    {{9, "aws_sqs_cloudtrail.routing_template", way_out}});
}

TEST(DefinitionFaults, FollowAliasesToTheLineThatHoldsThem) {
  expect_complaints(
      "      one: &one\n        file_format: {type: line_split_processor}\n        routing_template: a.b.c\n"
      "        key_pattern: '('\n      two: *one\n      three:\n        <<: *one\n        summary: x\n",
      {{12, "one.key_pattern", "RE2"}, {12, "three.key_pattern", "RE2"}, {12, "two.key_pattern", "RE2"}});
}

TEST(DefinitionFaults, OfMisnamedMembersAreOneComplaint) {
  expect_complaints("      any:\n        any_of: [aws_sqs_vcp]\n",
                    {{10, "any.any_of[0]", "did you mean \"aws_sqs_vpc\"?"}});
}

TEST(DefinitionFaults, PredefinedServicesHaveNoneAsShipped) {
  std::string services;
  for (const service::Definition& definition : config::all_predefined()) {
    EXPECT_TRUE(decode::faults(definition).empty()) << definition.name;
    expect_complaints("      " + definition.name + ": {}\n", {});
  }
}

}  // namespace
}  // namespace dray::golden
