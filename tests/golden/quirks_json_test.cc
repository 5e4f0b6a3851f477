// Quirks 17 to 26 of formats.md 6.3: what JSON does to a naive decoder, through the whole chain. The number is that of
// the list.
#include <gtest/gtest.h>

#include "chain.h"

namespace dray::golden {
namespace {

const service::Definition& values() {
  static const service::Definition definition = definition_of("unseparated_json_processor");
  return definition;
}

const service::Definition& records() {
  static const service::Definition definition = definition_of("unseparated_json_processor", "{key: Records}");
  return definition;
}

TEST(Quirks, Quirk17ValuesInAnyArrangement) {
  const std::string tricky = R"({"a":"}{","b":"\\\"}{"})";
  for (const char* between : {"", " ", "\n", "\r\n", "\n\n", "\t"}) {
    expect_chained(values(), tricky + between + R"({"c":[1,{"d":2}]})" + between, {tricky, R"({"c":[1,{"d":2}]})"});
  }
  expect_chained(values(), "{\n  \"a\": 1,\n  \"b\": [ ]\n}\n{\n  \"a\": 2\n}\n", {R"({"a":1,"b":[]})", R"({"a":2})"});
  expect_chained(values(), "[1,2][3][[4]]", {"1", "2", "3", "[4]"});
  expect_chained(definition_of("json_array_processor"), R"([{"a":1},{"a":2}])", {R"({"a":1})", R"({"a":2})"});
  expect_chained(definition_of("separated_json_processor", "{separator: \"||\"}"), R"({"a":"||"}||{"a":2})",
                 {R"({"a":"||"})", R"({"a":2})"});
}

TEST(Quirks, Quirk18ABorderAtAnyByte) {
  const std::string text = "{\"a\":\"\\\\\\\"}\\u00e9\\ud83d\\ude00\",\"n\":[-0.5E+10,true,null]} 12 \"s\" false 34";
  const std::vector<std::string> events{"{\"a\":\"\\\\\\\"}\\u00e9\\ud83d\\ude00\",\"n\":[-0.5E+10,true,null]}", "12",
                                        "\"s\"", "false", "34"};
  expect_chained(values(), text, events);
  for (std::size_t chunk = 1; chunk <= text.size(); ++chunk) {
    EXPECT_EQ(chained(values(), text, chunk).events, events) << chunk;
  }
}

TEST(Quirks, Quirk19TheRecordsArrayIsStreamedWhereverItStands) {
  expect_chained(records(), R"({"x":{"Records":[9]},"Records":[{"a":1},{"a":2}],"y":[3]})",
                 {R"({"a":1})", R"({"a":2})"});
  expect_chained(records(), R"({"Records":[]})", {});
  expect_chained(records(), R"({"Records":null})", {});
  expect_chained(records(), R"({"Records":{"a":1}})", {R"({"a":1})"});
  expect_chained(records(), R"({"Records":[1],"Records":[2]})", {"1", "2"});
  expect_chained(records(), "{\"\\u0052ecords\":[1]}", {"1"});
  // Of what stands before the fault everything comes, and it is said.
  expect_chained(records(), R"({"Records":[{"a":1},{"a":)", {R"({"a":1})"}, "truncated_json");
  expect_chained(records(), R"({"other":[1]})", {}, "no_records");
}

TEST(Quirks, Quirk20TheRecordIsASliceNotWrittenAnew) {
  const std::string record = R"({"z":1.0,"a":4096.0,"e":1E5,"m":-0,"big":9007199254740993,"ns":1709629811123456789,)"
                             R"("d":0.1000000000000000055,"s":"\/ \u00e9 é \ud83d","z":2})";
  expect_chained(records(), "{\"Records\":[" + record + "," + record + "]}", {record, record});
  expect_chained(values(), record + record, {record, record});
  expect_chained(definition_of("line_split_processor", "{json: true}"), record + "\n", {record});
  // White space outside strings goes, inside them it stays.
  expect_chained(records(), "{ \"Records\" : [ { \"a b\" : [ 1 , \"x  y\" ] } ] }", {R"({"a b":[1,"x  y"]})"});
}

std::vector<std::string> tags(const std::string& mapping, const std::string& record) {
  const auto definition =
      definition_of("line_split_processor", "{json: true}",
                    "record_field_mapping:\n  v: " + mapping + "\nrouting_template: my.app.[record-v]");
  std::vector<std::string> found;
  for (const Event& event : decode_object(definition, {}, record + "\n", 3).events) {
    EXPECT_EQ(event.text, record);
    found.push_back(event.tag);
  }
  return found;
}

TEST(Quirks, Quirk21OfADoubledKeyTheLastRoutesAndBothAreSent) {
  EXPECT_EQ(tags("{keys: [k]}", R"({"k":"first","x":{"k":"deep"},"k":"last"})"),
            (std::vector<std::string>{"my.app.last"}));
}

