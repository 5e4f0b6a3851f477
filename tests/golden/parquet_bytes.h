// Parquet files by hand, from the format's own description and without Arrow, so that Arrow is not asked about itself:
// the caller gives the bytes of each page, and any schema, codec and encoding that the format knows. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dray::golden::parquet_bytes {

// The numbers of parquet.thrift.
enum Type { kBoolean = 0, kInt32 = 1, kInt64 = 2, kInt96 = 3, kFloat = 4, kDouble = 5, kBytes = 6, kFixed = 7 };
enum Repetition { kRequired = 0, kOptional = 1, kRepeated = 2 };
enum Codec { kUncompressed = 0, kSnappy = 1, kGzip = 2, kBrotli = 4, kHadoopLz4 = 5, kZstd = 6, kRawLz4 = 7 };
enum Encoding {
  kPlain = 0,
  kPlainDictionary = 2,
  kRle = 3,
  kDeltaBinaryPacked = 5,
  kDeltaLengthByteArray = 6,
  kDeltaByteArray = 7,
  kRleDictionary = 8,
  kByteStreamSplit = 9
};
enum Converted {
  kUtf8 = 0,
  kMap = 1,
  kMapKeyValue = 2,
  kList = 3,
  kEnum = 4,
  kDecimal = 5,
  kDate = 6,
  kTimeMillis = 7,
  kTimeMicros = 8,
  kTimestampMillis = 9,
  kTimestampMicros = 10,
  kUint64 = 14,
  kJson = 19,
  kBson = 20
};

// One line of the schema; the children of a group follow it.
struct Element {
  std::string name = "c";
  std::optional<Type> type = std::nullopt;  // none: a group
  Repetition repetition = kRequired;
  int children = 0;
  std::optional<Converted> converted = std::nullopt;
  std::string logical = {};  // a LogicalType, encoded
  int length = 0;            // of kFixed
  int scale = 0;
  int precision = 0;
};

// LogicalTypes without members, by their number in the union: 14 UUID, 15 FLOAT16.
std::string logical(int number);
// unit: 1 ms, 2 µs, 3 ns.
std::string logical_timestamp(int unit, bool is_utc);
std::string logical_time(int unit, bool is_utc);

enum class PageKind { data = 0, dictionary = 2, data_v2 = 3 };

struct Page {
  int values = 0;  // with nulls
  std::string stored = {};
  Encoding encoding = kPlain;
  PageKind kind = PageKind::data;
  std::optional<std::size_t> plain_bytes = std::nullopt;  // none: as stored
  // of data_v2:
  int nulls = 0;
  int rows = 0;
  std::size_t repetition_bytes = 0;
  std::size_t definition_bytes = 0;
  bool is_compressed = true;
};

enum class DictionaryOffset { given, absent, zero };

struct Column {
  std::vector<std::string> path;
  Type type = kInt32;
  std::vector<Page> pages;
  Codec codec = kUncompressed;
  DictionaryOffset dictionary = DictionaryOffset::given;
};

struct Group {
  std::int64_t rows = 0;
  std::vector<Column> columns;
};

// The root of the schema is added; it has `top` children.
std::string file_of(int top, const std::vector<Element>& schema, const std::vector<Group>& groups);
// One column of the schema's top, in one group.
std::string file_of(const Element& element, std::int64_t rows, std::vector<Page> pages, Codec codec = kUncompressed);

// Bytes of pages. Little endian, `bytes` of it.
std::string number(std::uint64_t value, int bytes);
std::string varint(std::uint64_t value);
std::string zigzag(std::int64_t value);
// PLAIN byte arrays.
std::string texts(const std::vector<std::string_view>& values);
// The RLE hybrid, each value a run of its own; values below 256.
std::string runs(const std::vector<int>& values);
// The same behind its length, as a data page of version 1 has levels and RLE booleans.
std::string sized_runs(const std::vector<int>& values);
// DELTA_BINARY_PACKED of up to 33 values whose deltas lie within 255 of each other.
std::string deltas(const std::vector<std::int64_t>& values);

}  // namespace dray::golden::parquet_bytes
