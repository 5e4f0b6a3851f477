// Quirks 36 to 38 of formats.md 6.6: what leaves the chain fits a line of syslog. The number is that of the list.
#include <gtest/gtest.h>

#include "chain.h"
#include "format/splitter.h"

namespace dray::golden {
namespace {

// Every format, whatever it reads: an LF inside an event would make two frames of it, the second without a tag.
TEST(Quirks, Quirk36NoEventHoldsALineFeed) {
  const std::string samples[] = {
      "a\nb\r\nc",
      "{\"a\":\"x\ny\"}\n{\n\"b\":1}\n",
      "{\"Records\":[{\"a\":\"x\ny\"},\n{\n\"b\":1}]}",
      "\"a\",\"b\nc\"\n",
      "[{\"a\":1},\n{\"b\":\"\n\"}]",
      "{\"messageType\":\"DATA_MESSAGE\",\"logEvents\":[{\"id\":\"1\",\"message\":\"a\\nb\\r\\nc\"}]}"};
  for (const format::Format* format : format::all_formats()) {
    SCOPED_TRACE(format->name);
    if (!format->check({}).ok()) continue;  // wants options; its own tests show it
    for (const std::string& sample : samples) {
      for (const std::string& event : chained(definition_of(std::string(format->name)), sample, 4).events) {
        EXPECT_EQ(event.find('\n'), std::string::npos) << event;
      }
    }
  }
}

TEST(Quirks, Quirk37AnEventOverTheLimitIsNeverCutInSilence) {
  const std::string over(17U << 20U, 'y');
  for (const auto& [format, text] : {std::pair<std::string, std::string>{"line_split_processor", over + "\n"},
                                     {"unseparated_json_processor", "{\"a\":\"" + over + "\"}"}}) {
    const Chained got = chained(definition_of(format), text, 65536);
    EXPECT_EQ(got.code, "oversize_record");
    EXPECT_TRUE(got.events.empty());
  }
}

TEST(Quirks, Quirk38ValuesInTagsLoseWhatATagMayNotHold) {
  const auto definition =
      definition_of("line_split_processor", "{json: true}",
                    "record_field_mapping: {name: {keys: [event_simpleName], operations: [{operator: lower}]}}\n"
                    "routing_template: edr.crowdstrike.cannon.[record-name]");
  const auto tag = [&definition](const std::string& name) {
    const DecodedObject decoded = decode_object(definition, {}, "{\"event_simpleName\":\"" + name + "\"}\n", 9);
    return decoded.events.size() == 1 ? decoded.events[0].tag : "no event";
  };
  EXPECT_EQ(tag("ProcessRollup2"), "edr.crowdstrike.cannon.processrollup2");
  EXPECT_EQ(tag("a b/c:d"), "edr.crowdstrike.cannon.a_b_c_d");
  EXPECT_EQ(tag("\\u00e9\\n"), "edr.crowdstrike.cannon.__");
  EXPECT_EQ(tag(""), "edr.crowdstrike.cannon.null");
}

}  // namespace
}  // namespace dray::golden
