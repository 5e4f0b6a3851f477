// rooms: parquet
// What a dray-parquet that was taken over may say: dray reads no byte outside the object, takes no memory for lengths
// that no frame has, and gives only JSON objects on.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/assert.h"
#include "parquet/conversation.h"
#include "parquet_wire/frames.h"

namespace {

using namespace dray;

constexpr std::size_t kRowBytesMax = 4096;

class Fuzzed final : public parquet::Channel {
 public:
  explicit Fuzzed(std::string_view says) : says_(says) {}
  Status read(char* to, std::size_t count) override {
    DRAY_ASSERT(count <= parquet_wire::kRowsBytes + parquet_wire::kRowHeadBytes + kRowBytesMax);
    if (count > says_.size()) return Error{ErrorKind::poison, "parquet_helper_died", "end"};
    if (count > 0) std::memcpy(to, says_.data(), count);
    says_.remove_prefix(count);
    return {};
  }
  Status write(std::string_view) override { return {}; }

 private:
  std::string_view says_;
};

class Checked final : public parquet::RangeSource {
 public:
  [[nodiscard]] std::uint64_t size() const override { return 1000; }
  Status read(std::uint64_t offset, std::uint32_t length, ByteSink&) override {
    DRAY_ASSERT(offset <= size() && length <= size() - offset && length > 0);
    return {};
  }
};

class Rows final : public flow::RecordSink {
 public:
  Status accept(const flow::Record& record) override {
    DRAY_ASSERT(record.bytes.size() <= kRowBytesMax && record.bytes.starts_with('{') && record.bytes.ends_with('}'));
    return {};
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  Fuzzed channel({reinterpret_cast<const char*>(bytes), size});
  Checked source;
  Rows rows;
  [[maybe_unused]] const Status status = parquet::converse(channel, source, kRowBytesMax, rows);
  return 0;
}
