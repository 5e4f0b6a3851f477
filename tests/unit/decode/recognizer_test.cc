#include <gtest/gtest.h>

#include "decode/recognizer.h"
#include "fixture.h"

namespace dray::decode {
namespace {

using flow::Disposition;
using flow::Trouble;
using Texts = std::vector<std::string>;

service::Definition member(std::string name, const char* key, const char* content, std::string format) {
  service::Definition definition = definition_of(std::move(format));
  if (key != nullptr) definition.key_pattern = key;
  if (content != nullptr) definition.content_pattern = content;
  definition.routing_template = "my.app." + name;
  definition.name = std::move(name);
  return definition;
}

service::Definition any(bool fallback) {
  service::Definition definition;
  definition.name = "aws_sqs_auto";
  service::Definition records =
      member("records", "/CloudTrail/", R"(^\s*\{\s*"Records"\s*:)", "unseparated_json_processor");
  records.file_format.options.set("key", "Records");
  service::FilterRule digest;
  digest.pattern = "Digest";
  records.filename_filter_rules = {{digest}};
  definition.members = {records, member("flows", "vpcflowlogs", "^version account-id", "vpc_flow_processor"),
                        member("by_content_alone", nullptr, "^#Fields", "line_split_processor")};
  for (const auto& one : definition.members) definition.any_of.push_back(one.name);
  if (fallback) {
    definition.file_format.type = "line_split_processor";
    definition.routing_template = "my.app.fallback";
  }
  return definition;
}

TEST(AnyOf, TheKeyDecidesFirst) {
  const Outcome got = run(any(false), "version account-id\nx y\n", {}, {.key = "AWSLogs/1/vpcflowlogs/a"});
  EXPECT_EQ(got.texts, (Texts{"x y"}));
  EXPECT_EQ(got.tags, (Texts{"my.app.flows"}));
}

TEST(AnyOf, ThenTheFirstBytesHoweverTheyCome) {
  const std::string plain = "{ \"Records\" : [{\"a\":1},{\"a\":2}]}";
  for (const std::string& stored : {plain, gzip(plain)}) {
    for (const std::size_t chunk : {1U, 3U, 10000U}) {
      const Outcome got = run(any(false), stored, {}, {.chunk = chunk});
      EXPECT_EQ(got.texts, (Texts{"{\"a\":1}", "{\"a\":2}"}));
      EXPECT_EQ(got.tags, (Texts{"my.app.records", "my.app.records"}));
    }
  }
}

TEST(AnyOf, AnObjectLargerThanWhatIsHeldBackLosesNoByte) {
  std::string plain = "#Fields: a b\n";
  Texts wanted{"#Fields: a b"};
  for (int i = 0; i < 5000; ++i) {
    wanted.push_back("line " + std::to_string(i));
    plain += wanted.back() + "\n";
  }
  for (const std::size_t chunk : {1U, 4095U, 4096U, 4097U, 100000U}) {
    EXPECT_EQ(run(any(false), plain, {}, {.chunk = chunk}).texts, wanted) << chunk;
  }
}

TEST(AnyOf, ThenTheFallback) {
  const Outcome got = run(any(true), "anything\nelse\n");
  EXPECT_EQ(got.texts, (Texts{"anything", "else"}));
  EXPECT_EQ(got.tags, (Texts{"my.app.fallback", "my.app.fallback"}));
}

TEST(AnyOf, WithoutFallbackWhatNobodyKnowsIsUnknownFormat) {
  const Outcome got = run(any(false), "secret text of a record\n");
  EXPECT_EQ(got.code, "not_recognised");
  EXPECT_EQ(got.trouble, Trouble::unknown_format);
  for (const char* part : {"s3://corp-logs/some/key", "records, flows, by_content_alone", "text"}) {
    EXPECT_NE(got.message.find(part), std::string::npos) << got.message;
  }
  EXPECT_EQ(got.message.find("secret"), std::string::npos) << got.message;
}

TEST(AnyOf, WhatNobodyKnowsCanBeSentRawWithTheTagOfTheUnknown) {
  const Outcome got = run(any(false), gzip("a\nb\n"), with(Trouble::unknown_format, Disposition::send_raw));
  EXPECT_EQ(got.texts, (Texts{"a", "b"}));
  EXPECT_EQ(got.tags, (Texts{"unknown.unknown", "unknown.unknown"}));
  EXPECT_EQ(got.code, "");
}

TEST(AnyOf, AnEmptyObjectIsNobodysAndDone) {
  EXPECT_EQ(run(any(false), "").code, "");
  EXPECT_EQ(run(any(false), gzip("")).code, "");
}

TEST(AnyOf, WhatTheMatchingMemberExcludesIsDoneWithoutEvents) {
  const std::string plain = "{\"Records\":[{\"a\":1}]}";
  for (const char* key : {"AWSLogs/1/CloudTrail/Digest.json", "renamed/Digest.json"}) {
    const Outcome got = run(any(true), plain, {}, {.key = key});
    EXPECT_TRUE(got.texts.empty()) << key;
    EXPECT_EQ(got.code, "") << key;
  }
}

TEST(AnyOf, CorruptBytesOfARecognisedObjectAreDisposedOfAsItsOwn) {
  const Outcome got = run(any(false), damaged_gzip("{\"Records\":[{\"a\":1},{\"a\":"),
                          with(Trouble::corrupt_object, Disposition::send_raw), {.chunk = 4});
  EXPECT_EQ(got.texts, (Texts{"{\"a\":1}", ",{\"a\":"}));
  EXPECT_EQ(got.tags, (Texts{"my.app.records", "my.app.records"}));
}

TEST(AnyOf, TheGoodPartOfACorruptObjectIsSentThoughItIsSmallerThanWhatIsHeldBack) {
  const Outcome got = run(any(false), damaged_gzip("{\"Records\":[{\"a\":1},{\"a\":"),
                          with(Trouble::corrupt_object, Disposition::leave), {.chunk = 4});
  EXPECT_EQ(got.texts, (Texts{"{\"a\":1}"}));
  EXPECT_EQ(got.code, "bad_crc");
}

// An any_of with two readers of parquet, one that names what its rows hold and one that takes any.
service::Definition any_with_rows(bool fallback) {
  service::Definition definition = any(fallback);
  definition.members.push_back(member("lake", "/lake/", R"(^\{[\s\S]*"class_uid":)", "parquet_processor"));
  definition.members.push_back(member("columns", "/columns/", "^PAR1", "parquet_processor"));
  service::FilterRule mark;
  mark.pattern = "skipped";
  definition.members.back().filename_filter_rules = {{mark}};
  return definition;
}

// Rows as dray-parquet gives them.
Outcome run_rows(const service::Definition& definition, const Texts& rows, Status ended = {},
                 const std::string& key = "mine/1") {
  const auto service = prepare(definition, std::size_t{1} << 20U);
  DRAY_ASSERT(service.ok());
  flow::ObjectRef object;
  object.bucket = "corp-logs";
  object.key = key;
  Events events;
  codec::DecompressorScratch scratch;
  ObjectDecoder decoder(*service, object, events, scratch);
  flow::RecordSink* sink = decoder.begin_rows();
  for (const std::string& row : rows) {
    if (sink == nullptr) break;
    if (Status taken = sink->accept({.bytes = row, .is_json = true}); !taken) {
      ended = std::move(taken);
      break;
    }
  }
  Outcome outcome;
  Status status = decoder.end_rows(std::move(ended));
  outcome.trouble = decoder.trouble();
  if (!status) outcome.code = status.error().code;
  if (!status) outcome.message = status.error().message;
  outcome.texts = events.texts;
  outcome.tags = events.tags;
  return outcome;
}

TEST(AnyOfParquet, TheRowsDecideHoweverLongTheyAre) {
  for (const std::size_t pad : {std::size_t{0}, std::size_t{2030}, std::size_t{4070}, std::size_t{9000}}) {
    Texts rows;
    for (int i = 0; i < 5; ++i) {
      rows.push_back(R"({"class_uid":)" + std::to_string(i) + R"(,"pad":")" + std::string(pad, 'x') + "\"}");
    }
    const Outcome got = run_rows(any_with_rows(false), rows);
    EXPECT_EQ(got.code, "");
    EXPECT_EQ(got.texts, rows) << pad;
    EXPECT_EQ(got.tags, Texts(5, "my.app.lake")) << pad;
  }
}

TEST(AnyOfParquet, ThenTheMagicBytesThenTheFallback) {
  const Texts rows{R"({"a":1})", R"({"a":2})"};
  EXPECT_EQ(run_rows(any_with_rows(true), rows).tags, Texts(2, "my.app.columns"));
  EXPECT_EQ(run_rows(any(true), rows).tags, Texts(2, "my.app.fallback"));
  const Outcome nobodys = run_rows(any(false), rows);
  EXPECT_EQ(nobodys.code, "not_recognised");
  EXPECT_EQ(nobodys.trouble, Trouble::unknown_format);
  EXPECT_NE(nobodys.message.find("rows of parquet"), std::string::npos) << nobodys.message;
  EXPECT_TRUE(nobodys.texts.empty());
}

TEST(AnyOfParquet, WhatItsTakerExcludesIsDoneAndWithoutRowsNothingIsLost) {
  const Outcome skipped = run_rows(any_with_rows(true), {R"({"a":1})"}, {}, "mine/skipped");
  EXPECT_EQ(skipped.code, "");
  EXPECT_TRUE(skipped.texts.empty());
  EXPECT_EQ(run_rows(any(false), {}).code, "");
}

TEST(AnyOfParquet, RowsBeforeDamageAreSentAndThoseBeforeWhatMayPassWaitForTheRest) {
  const Texts rows{R"({"class_uid":1})"};
  const Outcome damaged = run_rows(any_with_rows(false), rows, Error{ErrorKind::poison, "bad_parquet", "cut"});
  EXPECT_EQ(damaged.code, "bad_parquet");
  EXPECT_EQ(damaged.trouble, Trouble::corrupt_object);
  EXPECT_EQ(damaged.texts, rows);
  const Outcome cut_off = run_rows(any_with_rows(false), rows, Error{ErrorKind::later, "timeout", "no network"});
  EXPECT_EQ(cut_off.code, "timeout");
  EXPECT_FALSE(cut_off.trouble);
  EXPECT_TRUE(cut_off.texts.empty()) << "more rows may tell another source";
}

TEST(AnyOfParquet, TextIsNoneOfThoseThatReadParquet) {
  const Outcome got = run(any_with_rows(true), "{\"class_uid\":1}\n");
  EXPECT_EQ(got.texts, (Texts{"{\"class_uid\":1}"}));
  EXPECT_EQ(got.tags, (Texts{"my.app.fallback"}));
}

TEST(ChooseByKey, IsKnownBeforeAnythingIsRead) {
  const auto service = prepare(any(false), std::size_t{1} << 20U);
  ASSERT_TRUE(service) << service.error().message;
  const Choice taken = choose_by_key(*service, "x/vpcflowlogs/y");
  ASSERT_EQ(taken.kind, Choice::Kind::taken);
  EXPECT_EQ(taken.service->service->definition().name, "flows");
  EXPECT_EQ(choose_by_key(*service, "CloudTrail").kind, Choice::Kind::unknown);
  EXPECT_EQ(choose_by_key(*service, "/CloudTrail/Digest").kind, Choice::Kind::excluded);
  const auto plain = prepare(definition_of("line_split_processor"), std::size_t{1} << 20U);
  EXPECT_EQ(choose_by_key(*plain, "any").service, &*plain);
}

TEST(ChooseByKey, BesideOtherServicesItTakesWhatAMemberTakesOrEverythingWithAFallback) {
  const auto without = route::CompiledService::compile(any(false));
  ASSERT_TRUE(without);
  EXPECT_TRUE((*without)->matches_key("x/vpcflowlogs/y"));
  EXPECT_FALSE((*without)->matches_key("other"));
  EXPECT_TRUE((*without)->excludes_key("/CloudTrail/Digest"));
  EXPECT_FALSE((*without)->excludes_key("/CloudTrail/x"));
  const auto with_fallback = route::CompiledService::compile(any(true));
  EXPECT_TRUE((*with_fallback)->matches_key("other"));
}

TEST(Faults, OfMembersAreNamedWithTheirService) {
  service::Definition definition = any(false);
  definition.members[1].content_pattern = "(";
  definition.members[2].file_format.type = "no_such_processor";
  const std::vector<service::DefinitionFault> all = faults(definition);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].path, "any_of");
  EXPECT_NE(all[0].message.find("flows: content_pattern"), std::string::npos) << all[0].message;
  EXPECT_NE(all[1].message.find("no_such_processor"), std::string::npos) << all[1].message;
  EXPECT_FALSE(prepare(definition, std::size_t{1024}));
  EXPECT_TRUE(faults(any(false)).empty());
}

}  // namespace
}  // namespace dray::decode
