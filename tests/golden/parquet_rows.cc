#include "parquet_rows.h"

#include <gtest/gtest.h>

#include "chain.h"
#include "decode/object_decoder.h"
#include "parquet/row_reader.h"

namespace dray::golden {
namespace {

class InMemory final : public parquet::RangeSource {
 public:
  InMemory(const std::string& bytes, ParquetRows& chain) : bytes_(bytes), chain_(chain) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  Status read(std::uint64_t offset, std::uint32_t length, ByteSink& sink) override {
    chain_.readings.push_back({offset, length, chain_.events.events.size()});
    return sink.write(std::string_view(bytes_).substr(offset, length));
  }

 private:
  const std::string& bytes_;
  ParquetRows& chain_;
};

}  // namespace

Status ParquetRows::Events::send(std::uint64_t /*ordinal*/, std::string_view tag, std::string_view text) {
  events.push_back({std::string(tag), std::string(text)});
  return {};
}

// As pipeline/object_stream.cc does it.
void ParquetRows::decode(const service::Definition& definition, const std::string& bytes, const std::string& key) {
  events.events.clear();
  readings.clear();
  const auto service = decode::prepare(definition, 16U << 20U);
  ASSERT_TRUE(service.ok()) << service.error().message;
  const auto object = flow::ObjectRef{.bucket = "corp-logs",
                                      .key = key,
                                      .region = "eu-west-1",
                                      .account = "111122223333",
                                      .size = {},
                                      .etag = {},
                                      .version_id = {},
                                      .sequencer = {}};
  codec::DecompressorScratch scratch;
  decode::ObjectDecoder decoder(*service, object, events, scratch);
  Status streamed = decoder.write(bytes);
  if (streamed) streamed = decoder.finish();  // a small object may still be waiting for its first bytes to be judged
  ASSERT_FALSE(streamed.ok());
  EXPECT_EQ(streamed.error().code, decode::kParquetObject);
  EXPECT_FALSE(decoder.trouble());
  flow::RecordSink* sink = decoder.begin_rows();
  ASSERT_NE(sink, nullptr);
  InMemory source(bytes, *this);
  SystemClock clock;
  Stop stop;
  auto reading = parquet::RowReader({.program = DRAY_PARQUET_PROGRAM}, clock).begin(stop);
  ASSERT_TRUE(reading.ok());
  ended = decoder.end_rows(reading->rows(source, decoder.record_bytes_max(), *sink));
  trouble = decoder.trouble();
  records = decoder.records();
}

std::vector<std::string> ParquetRows::rows(const std::string& bytes) {
  decode(definition_of("parquet_processor"), bytes);
  std::vector<std::string> texts;
  texts.reserve(events.events.size());
  for (const Event& event : events.events) texts.push_back(event.text);
  return texts;
}

std::vector<std::string> ParquetRows::all_rows(const std::string& bytes) {
  auto texts = rows(bytes);
  EXPECT_TRUE(ended.ok()) << ended.error().code << ": " << ended.error().message;
  return texts;
}

}  // namespace dray::golden