TEST(Quirks, Quirk22NumbersRouteByTheirText) {
  EXPECT_EQ(tags("{keys: [n]}", R"({"n":1709629811123456789})"),
            (std::vector<std::string>{"my.app.1709629811123456789"}));
  EXPECT_EQ(tags("{keys: [n]}", R"({"n":1.50})"), (std::vector<std::string>{"my.app.1.50"}));
  const auto filtered = definition_of("line_split_processor", "{json: true}",
                                      "record_field_mapping: {n: {keys: [n]}}\n"
                                      "line_filter_rules: [[{source: record, key: n, type: match, "
                                      "value: \"9007199254740993\"}]]\n"
                                      "routing_template: my.app.quirk.shown");
  expect_chained(filtered, "{\"n\":9007199254740993}\n{\"n\":9007199254740992}\n", {"{\"n\":9007199254740992}"});
}

TEST(Quirks, Quirk23WhatIsNoJsonIsSentAsItIsOrSaid) {
  const std::vector<std::string> faulty{R"({"a":NaN})",  R"({"a":1,})",       "{'a':1}",
                                        R"({"a":1}//x)", R"({"a":1}{"a":2})", R"({"a":)"};
  std::string text;
  for (const std::string& line : faulty) text += line + "\n";
  expect_chained(definition_of("line_split_processor", "{json: true}"), text + "{\"b\": 1}\n",
                 {faulty[0], faulty[1], faulty[2], faulty[3], faulty[4], faulty[5], "{\"b\":1}"});
  const std::string odd = R"({"a":"\ud83d","b":"\u0000"})";
  expect_chained(definition_of("line_split_processor", "{json: true}"), odd + "\n", {odd});
  // Inside a record that is one of many only its end is looked for.
  expect_chained(records(), R"({"Records":[{"a":NaN},{"a":1,}]})", {R"({"a":NaN})", R"({"a":1,})"});
  expect_chained(values(), R"({"a":1} garbage {"a":2})", {R"({"a":1})"}, "bad_json");
}

TEST(Quirks, Quirk24DepthIsBounded) {
  const std::string deep(100'000, '[');
  EXPECT_EQ(chained(values(), deep, 4096), (Chained{{}, "too_deep"}));
  EXPECT_EQ(chained(records(), "{\"Records\":[" + deep, 4096).code, "too_deep");
  EXPECT_EQ(chained(definition_of("line_split_processor", "{json: true}"), deep + "\n{}\n", 4096),
            (Chained{{deep, "{}"}, ""}));
  const std::string allowed = std::string(500, '[') + std::string(500, ']');
  expect_chained(values(), "[" + allowed + "]", {allowed});
}

TEST(Quirks, Quirk25ScalarsAndArraysAsElements) {
  expect_chained(records(), R"({"Records":[null,1,"x",[2,[3]],true,{}]})",
                 {"null", "1", "\"x\"", "[2,[3]]", "true", "{}"});
  expect_chained(definition_of("json_array_processor"), "[null,[1],\"a\"]", {"null", "[1]", "\"a\""});
}

std::string envelope(const std::string& events) {
  return R"({"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"/g","logStream":"s",)"
         R"("subscriptionFilters":["f"],"logEvents":[)" +
         events + "]}";
}

TEST(Quirks, Quirk26TheMessageIsUnescapedExactlyOnce) {
  const auto definition = definition_of("cloudwatch_logs_processor");
  const auto event = [](const std::string& message) {
    return R"({"id":"1","timestamp":1709629811123,"message":")" + message + "\"}";
  };
  expect_chained(definition,
                 envelope(event(R"({\"a\":\"x\\ny\",\"b\":\"\\u00e9\"})") + "," + event(R"(plain \u00e9 \\ \/ \t|)")) +
                     envelope(event("second")),
                 {R"({"a":"x\ny","b":"\u00e9"})", "plain \xC3\xA9 \\ / \t|", "second"});
  // One message is one event whatever line ends are in it; the one at its end is none.
  const Chained got = chained(definition, envelope(event("one\\ntwo") + "," + event("three\\n")), 5);
  ASSERT_EQ(got.events.size(), 2U);
  EXPECT_EQ(got.events[0].find('\n'), std::string::npos);
  EXPECT_TRUE(got.events[0].starts_with("one") && got.events[0].ends_with("two"));
  EXPECT_EQ(got.events[1], "three");
  // What the service sends to see whether we are there.
  expect_chained(definition,
                 R"({"messageType":"CONTROL_MESSAGE","logEvents":[{"id":"","timestamp":1,"message":"CWL"}]})", {});
}

}  // namespace
}  // namespace dray::golden
