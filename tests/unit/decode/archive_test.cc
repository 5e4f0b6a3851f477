// Archives: each entry is a text of its own, and what is wrong with one does not touch the next.
#include <gtest/gtest.h>

#include "decode/recognizer.h"
#include "fixture.h"
#include "support/tar.h"

namespace dray::decode {
namespace {

using flow::Disposition;
using flow::Trouble;
using test::tar;
using Texts = std::vector<std::string>;

constexpr std::size_t kChunks[] = {1, 5, 511, 100000};
const service::Definition kLines = definition_of("line_split_processor");
const service::Definition kRecords = definition_of("unseparated_json_processor", {{"key", "Records"}});
const service::Definition kCsv = definition_of("csv_processor", {{"header", "first_line"}});

std::string records_cut() {
  return "{\"Records\":[{\"a\":1},{\"a\":";
}

service::Definition member(const std::string& name, const char* content, std::string format, Settings options = {}) {
  service::Definition definition = definition_of(std::move(format), std::move(options));
  definition.name = name;
  definition.content_pattern = content;
  definition.routing_template = "my.app." + name;
  return definition;
}

service::Definition any() {
  service::Definition definition;
  definition.name = "aws_sqs_auto";
  definition.members = {member("records", "\"Records\"", "unseparated_json_processor", {{"key", "Records"}}),
                        member("people", "^name,", "csv_processor", {{"header", "first_line"}})};
  for (const auto& one : definition.members) definition.any_of.push_back(one.name);
  return definition;
}

TEST(Archive, EachEntryHasItsOwnHeaderWhichIsNoEvent) {
  const std::string entries = tar({{"a.csv", "name,age\nann,1"}, {"b.csv", "city,zip,land\noslo,2,no\n"}});
  for (const std::string& stored : {entries, gzip(entries)}) {
    for (const std::size_t chunk : kChunks) {
      const Outcome got = run(kCsv, stored, {}, {.chunk = chunk});
      EXPECT_EQ(got.texts, (Texts{"ann,1", "oslo,2,no"}));
      EXPECT_EQ(got.code, "");
    }
  }
}

TEST(Archive, OfCompressedFilesAndOfArchivesHasBordersToo) {
  const std::string inner = tar({{"b.csv", "h,i\n2,3\n"}, {"c.csv.gz", gzip("k,l\n4,5")}});
  const std::string stored = tar({{"a.csv.gz", gzip("f,g\n0,1")}, {"inner.tar", inner}, {"d.csv", "m,n\n6,7\n"}});
  for (const std::size_t chunk : kChunks) {
    EXPECT_EQ(run(kCsv, stored, {}, {.chunk = chunk}).texts, (Texts{"0,1", "2,3", "4,5", "6,7"}));
  }
}

// Whole files are appended to each other so, and records run over the border.
TEST(Archive, MembersOfGzipAreNoEntries) {
  EXPECT_EQ(run(kCsv, gzip("h,i\n0,") + gzip("1\nk,l\n")).texts, (Texts{"0,1", "k,l"}));
  EXPECT_EQ(run(kCsv, tar({{"a", gzip("h,i\n0,") + gzip("1\nk,l\n")}})).texts, (Texts{"0,1", "k,l"}));
}

TEST(Archive, ARecordCutAtTheEndOfAnEntryTakesNothingOfTheNextAlong) {
  const std::string stored = tar({{"a", records_cut()}, {"b", "{\"Records\":[{\"b\":1},{\"b\":2}]}"}});
  for (const Disposition disposition : {Disposition::leave, Disposition::quarantine, Disposition::remove}) {
    for (const std::size_t chunk : kChunks) {
      const Outcome got = run(kRecords, stored, with(Trouble::corrupt_object, disposition), {.chunk = chunk});
      EXPECT_EQ(got.texts, (Texts{"{\"a\":1}", "{\"b\":1}", "{\"b\":2}"}));
      EXPECT_EQ(got.code, "truncated_json");
      EXPECT_EQ(got.trouble, Trouble::corrupt_object);
      EXPECT_TRUE(got.message.starts_with("entry 1: ")) << got.message;
    }
  }
}

TEST(Archive, AFaultInTheMiddleOfAnEntryPassesOverItsRestOnly) {
  const std::string stored = tar({{"a", "{\"Records\":[{\"a\":1}x,{\"a\":2}]}" + std::string(2000, ' ') + "{}"},
                                  {"b", "{\"Records\":[{\"b\":1}]}"}});
  for (const std::size_t chunk : kChunks) {
    const Outcome got = run(kRecords, stored, {}, {.chunk = chunk});
    EXPECT_EQ(got.texts, (Texts{"{\"a\":1}", "{\"b\":1}"}));
    EXPECT_EQ(got.code, "bad_json");
  }
}

TEST(Archive, AnEntryWithoutRecordsIsOfNoKnownFormatWhateverTheOthersHold) {
  const std::string stored = tar({{"a", "{\"Records\":[{\"a\":1}]}"}, {"b", "{\"Other\":1}"}});
  const Outcome got = run(kRecords, stored);
  EXPECT_EQ(got.texts, (Texts{"{\"a\":1}"}));
  EXPECT_EQ(got.trouble, Trouble::unknown_format);
  EXPECT_TRUE(got.message.starts_with("entry 2: ")) << got.message;
}

// `delete` of one class must not take along what another class would keep.
TEST(Archive, TheTroubleThatKeepsMostSpeaksForTheObject) {
  const std::string stored = tar({{"a", "{\"Other\":1}"}, {"b", records_cut()}});
  flow::Dispositions dispositions;
  dispositions.set(Trouble::unknown_format, Disposition::remove);
  const Outcome left = run(kRecords, stored, dispositions);
  EXPECT_EQ(left.trouble, Trouble::corrupt_object);
  EXPECT_TRUE(left.message.starts_with("entry 2: ")) << left.message;
  EXPECT_NE(left.message.find("2 faults"), std::string::npos) << left.message;
  dispositions.set(Trouble::corrupt_object, Disposition::quarantine);
  EXPECT_EQ(run(kRecords, stored, dispositions).trouble, Trouble::corrupt_object);
  dispositions.set(Trouble::unknown_format, Disposition::quarantine);
  EXPECT_EQ(run(kRecords, stored, dispositions).trouble, Trouble::unknown_format);
}

TEST(Archive, TellsTheBytesInHandOfTheEntryInTrouble) {
  const std::string stored = tar({{"a", "{\"Records\":[1}"}, {"b", "{\"Records\":[2]}"}});
  const Outcome got =
      run(kRecords, stored, with(Trouble::corrupt_object, Disposition::quarantine), {.chunk = stored.size()});
  EXPECT_EQ(got.in_hand, "{\"Records\":[1}");
}

TEST(ArchiveSentRaw, TheRestOfEachEntryInTroubleComesAsLinesOnce) {
  const std::string stored = tar({{"a", "{\"Records\":[{\"a\":1},\n{\"a\":2}x\n{\"a\":3}]}\n"},
                                  {"b", "{\"Records\":[{\"b\":1},{\"b\":2}]}"},
                                  {"c", "no json\r\nat all"},
                                  {"d", records_cut()}});
  for (const std::size_t chunk : kChunks) {
    flow::Dispositions dispositions = with(Trouble::corrupt_object, Disposition::send_raw);
    dispositions.set(Trouble::unknown_format, Disposition::send_raw);
    const Outcome got = run(kRecords, stored, dispositions, {.chunk = chunk});
    EXPECT_EQ(got.texts, (Texts{"{\"a\":1}", "{\"a\":2}", "{\"b\":1}", "{\"b\":2}", "{\"a\":1}", "x", "{\"a\":3}]}",
                                "no json", "at all", ",{\"a\":"}));
    EXPECT_EQ(got.code, "");
    EXPECT_TRUE(got.twice);
  }
}

TEST(ArchiveSentRaw, ADamagedCompressionBehindAnEntryInTroubleTakesNothingAlong) {
  const std::string entries = tar({{"a", "{\"Records\":[{\"a\":1}x\n"}, {"b", "{\"Records\":[{\"b\":1},{\"b\":"}});
  const std::string stored = damaged_gzip(entries.substr(0, 3 * 512 + 27));
  for (const std::size_t chunk : kChunks) {
    const Outcome got = run(kRecords, stored, with(Trouble::corrupt_object, Disposition::send_raw), {.chunk = chunk});
    EXPECT_EQ(got.texts, (Texts{"{\"a\":1}", "{\"b\":1}", "x", ",{\"b\":"}));
    EXPECT_EQ(got.code, "");
  }
}

TEST(ArchiveSentRaw, IsLeftIfMoreEntriesAreInTroubleThanAreKeptInMind) {
  std::vector<test::Entry> entries(Troubles::kRestsMax + 1, {"a", "x"});
  const flow::Dispositions dispositions = with(Trouble::unknown_format, Disposition::send_raw);
  const Outcome left = run(kRecords, tar(entries), dispositions, {.chunk = 100000});
  EXPECT_EQ(left.code, "no_records");
  EXPECT_TRUE(left.texts.empty());
  entries.pop_back();
  EXPECT_EQ(run(kRecords, tar(entries), dispositions, {.chunk = 100000}).texts.size(), Troubles::kRestsMax);
}

TEST(Archive, RecordsWithAFlawAreNumberedThroughAllEntries) {
  const service::Definition json_lines = definition_of("line_split_processor", {{"json", "true"}});
  const std::string stored = tar({{"a", "{\"a\":1}\nx"}, {"b", "y\n{\"b\":1}\n"}});
  const Outcome got = run(json_lines, stored, with(Trouble::undecodable_record, Disposition::quarantine));
  EXPECT_EQ(got.texts, (Texts{"{\"a\":1}", "{\"b\":1}"}));
  EXPECT_EQ(got.kept,
            (std::vector<Kept>{{Trouble::undecodable_record, 2, "x"}, {Trouble::undecodable_record, 3, "y"}}));
}

TEST(Archive, AnyOfRecognisesEachEntryByItsOwnBytes) {
  const std::string stored = tar({{"a", "name,age\nann,1\n"},
                                  {"b", "{\"Records\":[{\"b\":1}]}"},
                                  {"c", "nobody knows\n"},
                                  {"d", "name,town\nbob,oslo"}});
  for (const std::size_t chunk : kChunks) {
    const Outcome got = run(any(), stored, {}, {.chunk = chunk});
    EXPECT_EQ(got.texts, (Texts{"ann,1", "{\"b\":1}", "bob,oslo"}));
    EXPECT_EQ(got.tags, (Texts{"my.app.people", "my.app.records", "my.app.people"}));
    EXPECT_EQ(got.code, "not_recognised");
    EXPECT_TRUE(got.message.starts_with("entry 3: ")) << got.message;
  }
  const Outcome raw = run(any(), stored, with(Trouble::unknown_format, Disposition::send_raw));
  EXPECT_EQ(raw.texts, (Texts{"ann,1", "{\"b\":1}", "bob,oslo", "nobody knows"}));
  EXPECT_EQ(raw.tags, (Texts{"my.app.people", "my.app.records", "my.app.people", "unknown.unknown"}));
  EXPECT_EQ(raw.code, "");
}

// For those who send them and for those who are told of them: what an entry's service filters counts too.
TEST(Archive, AnyOfKeepsTheOrdinalsOfTheObject) {
  class Told final : public DecodeObserver {
   public:
    void chosen(const ReadyService* service, bool /*by_first_bytes*/) override {
      lines.push_back("of " + service->service->definition().name);
    }
    void entry(std::uint64_t number) override { lines.push_back("entry " + std::to_string(number)); }
    void entry_fault(const Error& error) override { lines.push_back(error.code); }
    void disposed(std::uint64_t /*number*/, Trouble /*trouble*/, Disposition /*disposition*/) override {}
    void routed(const flow::Record& record, const route::Fate& fate) override {
      lines.push_back(std::to_string(fate.ordinal) + " " + std::string(record.bytes));
    }
    void left_out(std::string_view bytes, std::string_view why) override {
      lines.push_back(std::string(why) + " " + std::string(bytes));
    }
    Texts lines;
  };
  service::Definition definition = any();
  service::FilterRule rule;
  rule.source = service::FilterRule::Source::record;
  rule.key = "a";
  rule.value = "1";
  definition.members[0].line_filter_rules = {{rule}};
  service::Variable a;
  a.name = "a";
  a.keys = {"a"};
  definition.members[0].record_field_mapping = {a};
  const auto service = prepare(definition, std::size_t{1} << 20U);
  ASSERT_TRUE(service) << service.error().message;
  flow::ObjectRef object;
  object.key = "k";
  Events events;  // asserts that ordinals rise
  codec::DecompressorScratch scratch;
  Told told;
  ObjectDecoder decoder(*service, object, events, scratch, {}, &told);
  const std::string stored =
      tar({{"a", "name,\nann\n"}, {"b", "{\"Records\":[{\"a\":1},{\"a\":2}]}"}, {"c", "?"}, {"d", "name,\ncyd\n"}});
  EXPECT_FALSE(push(decoder, stored, 100));
  EXPECT_EQ(told.lines,
            (Texts{"entry 1", "of people", "header line name,", "1 ann", "entry 2", "of records", "2 {\"a\":1}",
                   "3 {\"a\":2}", "entry 3", "not_recognised", "entry 4", "of people", "header line name,", "4 cyd"}));
  EXPECT_EQ(decoder.records(), 4U);
  EXPECT_EQ(decoder.events(), 3U);
  EXPECT_EQ(decoder.filtered(), 1U);
  EXPECT_EQ(events.last, 4U);
}

TEST(Archive, OnlyAFaultOfTheObjectsOwnIsPassedOver) {
  class Refusing final : public flow::EventSink {
   public:
    Status send(std::uint64_t /*ordinal*/, std::string_view /*tag*/, std::string_view /*text*/) override {
      ++asked;
      return Error{ErrorKind::later, "output_down", "the output is down"};
    }
    int asked = 0;
  };
  const auto service = prepare(kLines, std::size_t{1} << 20U);
  flow::ObjectRef object;
  Refusing events;
  codec::DecompressorScratch scratch;
  ObjectDecoder decoder(*service, object, events, scratch);
  const Status status = push(decoder, tar({{"a", "x\n"}, {"b", "y\n"}}), 100);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, "output_down");
  EXPECT_FALSE(decoder.trouble());
  EXPECT_EQ(events.asked, 1);
}

TEST(Archive, WhatIsNoArchiveEndsAtItsFault) {
  const Outcome got = run(kRecords, gzip("{\"Records\":[{\"a\":1}x]}\n{\"Records\":[{\"a\":2}]}"));
  EXPECT_EQ(got.texts, (Texts{"{\"a\":1}"}));
  EXPECT_EQ(got.code, "bad_json");
  EXPECT_FALSE(got.message.starts_with("entry")) << got.message;
}

TEST(Archive, ByteOrderMarksAreOfTheirEntry) {
  const std::string mark = "\xEF\xBB\xBF";
  const std::string utf16("\xFF\xFEh\0\n\0\xE9\0\n\0", 10);
  EXPECT_EQ(run(kCsv, tar({{"a", mark + "h\nx\n"}, {"b", utf16}, {"c", mark + "h\nz"}})).texts,
            (Texts{"x", "\xC3\xA9", "z"}));
}

TEST(Archive, EntriesWithoutBytesAreNothing) {
  const Outcome got =
      run(any(), tar({{"a", ""}, {"b", gzip("")}, {"c", "\xEF\xBB\xBF"}, {"d", "{\"Records\":[1]}"}, {"e", "?"}}));
  EXPECT_EQ(got.texts, (Texts{"1"}));
  EXPECT_TRUE(got.message.starts_with("entry 2: ")) << "those with bytes are counted: " << got.message;
  EXPECT_EQ(run(kRecords, tar({{"a", ""}})).code, "");
}

}  // namespace
}  // namespace dray::decode
