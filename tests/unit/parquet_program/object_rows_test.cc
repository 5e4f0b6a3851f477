// Files written here by Arrow's own writer, read and turned into text in this process: the rules of docs/parquet.md.
#include "parquet_program/object_rows.h"

#include <arrow/api.h>
#include <arrow/extension/uuid.h>
#include <arrow/io/memory.h>
#include <arrow/util/float16.h>
#include <gtest/gtest.h>
#include <parquet/arrow/writer.h>
#include <parquet/stream_writer.h>

#include <limits>

#include "parquet_program/moments.h"

namespace dray::parquet_program {
namespace {

namespace pa = ::arrow;

class InMemory final : public Source {
 public:
  explicit InMemory(std::string bytes) : bytes_(std::move(bytes)) {}
  pa::Status read(std::int64_t offset, std::int64_t length, std::uint8_t* to) override {
    EXPECT_LE(length, parquet_wire::kReadBytesMax);
    bytes_.copy(reinterpret_cast<char*>(to), static_cast<std::size_t>(length), static_cast<std::size_t>(offset));
    reads.push_back({offset, length});
    return pa::Status::OK();
  }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  std::vector<Span> reads;

 private:
  std::string bytes_;
};

struct Writing {
  std::int64_t group_rows = 1'000'000;
  bool int96 = false;
  bool store_schema = false;
};

std::string file_of(const std::shared_ptr<pa::Table>& table, const Writing& how = {}) {
  auto out = pa::io::BufferOutputStream::Create().ValueOrDie();
  const auto properties = ::parquet::WriterProperties::Builder().compression(pa::Compression::ZSTD)->build();
  ::parquet::ArrowWriterProperties::Builder arrow;
  if (how.int96) arrow.enable_deprecated_int96_timestamps();
  if (how.store_schema) arrow.store_schema();
  const auto status =
      ::parquet::arrow::WriteTable(*table, pa::default_memory_pool(), out, how.group_rows, properties, arrow.build());
  EXPECT_TRUE(status.ok()) << status.ToString();
  return out->Finish().ValueOrDie()->ToString();
}

struct Result {
  std::vector<std::string> rows;
  Outcome outcome;
  std::vector<Span> reads;
};

Result rows_of(std::string file, std::uint32_t row_bytes_max = 1U << 24U) {
  InMemory source(std::move(file));
  Result result;
  result.outcome = read_rows(source, {source.size(), row_bytes_max}, [&](std::string_view body) {
    while (!body.empty()) {
      const auto row = parquet_wire::next_row(body);
      ASSERT_TRUE(row.has_value());
      result.rows.emplace_back(*row);
    }
  });
  EXPECT_EQ(result.outcome.rows, result.rows.size());
  result.reads = source.reads;
  return result;
}

// The texts of one column's values, each as {"c":…}.
template <class Builder, class Append>
std::vector<std::string> texts(const std::shared_ptr<pa::DataType>& type, Append append, const Writing& how = {}) {
  Builder builder(type, pa::default_memory_pool());
  append(builder);
  const auto column = builder.Finish().ValueOrDie();
  const auto table = pa::Table::Make(pa::schema({pa::field("c", column->type())}), {column});
  Result result = rows_of(file_of(table, how));
  EXPECT_FALSE(result.outcome.fault) << result.outcome.fault->reason;
  for (std::string& row : result.rows) row = row.substr(5, row.size() - 6);
  return result.rows;
}

template <class Builder, class Value>
std::vector<std::string> texts_of(const std::shared_ptr<pa::DataType>& type, const std::vector<Value>& values,
                                  const Writing& how = {}) {
  return texts<Builder>(
      type,
      [&](Builder& builder) {
        for (const Value& value : values) ASSERT_TRUE(builder.Append(value).ok());
        ASSERT_TRUE(builder.AppendNull().ok());
      },
      how);
}

using Texts = std::vector<std::string>;

TEST(Rows, IntegersAreExactAndUnsignedOnesUnsigned) {
  EXPECT_EQ((texts_of<pa::Int64Builder, std::int64_t>(pa::int64(), {0, -1, 9007199254740993, INT64_MIN})),
            (Texts{"0", "-1", "9007199254740993", "-9223372036854775808", "null"}));
  EXPECT_EQ((texts_of<pa::UInt64Builder, std::uint64_t>(pa::uint64(), {0, UINT64_MAX})),
            (Texts{"0", "18446744073709551615", "null"}));
  EXPECT_EQ((texts_of<pa::Int8Builder, std::int8_t>(pa::int8(), {-128})), (Texts{"-128", "null"}));
  EXPECT_EQ((texts_of<pa::UInt8Builder, std::uint8_t>(pa::uint8(), {255})), (Texts{"255", "null"}));
  EXPECT_EQ((texts_of<pa::UInt32Builder, std::uint32_t>(pa::uint32(), {UINT32_MAX})), (Texts{"4294967295", "null"}));
}

TEST(Rows, DoublesReadBackAsTheSameValue) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ((texts_of<pa::DoubleBuilder, double>(
                pa::float64(), {0, -0.0, 1, 0.1, 1e15, 1e16, 1e-4, 1e-5, 5e-324, 1.7976931348623157e308, kInfinity,
                                -kInfinity, std::numeric_limits<double>::quiet_NaN()})),
            (Texts{"0.0", "-0.0", "1.0", "0.1", "1000000000000000.0", "1e+16", "0.0001", "1e-05", "5e-324",
                   "1.7976931348623157e+308", R"("Infinity")", R"("-Infinity")", R"("NaN")", "null"}));
  EXPECT_EQ((texts_of<pa::FloatBuilder, float>(pa::float32(), {0.1F, 16777216.0F})),
            (Texts{"0.1", "16777216.0", "null"}));
  EXPECT_EQ((texts_of<pa::HalfFloatBuilder, std::uint16_t>(pa::float16(), {0x3C00, 0xC000, 0x7C00})),
            (Texts{"1.0", "-2.0", R"("Infinity")", "null"}));
}

TEST(Rows, DecimalsKeepTheirZeros) {
  const std::vector<pa::Decimal128> values{pa::Decimal128(123450), pa::Decimal128(-5), pa::Decimal128(0)};
  EXPECT_EQ((texts_of<pa::Decimal128Builder, pa::Decimal128>(pa::decimal128(9, 2), values)),
            (Texts{"1234.50", "-0.05", "0.00", "null"}));
  EXPECT_EQ((texts_of<pa::Decimal128Builder, pa::Decimal128>(pa::decimal128(38, 0), values)),
            (Texts{"123450", "-5", "0", "null"}));
  EXPECT_EQ((texts_of<pa::Decimal256Builder, pa::Decimal256>(
                pa::decimal256(60, 10), {pa::Decimal256("-12345678901234567890123456789012345678901234567890")})),
            (Texts{"-1234567890123456789012345678901234567890.1234567890", "null"}));
}

TEST(Rows, MomentsAreIsoText) {
  const std::vector<std::int64_t> millis{1709629811123, -1, 0};
  EXPECT_EQ((texts_of<pa::TimestampBuilder, std::int64_t>(pa::timestamp(pa::TimeUnit::MILLI, "UTC"), millis)),
            (Texts{R"("2024-03-05T09:10:11.123Z")", R"("1969-12-31T23:59:59.999Z")", R"("1970-01-01T00:00:00.000Z")",
                   "null"}));
  EXPECT_EQ((texts_of<pa::TimestampBuilder, std::int64_t>(pa::timestamp(pa::TimeUnit::MICRO), {1709629811123456})),
            (Texts{R"("2024-03-05T09:10:11.123456")", "null"}));
  EXPECT_EQ(
      (texts_of<pa::TimestampBuilder, std::int64_t>(pa::timestamp(pa::TimeUnit::NANO, "UTC"), {1709629811123456789})),
      (Texts{R"("2024-03-05T09:10:11.123456789Z")", "null"}));
  EXPECT_EQ((texts_of<pa::TimestampBuilder, std::int64_t>(pa::timestamp(pa::TimeUnit::MILLI),
                                                          {253402300800000, -62198755200000, INT64_MAX})),
            (Texts{R"("+10000-01-01T00:00:00.000")", R"("-0001-01-01T00:00:00.000")",
                   R"("+292278994-08-17T07:12:55.807")", "null"}));
  EXPECT_EQ((texts_of<pa::Date32Builder, std::int32_t>(pa::date32(), {19787, -719528, 11016})),
            (Texts{R"("2024-03-05")", R"("0000-01-01")", R"("2000-02-29")", "null"}));
  EXPECT_EQ((texts_of<pa::Time32Builder, std::int32_t>(pa::time32(pa::TimeUnit::MILLI), {33011123, 86400000, -1})),
            (Texts{R"("09:10:11.123")", "86400000", "-1", "null"}));
  EXPECT_EQ((texts_of<pa::Time64Builder, std::int64_t>(pa::time64(pa::TimeUnit::NANO), {33011123456789})),
            (Texts{R"("09:10:11.123456789")", "null"}));
}

TEST(Rows, Int96IsExactAlsoWhereNanosecondsDoNotReach) {
  // Year 1 and year 9999 lie outside the 64-bit nanoseconds that Arrow makes of INT96.
  const auto type = pa::timestamp(pa::TimeUnit::MICRO);
  EXPECT_EQ((texts_of<pa::TimestampBuilder, std::int64_t>(
                type, {1709629811123456, -62135596800000000, 253402300799999999}, {.int96 = true})),
            (Texts{R"("2024-03-05T09:10:11.123456000")", R"("0001-01-01T00:00:00.000000")",
                   R"("9999-12-31T23:59:59.999999")", "null"}));
}

TEST(Rows, Int96IsFoundByItsPlaceWhereColumnsShareAName) {
  pa::Int64Builder numbers;
  pa::TimestampBuilder times(pa::timestamp(pa::TimeUnit::MICRO), pa::default_memory_pool());
  ASSERT_TRUE(numbers.Append(7).ok());
  ASSERT_TRUE(times.Append(-62135596800000000).ok());
  const auto number = numbers.Finish().ValueOrDie();
  const auto time = times.Finish().ValueOrDie();
  const auto schema = pa::schema({pa::field("c", pa::int64()), pa::field("c", time->type()),
                                  pa::field("d", pa::int64()), pa::field("c", time->type())});
  ASSERT_TRUE(times.Append(253402300799999999).ok());
  const auto last = times.Finish().ValueOrDie();
  const auto result = rows_of(file_of(pa::Table::Make(schema, {number, time, number, last}), {.int96 = true}));
  EXPECT_EQ(result.rows, (Texts{R"({"c":7,"c":"0001-01-01T00:00:00.000000","d":7,"c":"9999-12-31T23:59:59.999999"})"}));
}

TEST(Rows, BytesAreTextIfTheyAreUtf8AndElseBase64) {
  EXPECT_EQ((texts_of<pa::BinaryBuilder, std::string>(pa::binary(), {"text \xC3\xA9", "\xC3", "\xED\xA0\x80", ""})),
            (Texts{"\"text \xC3\xA9\"", R"("ww==")", R"("7aCA")", R"("")", "null"}));
  EXPECT_EQ((texts_of<pa::FixedSizeBinaryBuilder, std::string>(pa::fixed_size_binary(4), {"abcd"})),
            (Texts{R"("YWJjZA==")", "null"}));
}

TEST(Rows, TextKeepsItsBytesButForWhatJsonEscapes) {
  std::string odd = "\"\\\b\f\n\r\t\x01\x1F\x7F/ \xE2\x80\xA8 \xA9 ";
  odd.push_back('\0');
  EXPECT_EQ((texts_of<pa::StringBuilder, std::string>(pa::utf8(), {odd, std::string(5000, '"')})),
            (Texts{"\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\x7F/ \xE2\x80\xA8 \xA9 \\u0000\"",
                   '"' +
                       [] {
                         std::string quotes;
                         for (int i = 0; i < 5000; ++i) quotes += "\\\"";
                         return quotes;
                       }() +
                       '"',
                   "null"}));
}

TEST(Rows, UuidsAreWrittenAsSuch) {
  pa::FixedSizeBinaryBuilder builder(pa::fixed_size_binary(16));
  ASSERT_TRUE(builder.Append("\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef").ok());
  const auto storage = builder.Finish().ValueOrDie();
  const auto column = pa::ExtensionType::WrapArray(pa::extension::uuid(), storage);
  const auto result = rows_of(file_of(pa::Table::Make(pa::schema({pa::field("u", column->type())}), {column})));
  EXPECT_EQ(result.rows, (Texts{R"({"u":"01234567-89ab-cdef-0123-456789abcdef"})"}));
}

TEST(Rows, ADictionaryOfTheWriterIsItsValues) {
  pa::StringDictionaryBuilder builder;
  for (const char* word : {"a", "b", "a"}) ASSERT_TRUE(builder.Append(word).ok());
  ASSERT_TRUE(builder.AppendNull().ok());
  const auto column = builder.Finish().ValueOrDie();
  const auto table = pa::Table::Make(pa::schema({pa::field("d", column->type())}), {column});
  EXPECT_EQ(rows_of(file_of(table, {.store_schema = true})).rows,
            (Texts{R"({"d":"a"})", R"({"d":"b"})", R"({"d":"a"})", R"({"d":null})"}));
}

TEST(Rows, ViewsAndLargeTypesOfTheWriterAreTextToo) {
  pa::StringViewBuilder views;
  pa::LargeStringBuilder large;
  ASSERT_TRUE(views.Append("a text that is longer than twelve").ok());
  ASSERT_TRUE(large.Append("a").ok());
  const auto columns =
      std::vector<std::shared_ptr<pa::Array>>{views.Finish().ValueOrDie(), large.Finish().ValueOrDie()};
  const auto schema = pa::schema({pa::field("v", pa::utf8_view()), pa::field("l", pa::large_utf8())});
  EXPECT_EQ(rows_of(file_of(pa::Table::Make(schema, columns), {.store_schema = true})).rows,
            (Texts{R"({"v":"a text that is longer than twelve","l":"a"})"}));
}

TEST(Rows, KeepNullListsEmptyListsAndListsOfNullApart) {
  const auto items = std::make_shared<pa::Int32Builder>();
  pa::ListBuilder list(pa::default_memory_pool(), items);
  ASSERT_TRUE(list.AppendNull().ok());
  ASSERT_TRUE(list.Append().ok());
  ASSERT_TRUE(list.Append().ok());
  ASSERT_TRUE(items->AppendNull().ok());
  ASSERT_TRUE(list.Append().ok());
  ASSERT_TRUE(items->AppendValues({1, 2}).ok());
  const auto lists = list.Finish().ValueOrDie();
  const auto inner = pa::StructArray::Make({lists}, std::vector<std::string>{"l"}).ValueOrDie();
  const auto table = pa::Table::Make(
      pa::schema({pa::field("s", inner->type()), pa::field("k\"", pa::list(pa::int32()))}), {inner, lists});
  EXPECT_EQ(rows_of(file_of(table)).rows,
            (Texts{R"({"s":{"l":null},"k\"":null})", R"({"s":{"l":[]},"k\"":[]})", R"({"s":{"l":[null]},"k\"":[null]})",
                   R"({"s":{"l":[1,2]},"k\"":[1,2]})"}));
}

