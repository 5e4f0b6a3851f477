// Rows of parquet through the chain: a flow log that AWS would publish as parquet, with the shipped definition and with
// parquet_processor of one's own; and bytes that are not parquet.
#include <gtest/gtest.h>

#include "chain.h"
#include "config/predefined.h"
#include "decode/object_decoder.h"
#include "parquet/row_reader.h"

namespace dray::golden {
namespace {

class Events final : public flow::EventSink {
 public:
  Status send(std::uint64_t /*ordinal*/, std::string_view tag, std::string_view text) override {
    events.push_back({std::string(tag), std::string(text)});
    return {};
  }
  std::vector<Event> events;
};

class InMemory final : public parquet::RangeSource {
 public:
  explicit InMemory(std::string bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  Status read(std::uint64_t offset, std::uint32_t length, ByteSink& sink) override {
    return sink.write(std::string_view(bytes_).substr(offset, length));
  }

 private:
  std::string bytes_;
};

std::string sample(const char* name = "vpc_flow.parquet") {
  return read_file(std::filesystem::path(DRAY_SOURCE_DIR) / "tests/unit/parquet" / name);
}

struct ParquetChain : ::testing::Test {
  // As pipeline/object_stream.cc does it.
  void decode(const service::Definition& definition, const std::string& bytes) {
    const auto service = decode::prepare(definition, 16U << 20U);
    ASSERT_TRUE(service.ok()) << service.error().message;
    const auto object = flow::ObjectRef{.bucket = "corp-logs",
                                        .key = "in/flow.log.parquet",
                                        .region = "eu-west-1",
                                        .account = "111122223333",
                                        .size = {},
                                        .etag = {},
                                        .version_id = {},
                                        .sequencer = {}};
    codec::DecompressorScratch scratch;
    decode::ObjectDecoder decoder(*service, object, events, scratch);
    const Status streamed = decoder.write(bytes);
    ASSERT_FALSE(streamed.ok());
    EXPECT_EQ(streamed.error().code, decode::kParquetObject);
    EXPECT_FALSE(decoder.trouble());
    auto rows = decoder.begin_rows();
    ASSERT_TRUE(rows.ok());
    InMemory source(bytes);
    SystemClock clock;
    Stop stop;
    auto reading = parquet::RowReader({.program = DRAY_PARQUET_PROGRAM}, clock).begin(stop);
    ASSERT_TRUE(reading.ok());
    ended = decoder.end_rows(reading->rows(source, decoder.record_bytes_max(), **rows));
    trouble = decoder.trouble();
    records = decoder.records();
  }

  Events events;
  Status ended;
  std::optional<flow::Trouble> trouble;
  std::uint64_t records = 0;
};

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
