#include "pipeline/object_stream.h"

#include <algorithm>
#include <utility>

namespace dray::pipeline {
namespace {

constexpr std::string_view kSuffix = ".parquet";

class Ranges final : public parquet::RangeSource {
 public:
  explicit Ranges(object::RangeReader& reader) : reader_(reader) {}
  [[nodiscard]] std::uint64_t size() const override { return reader_.size(); }
  Status read(std::uint64_t offset, std::uint32_t length, ByteSink& sink) override {
    return reader_.read(offset, length, sink);
  }

 private:
  object::RangeReader& reader_;
};

bool ends_with_any_case(std::string_view text, std::string_view suffix) {
  if (text.size() < suffix.size()) return false;
  return std::ranges::equal(text.substr(text.size() - suffix.size()), suffix, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

}  // namespace

bool is_parquet_by_name(const decode::ObjectDecoder& decoder, std::string_view key) {
  return decoder.expects_parquet() || ends_with_any_case(key, kSuffix);
}

bool ends_like_parquet(std::string_view end) {
  return end.ends_with("PAR1") || end.ends_with("PARE");
}

Status read_parquet(parquet::RangeSource& source, decode::ObjectDecoder& decoder, Clock& clock, const Stop& stop) {
  flow::RecordSink* rows = decoder.begin_rows();
  if (rows == nullptr) return {};  // nobody wants them
  const parquet::RowReader reader({}, clock);
  auto reading = reader.begin(stop);
  if (!reading) return std::move(reading).error();
  return decoder.end_rows(reading->rows(source, decoder.record_bytes_max(), *rows));
}

Status ObjectStream::read(const flow::ObjectRef& object, const std::string& expected_etag,
                          decode::ObjectDecoder& decoder, const Stop& stop, object::Fetched& fetched) {
  object::RangeReader ranges(store_, clock_, object, stop);
  const auto rows = [&] {
    Ranges source(ranges);
    Status status = read_parquet(source, decoder, clock_, stop);
    fetched = {ranges.etag(), ranges.size()};
    return status;
  };
  if (is_parquet_by_name(decoder, object.key)) {
    if (Status status = ranges.open(expected_etag); !status) return status;
    if (ends_like_parquet(ranges.end())) return rows();
  }
  Status streamed = fetcher_.fetch(object, expected_etag, decoder, stop, fetched);
  if (streamed || streamed.error().code != decode::kParquetObject) return streamed;
  if (!ranges.is_open()) {
    if (Status status = ranges.open(fetched.etag); !status) return status;
  }
  return rows();
}

}  // namespace dray::pipeline
