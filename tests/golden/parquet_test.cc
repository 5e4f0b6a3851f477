// Rows of parquet through the chain: a flow log that AWS would publish as parquet, with the shipped definition and with
// parquet_processor of one's own; and bytes that are not parquet.
#include <gtest/gtest.h>

#include "chain.h"
#include "config/predefined.h"
#include "parquet_bytes.h"
#include "parquet_rows.h"

namespace dray::golden {
namespace {

std::string sample(const char* name = "vpc_flow.parquet") {
  return read_file(std::filesystem::path(DRAY_SOURCE_DIR) / "tests/unit/parquet" / name);
}

struct ParquetChain : ::testing::Test, ParquetRows {};

TEST_F(ParquetChain, FlowLogsOfTheShippedServiceGetItsTag) {
  decode(*config::predefined("aws_sqs_vpc"), sample());
  ASSERT_TRUE(ended.ok());
  ASSERT_EQ(events.events.size(), 12U);
  EXPECT_EQ(events.events[4],
            (Event{"cloud.aws.vpc.flow",
                   R"({"version":2,"account_id":"111122223333","interface_id":"eni-0aa11bb22cc33dd44",)"
                   R"("srcaddr":"192.0.2.14","dstaddr":"198.51.100.7","srcport":44325,"dstport":443,"protocol":6,)"
                   R"("packets":16,"bytes":26555,"start":1709630040,"end":1709630099,"action":"ACCEPT",)"
                   R"("log_status":"OK"})"}));
}

// Nested columns, a map, nulls and a number beyond 2^53, as Security Lake's OCSF has them.
TEST_F(ParquetChain, SecurityLakeRowsOfTheShippedServiceGetItsTag) {
  decode(*config::predefined("aws_sqs_security_lake"), sample("security_lake.gz.parquet"));
  ASSERT_TRUE(ended.ok());
  const std::string tag = "cloud.aws.security_lake.event";
  const std::vector<Event> expected{
      {tag, R"({"class_uid":4001,"time":"2024-03-05T09:10:11.123Z","cloud":{"provider":"AWS","region":"eu-west-1"},)"
            R"("src_endpoint":{"ip":"192.0.2.8","port":50123},"traffic":{"bytes":9007199254740993,"packets":3},)"
            R"("resources":null,"unmapped":[{"key":"log_status","value":"OK"},)"
            R"({"key":"note","value":"a \"quoted\"\nline"}]})"},
      {tag,
       R"({"class_uid":3005,"time":"2024-03-05T09:10:12.000Z","cloud":{"provider":"AWS","region":null},)"
       R"("src_endpoint":null,"traffic":null,"resources":[{"uid":"arn:aws:iam::111122223333:user/bo","type":null}],)"
       R"("unmapped":[]})"}};
  EXPECT_EQ(events.events, expected);
}

// What aws_sqs_auto does with parquet under a key of one's own.
TEST_F(ParquetChain, RowsTellTheirSourceWhereTheKeyDoesNot) {
  const service::Definition any = *config::predefined("aws_sqs_auto");
  decode(any, sample(), "mine/0001");
  ASSERT_TRUE(ended.ok());
  ASSERT_EQ(events.events.size(), 12U);
  EXPECT_EQ(events.events[0].tag, "cloud.aws.vpc.flow");
  decode(any, sample("security_lake.gz.parquet"), "mine/0002");
  ASSERT_TRUE(ended.ok());
  ASSERT_EQ(events.events.size(), 2U);
  EXPECT_EQ(events.events[0].tag, "cloud.aws.security_lake.event");
  using namespace parquet_bytes;
  decode(any, file_of({.name = "amount", .type = kInt32}, 1, {{.values = 1, .stored = number(7, 4)}}), "mine/0003");
  ASSERT_TRUE(ended.ok());
  EXPECT_EQ(events.events, (std::vector<Event>{{"my.app.s3.unknown", R"({"amount":7})"}}));
}

TEST_F(ParquetChain, FiltersAndVariablesSeeTheColumns) {
  decode(definition_of("parquet_processor", "{}",
                       "record_field_mapping: {action: {keys: [action]}}\n"
                       "line_filter_rules: [[{source: record, key: action, type: match, value: ACCEPT}]]\n"
                       "routing_template: my.app.flow.[record-action]\n"),
         sample());
  ASSERT_TRUE(ended.ok());
  EXPECT_EQ(records, 12U);
  ASSERT_EQ(events.events.size(), 5U);
  EXPECT_EQ(events.events[0].tag, "my.app.flow.REJECT");
  EXPECT_EQ(events.events[2].tag, "my.app.flow.-");
}

TEST_F(ParquetChain, ADamagedFileIsTroubleOfTheObject) {
  std::string bytes = sample();
  bytes.resize(bytes.size() / 2);
  decode(definition_of("parquet_processor"), bytes);
  ASSERT_FALSE(ended.ok());
  EXPECT_EQ(trouble, flow::Trouble::corrupt_object);
}

TEST(ParquetFormat, SaysThatAnObjectIsNotParquet) {
  expect_chained(definition_of("parquet_processor"), "some text\n", {}, "not_parquet");
  expect_chained(definition_of("parquet_processor"), "", {});
}

}  // namespace
}  // namespace dray::golden
