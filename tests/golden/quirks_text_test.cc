// Quirks 10 to 16 and 27 to 28 of formats.md 6.2 and 6.4: what text and CSV do to a naive decoder, through the whole
// chain. The number is that of the list.
#include <gtest/gtest.h>

#include "chain.h"

namespace dray::golden {
namespace {

const std::string kBom = "\xEF\xBB\xBF";

TEST(Quirks, Quirk10ByteOrderMarksAreNoText) {
  expect_chained(definition_of("line_split_processor", "{json: true}"), kBom + "{\"a\": 1}\n", {"{\"a\":1}"});
  expect_chained(definition_of("line_split_processor"), gzip(kBom + "alpha\n"), {"alpha"});
  expect_chained(definition_of("unseparated_json_processor"), kBom + "{\"a\":1}", {"{\"a\":1}"});
  expect_chained(definition_of("vpc_flow_processor"), kBom + "version account-id interface-id\n2 1 eni-1\n",
                 {"2 1 eni-1"});
  // Only a mark at the start is one; a U+FEFF further on is the writer's.
  expect_chained(definition_of("line_split_processor"), kBom + kBom + "a\nb" + kBom, {kBom + "a", "b" + kBom});
}

TEST(Quirks, Quirk10Utf16WithItsMarkBecomesUtf8) {
  const std::string little("\xFF\xFE\x61\x00\xE9\x00\x0A\x00\x3D\xD8\x00\xDE", 12);
  const std::string big("\xFE\xFF\x00\x61\x00\xE9\x00\x0A\xD8\x3D\xDE\x00", 12);
  for (const std::string& stored : {little, big}) {
    expect_chained(definition_of("line_split_processor"), stored, {"a\xC3\xA9", "\xF0\x9F\x98\x80"});
    expect_chained(definition_of("line_split_processor"), gzip(stored), {"a\xC3\xA9", "\xF0\x9F\x98\x80"});
  }
}

TEST(Quirks, Quirk11BytesThatAreNotUtf8PassUnchanged) {
  const std::string mixed = "caf\xE9 \xA9\nok \xC3\xA9\n\xF0\x9F\n";
  expect_chained(definition_of("line_split_processor"), mixed, {"caf\xE9 \xA9", "ok \xC3\xA9", "\xF0\x9F"});
  expect_chained(definition_of("unseparated_json_processor"), "{\"a\":\"\xA9\"}", {"{\"a\":\"\xA9\"}"});
}

TEST(Quirks, Quirk11Latin1BecomesUtf8WhereTheDefinitionSaysSo) {
  const auto definition =
      definition_of("line_split_processor", "{}", "routing_template: my.app.quirk.shown\nencoding: latin-1");
  expect_chained(definition, "caf\xE9 \xA9\n", {"caf\xC3\xA9 \xC2\xA9"});
}

TEST(Quirks, Quirk12LineEndsOfAllKindsInOneFile) {
  expect_chained(definition_of("line_split_processor"), "a\r\nb\rc\n\n\r\nd\r\r\n \nlast",
                 {"a", "b\rc", "d\r", " ", "last"});
  expect_chained(definition_of("line_split_processor"), "a\n\n\n", {"a"});
}

TEST(Quirks, Quirk13NulBytesDoNotCut) {
  const std::string line("a\0b\0", 4);
  expect_chained(definition_of("line_split_processor"), line + "\nc\n", {line, "c"});
  expect_chained(definition_of("unseparated_json_processor"), "{\"a\":\"" + line + "\"}", {"{\"a\":\"" + line + "\"}"});
}

TEST(Quirks, Quirk14LongLinesPassAndTooLongOnesAreNeverJoined) {
  const std::string line(3U << 20U, 'x');
  const Chained got = chained(definition_of("line_split_processor"), "a\n" + line + "\nb\n", 65536);
  ASSERT_EQ(got.events.size(), 3U);
  EXPECT_EQ(got.events[1].size(), line.size());
  EXPECT_EQ(got.events[2], "b");
  const std::string over(17U << 20U, 'y');
  const Chained refused = chained(definition_of("line_split_processor"), "a\n" + over + "\nb\n", 65536);
  EXPECT_EQ(refused.events.front(), "a");
  for (const std::string& event : refused.events) {
    EXPECT_TRUE(event == "a" || event == "b" || event.find_first_not_of('y') == std::string::npos);
  }
  EXPECT_EQ(refused.code, "oversize_record");
}

TEST(Quirks, Quirk15HeadersRecurAndHashesAreCommentsInW3cOnly) {
  const std::string header = "version account-id interface-id srcaddr\n";
  expect_chained(definition_of("vpc_flow_processor"),
                 gzip(header + "2 1 eni-1 192.0.2.1\n") + gzip(header + "2 1 eni-2 192.0.2.2\n"),
                 {"2 1 eni-1 192.0.2.1", "2 1 eni-2 192.0.2.2"});
  expect_chained(definition_of("w3c_processor"), "#Version: 1.0\n#Fields: date time\na\tb\n#Fields: date\nc\n",
                 {"a\tb", "c"});
  expect_chained(definition_of("line_split_processor"), "#1\n{\"a\":1}\n#2\n", {"#1", "{\"a\":1}", "#2"});
  expect_chained(definition_of("line_split_processor", "{json: true}"), "#1\n{\"a\":1}\n", {"#1", "{\"a\":1}"});
}

TEST(Quirks, Quirk16SeparatorsOfUnicodeDoNotSplit) {
  for (const char* separator : {"\xE2\x80\xA8", "\xE2\x80\xA9", "\xC2\x85", "\v", "\f", "\x1C", "\x1E"}) {
    const std::string line = "{\"a\":\"x" + std::string(separator) + "y\"}";
    for (const char* format : {"line_split_processor", "separated_json_processor", "split_or_unseparated_processor"}) {
      SCOPED_TRACE(format);
      expect_chained(definition_of(format), line + "\n" + line + "\n", {line, line});
    }
  }
}

TEST(Quirks, Quirk27CsvRecordsWithQuotesCommasAndLineEnds) {
  const auto definition = definition_of("csv_processor");
  expect_chained(definition, "\"2024-03-05\",\"a,b\",\"say \"\"hi\"\"\"\n\"x\",\"\",\"\"\n",
                 {"\"2024-03-05\",\"a,b\",\"say \"\"hi\"\"\"", "\"x\",\"\",\"\""});
  expect_chained(definition, kBom + "\"a\",\"b\"\n", {"\"a\",\"b\""});
  // A header is one by what it says; a first line that says nothing of the kind is a record.
  expect_chained(definition, "a,b\nc,d\n", {"a,b", "c,d"});
}

TEST(Quirks, Quirk28ACsvRecordIsOneEventWhateverIsInItsQuotes) {
  const Chained got = chained(definition_of("csv_processor"), "\"a\",\"one\ntwo\",\"c\"\n\"d\",\"e\",\"f\"\n", 3);
  ASSERT_EQ(got.events.size(), 2U);
  EXPECT_EQ(got.events[0].find('\n'), std::string::npos);
  EXPECT_TRUE(got.events[0].starts_with("\"a\",\"one"));
  EXPECT_TRUE(got.events[0].ends_with("two\",\"c\""));
  EXPECT_EQ(got.events[1], "\"d\",\"e\",\"f\"");
}

}  // namespace
}  // namespace dray::golden