std::shared_ptr<pa::Table> numbers(std::int64_t count) {
  pa::Int64Builder number;
  pa::StringBuilder text;
  for (std::int64_t i = 0; i < count; ++i) {
    EXPECT_TRUE(number.Append(i).ok());
    EXPECT_TRUE(text.Append(std::to_string(i * 7919)).ok());
  }
  return pa::Table::Make(pa::schema({pa::field("n", pa::int64()), pa::field("t", pa::utf8())}),
                         {number.Finish().ValueOrDie(), text.Finish().ValueOrDie()});
}

TEST(Rows, ComeInOrderOverManyGroupsAndBatches) {
  const auto result = rows_of(file_of(numbers(50'000), {.group_rows = 9'000}));
  ASSERT_EQ(result.rows.size(), 50'000U);
  for (std::size_t i = 0; i < result.rows.size(); ++i) {
    ASSERT_EQ(result.rows[i], "{\"n\":" + std::to_string(i) + ",\"t\":\"" + std::to_string(i * 7919) + "\"}");
  }
  EXPECT_EQ(result.reads.size(), 1U + 6U) << "the end, and one range for each row group";
}

TEST(Rows, OfNoneAreNone) {
  const auto result = rows_of(file_of(numbers(0)));
  EXPECT_FALSE(result.outcome.fault);
  EXPECT_TRUE(result.rows.empty());
}

TEST(Rows, BeforeADamagedGroupAreDelivered) {
  std::string file = file_of(numbers(3'000), {.group_rows = 1'000});
  const Span last_group = rows_of(file).reads.back();
  for (std::int64_t i = last_group.length / 2; i < last_group.length; ++i) {
    file[static_cast<std::size_t>(last_group.offset + i)] ^= 0x5A;
  }
  const auto result = rows_of(file);
  ASSERT_TRUE(result.outcome.fault);
  EXPECT_EQ(result.outcome.fault->cause, parquet_wire::Cause::damaged);
  EXPECT_GE(result.rows.size(), 2'000U);
  EXPECT_LT(result.rows.size(), 3'000U);
}

TEST(Rows, TooLongEndTheObjectAfterTheOthers) {
  pa::StringBuilder text;
  ASSERT_TRUE(text.Append("short").ok());
  ASSERT_TRUE(text.Append(std::string(2'000'000, 'x')).ok());
  const auto table = pa::Table::Make(pa::schema({pa::field("t", pa::utf8())}), {text.Finish().ValueOrDie()});
  const auto result = rows_of(file_of(table), 1'000'000);
  ASSERT_TRUE(result.outcome.fault);
  EXPECT_EQ(result.outcome.fault->cause, parquet_wire::Cause::long_row);
  EXPECT_EQ(result.rows, (Texts{R"({"t":"short"})"}));
  EXPECT_EQ(rows_of(file_of(table)).rows.at(1).size(), 2'000'000U + 8U);
}

}  // namespace
}  // namespace dray::parquet_program
