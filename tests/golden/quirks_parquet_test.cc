// Quirks 29 to 35 of formats.md 6.5, each with files made by hand (parquet_bytes.h) and read by the real dray-parquet
// behind the chain. The number is that of the list. Where the published samples are at hand, they have their say too.
#include <gtest/gtest.h>
#include <lz4.h>
#include <snappy.h>

#include <algorithm>
#include <bit>

#include "chain.h"
#include "packers.h"
#include "parquet_bytes.h"
#include "parquet_rows.h"

namespace dray::golden {
namespace {

using namespace parquet_bytes;  // NOLINT(google-build-using-namespace): the vocabulary of this file

using Texts = std::vector<std::string>;

struct Reader : ParquetRows {
  // The values of a file's only column, each row being {"c":…}.
  Texts values(const std::string& bytes) {
    Texts texts = all_rows(bytes);
    for (std::string& text : texts) {
      EXPECT_TRUE(text.starts_with("{\"c\":")) << text;
      text = text.size() > 6 ? text.substr(5, text.size() - 6) : text;
    }
    return texts;
  }
  // Of one page, PLAIN.
  Texts plain(const Element& element, int rows, const std::string& stored) {
    return values(file_of(element, rows, {{rows, stored}}));
  }
  // Of a published sample; none without the samples.
  std::optional<Texts> sample(const char* name) {
    if (corpora().empty()) return std::nullopt;
    return all_rows(read_file(corpora() / "parquet" / name));
  }
};

Element text_column() {
  return {.type = kBytes, .converted = kUtf8};
}

std::string int32s(const std::vector<int>& numbers) {
  std::string out;
  for (const int value : numbers) out += number(static_cast<std::uint32_t>(value), 4);
  return out;
}

TEST(Quirks, Quirk29TheEndSaysWhetherItIsParquetAndAnEncryptedFooterIsForGood) {
  Reader reader;
  const std::string sound = file_of(text_column(), 1, {{1, texts({"alpha"})}});
  EXPECT_EQ(reader.values(sound), (Texts{"\"alpha\""}));

  const auto fault_of = [&](const std::string& bytes, flow::Trouble trouble) {
    EXPECT_TRUE(reader.rows(bytes).empty());
    EXPECT_EQ(reader.trouble, trouble);
    if (reader.ended) return std::string();
    EXPECT_EQ(reader.ended.error().kind, ErrorKind::poison);
    return reader.ended.error().code;
  };
  const auto corrupt = flow::Trouble::corrupt_object;
  const std::string body = sound.substr(0, sound.size() - 8);
  EXPECT_EQ(fault_of(sound.substr(0, sound.size() - 4) + "PARE", flow::Trouble::unknown_codec), "encrypted_parquet");
  EXPECT_EQ(fault_of(sound.substr(0, sound.size() - 1), corrupt), "bad_parquet");
  EXPECT_EQ(fault_of(body + number(0x7FFFFFFF, 4) + "PAR1", corrupt), "bad_parquet");
  EXPECT_EQ(fault_of(body + number(0, 4) + "PAR1", corrupt), "bad_parquet");
}

// Not the whole object: what no column chunk holds is never asked for.
TEST(Quirks, Quirk29OnlyTheRangesOfTheColumnsAreRead) {
  Reader reader;
  const std::string small = file_of(text_column(), 1, {{1, texts({"alpha"})}});
  const std::size_t footer_bytes = static_cast<unsigned char>(small[small.size() - 8]) + 8U;
  const std::string spread = small.substr(0, small.size() - footer_bytes) + std::string(std::size_t{4} << 20U, 'x') +
                             small.substr(small.size() - footer_bytes);
  EXPECT_EQ(reader.values(spread), (Texts{"\"alpha\""}));
  std::uint64_t read = 0;
  for (const auto& reading : reader.readings) read += reading.length;
  EXPECT_LT(read, std::uint64_t{1} << 20U);
}

struct Packed {
  Codec codec;
  std::string stored;
};

// A stream of one uncompressed meta-block and an empty last one (RFC 7932, 9.2); no library of it is needed.
std::string pack_brotli(std::string_view plain) {
  const std::uint64_t head = 1U << 20U | (plain.size() - 1) << 4U;
  return number(head, 3) + std::string(plain) + "\x03";
}

std::string pack_lz4_block(const std::string& plain) {
  std::string out(static_cast<std::size_t>(LZ4_compressBound(static_cast<int>(plain.size()))), '\0');
  out.resize(static_cast<std::size_t>(
      LZ4_compress_default(plain.data(), out.data(), static_cast<int>(plain.size()), static_cast<int>(out.size()))));
  return out;
}

std::string big_endian(std::size_t value) {
  const std::string little = number(value, 4);
  return {little.rbegin(), little.rend()};
}

TEST(Quirks, Quirk30EveryCodecIsRead) {
  Reader reader;
  const std::string plain = texts({"alpha alpha alpha alpha", "bravo bravo bravo bravo"});
  std::string snappy;
  ::snappy::Compress(plain.data(), plain.size(), &snappy);
  const std::string block = pack_lz4_block(plain);
  const Packed packed[] = {
      {kUncompressed, plain},
      {kSnappy, snappy},
      {kGzip, gzip(plain)},
      {kGzip, gzip(plain.substr(0, 20)) + gzip(plain.substr(20))},  // members, cut inside a value
      {kBrotli, pack_brotli(plain)},
      {kZstd, pack_zstd(plain)},
      {kRawLz4, block},
      {kHadoopLz4, big_endian(plain.size()) + big_endian(block.size()) + block},
  };
  for (const Packed& one : packed) {
    SCOPED_TRACE("codec " + std::to_string(one.codec));
    Page page{2, one.stored};
    page.plain_bytes = plain.size();
    EXPECT_EQ(reader.values(file_of(text_column(), 2, {page}, one.codec)),
              (Texts{"\"alpha alpha alpha alpha\"", "\"bravo bravo bravo bravo\""}));
  }
  if (const auto rows = reader.sample("lz4_raw_compressed.parquet")) {
    EXPECT_EQ(rows->size(), 4U);
  }
}

// A dictionary until it grew too large, then PLAIN; with its offset given, absent (old writers) and 0 (others).
TEST(Quirks, Quirk31ADictionaryMayEndInsideAChunk) {
  Reader reader;
  for (const auto offset : {DictionaryOffset::given, DictionaryOffset::absent, DictionaryOffset::zero}) {
    for (const Encoding encoding : {kPlainDictionary, kRleDictionary}) {
      const Encoding of_dictionary = encoding == kPlainDictionary ? kPlainDictionary : kPlain;
      const std::vector<Page> pages{{2, texts({"a", "b"}), of_dictionary, PageKind::dictionary},
                                    {3, "\x01" + runs({1, 0, 1}), encoding},
                                    {2, texts({"c", "a"})}};
      const Column column{{"c"}, kBytes, pages, kUncompressed, offset};
      EXPECT_EQ(reader.values(file_of(1, {text_column()}, {{5, {column}}})),
                (Texts{"\"b\"", "\"a\"", "\"b\"", "\"c\"", "\"a\""}));
    }
  }
}

TEST(Quirks, Quirk31EveryEncodingIsRead) {
  Reader reader;
  const auto encoded = [&](const Element& element, int rows, const std::string& stored, Encoding encoding) {
    return reader.values(file_of(element, rows, {{rows, stored, encoding}}));
  };
  EXPECT_EQ(encoded({.type = kBoolean}, 3, sized_runs({1, 0, 1}), kRle), (Texts{"true", "false", "true"}));
  EXPECT_EQ(encoded({.type = kBoolean}, 3, "\x05", kPlain), (Texts{"true", "false", "true"}));
  EXPECT_EQ(encoded({.type = kInt32}, 4, deltas({7, 5, -3, 100}), kDeltaBinaryPacked), (Texts{"7", "5", "-3", "100"}));
  EXPECT_EQ(encoded({.type = kInt64}, 3, deltas({INT64_MIN, INT64_MIN + 1, INT64_MIN + 9}), kDeltaBinaryPacked),
            (Texts{"-9223372036854775808", "-9223372036854775807", "-9223372036854775799"}));
  EXPECT_EQ(encoded(text_column(), 3, deltas({5, 0, 2}) + "alphaxy", kDeltaLengthByteArray),
            (Texts{"\"alpha\"", "\"\"", "\"xy\""}));
  EXPECT_EQ(encoded(text_column(), 3, deltas({0, 3, 5}) + deltas({5, 2, 1}) + "alphaxys", kDeltaByteArray),
            (Texts{"\"alpha\"", "\"alpxy\"", "\"alpxys\""}));
  std::string split;
  const std::string floats[] = {number(std::bit_cast<std::uint32_t>(1.5F), 4),
                                number(std::bit_cast<std::uint32_t>(-0.1F), 4)};
  for (std::size_t i = 0; i < 4; ++i) (split += floats[0][i]) += floats[1][i];
  EXPECT_EQ(encoded({.type = kFloat}, 2, split, kByteStreamSplit), (Texts{"1.5", "-0.1"}));
  for (const auto& [name, count] : {std::pair{"byte_stream_split.zstd.parquet", 300U},
                                    {"rle_boolean_encoding.parquet", 68U},
                                    {"delta_binary_packed.parquet", 200U}}) {
    if (const auto rows = reader.sample(name)) {
      EXPECT_EQ(rows->size(), count);
    }
  }
}

// Version 2: levels are never compressed, values perhaps (page by page), and a page of nulls has none. Version 1: a
// page may hold nothing.
TEST(Quirks, Quirk31PagesOfBothVersionsAreReadAlsoEmptyOnes) {
  Reader reader;
  const Element element{.type = kInt32, .repetition = kOptional};
  const auto page = [](const std::vector<int>& levels, const std::string& numbers, std::size_t plain, bool packed) {
    const std::string defined = runs(levels);
    Page made{static_cast<int>(levels.size()), defined + numbers, kPlain, PageKind::data_v2, defined.size() + plain};
    made.rows = made.values;
    made.nulls = static_cast<int>(std::count(levels.begin(), levels.end(), 0));
    made.definition_bytes = defined.size();
    made.is_compressed = packed;
    return made;
  };
  const std::vector<Page> pages{page({1, 0}, pack_zstd(int32s({7})), 4, true), page({1}, int32s({8}), 4, false),
                                page({0, 0}, "", 0, true), page({0}, "", 0, false)};
  EXPECT_EQ(reader.values(file_of(element, 6, pages, kZstd)), (Texts{"7", "null", "8", "null", "null", "null"}));
  const std::vector<Page> old{
      {2, sized_runs({1, 0}) + int32s({7})}, {0, sized_runs({})}, {1, sized_runs({1}) + int32s({8})}};
  EXPECT_EQ(reader.values(file_of(element, 3, old)), (Texts{"7", "null", "8"}));
  if (const auto rows = reader.sample("datapage_v2.snappy.parquet")) {
    EXPECT_EQ(rows->size(), 5U);
  }
}

// rows with their repetition and definition levels, and the numbers that are there.
std::string nested_page(const std::vector<int>& repeated, const std::vector<int>& defined,
                        const std::vector<int>& numbers) {
  return (repeated.empty() ? "" : sized_runs(repeated)) + sized_runs(defined) + int32s(numbers);
}

TEST(Quirks, Quirk32ListsInAllThreeFormsKeepNullEmptyAndListOfNullApart) {
  Reader reader;
  // null, [], [null], [1,2]
  const Column three_level{
      {"c", "list", "element"}, kInt32, {{5, nested_page({0, 0, 0, 0, 1}, {0, 1, 2, 3, 3}, {1, 2})}}};
  EXPECT_EQ(reader.values(file_of(1,
                                  {{.repetition = kOptional, .children = 1, .converted = kList},
                                   {.name = "list", .repetition = kRepeated, .children = 1},
                                   {.name = "element", .type = kInt32, .repetition = kOptional}},
                                  {{4, {three_level}}})),
            (Texts{"null", "[]", "[null]", "[1,2]"}));
  const Column two_level{{"c", "array"}, kInt32, {{4, nested_page({0, 0, 0, 1}, {0, 1, 2, 2}, {1, 2})}}};
  EXPECT_EQ(reader.values(file_of(1,
                                  {{.repetition = kOptional, .children = 1, .converted = kList},
                                   {.name = "array", .type = kInt32, .repetition = kRepeated}},
                                  {{3, {two_level}}})),
            (Texts{"null", "[]", "[1,2]"}));
  const Column bare{{"c"}, kInt32, {{3, nested_page({0, 0, 1}, {0, 1, 1}, {1, 2})}}};
  EXPECT_EQ(reader.values(file_of(1, {{.type = kInt32, .repetition = kRepeated}}, {{2, {bare}}})),
            (Texts{"[]", "[1,2]"}));
  if (const auto rows = reader.sample("null_list.parquet")) {
    EXPECT_EQ(*rows, (Texts{"{\"emptylist\":[]}"}));
  }
}

TEST(Quirks, Quirk32MapsOfOldAndNewWritersAndWithoutValues) {
  Reader reader;
  // {1:10, 1:null}, null, {}
  const std::vector<int> repeated{0, 1, 0, 0};
  for (const auto& [group, inner, converted] : {std::tuple{"key_value", std::optional<Converted>(), kMap},
                                                {"map", std::optional<Converted>(kMapKeyValue), kMap},
                                                {"map", std::optional<Converted>(), kMapKeyValue}}) {
    const Column keys{{"c", group, "key"}, kInt32, {{4, nested_page(repeated, {2, 2, 0, 1}, {1, 1})}}};
    const Column items{{"c", group, "value"}, kInt32, {{4, nested_page(repeated, {3, 2, 0, 1}, {10})}}};
    EXPECT_EQ(reader.values(file_of(1,
                                    {{.repetition = kOptional, .children = 1, .converted = converted},
                                     {.name = group, .repetition = kRepeated, .children = 2, .converted = inner},
                                     {.name = "key", .type = kInt32},
                                     {.name = "value", .type = kInt32, .repetition = kOptional}},
                                    {{3, {keys, items}}})),
              (Texts{R"([{"key":1,"value":10},{"key":1,"value":null}])", "null", "[]"}));
  }
  const Column only_keys{{"c", "key_value", "key"}, kInt32, {{4, nested_page(repeated, {2, 2, 0, 1}, {1, 2})}}};
  EXPECT_EQ(reader.values(file_of(1,
                                  {{.repetition = kOptional, .children = 1, .converted = kMap},
                                   {.name = "key_value", .repetition = kRepeated, .children = 1},
                                   {.name = "key", .type = kInt32}},
                                  {{3, {only_keys}}})),
            (Texts{"[1,2]", "null", "[]"}));
}

TEST(Quirks, Quirk32AStructOfNullsIsNoNullStruct) {
  Reader reader;
  const Column a{{"c", "a"}, kInt32, {{3, nested_page({}, {0, 1, 2}, {1})}}};
  const Column b{{"c", "b"}, kInt32, {{3, nested_page({}, {0, 1, 1}, {})}}};
  EXPECT_EQ(reader.values(file_of(1,
                                  {{.repetition = kOptional, .children = 2},
                                   {.name = "a", .type = kInt32, .repetition = kOptional},
                                   {.name = "b", .type = kInt32, .repetition = kOptional}},
                                  {{3, {a, b}}})),
            (Texts{"null", R"({"a":null,"b":null})", R"({"a":1,"b":null})"}));
}

std::string int64s(const std::vector<std::int64_t>& numbers) {
  std::string out;
  for (const std::int64_t value : numbers) out += number(static_cast<std::uint64_t>(value), 8);
  return out;
}

TEST(Quirks, Quirk33MomentsOfEveryKindAreExact) {
  Reader reader;
  // 2024-03-05T09:10:11.123456789; year 1; year 9999: the latter two lie outside 64 bits of nanoseconds.
  const std::string int96 = number(33'011'123'456'789, 8) + number(2440588 + 19787, 4) + number(1'000, 8) +
                            number(2440588 - 719162, 4) + number(86'399'999'999'000, 8) + number(2440588 + 2932896, 4);
  EXPECT_EQ(reader.plain({.type = kInt96}, 3, int96),
            (Texts{R"("2024-03-05T09:10:11.123456789")", R"("0001-01-01T00:00:00.000001")",
                   R"("9999-12-31T23:59:59.999999")"}));
  const std::int64_t second = 1709629811;
  const Texts digits{".123", ".123456", ".123456789"};
  const std::int64_t ticks[] = {second * 1'000 + 123, second * 1'000'000 + 123'456,
                                second * 1'000'000'000 + 123'456'789};
  for (int unit = 1; unit <= 3; ++unit) {
    const auto i = static_cast<std::size_t>(unit - 1);
    for (const bool is_utc : {true, false}) {
      EXPECT_EQ(reader.plain({.type = kInt64, .logical = logical_timestamp(unit, is_utc)}, 1, int64s({ticks[i]})),
                (Texts{"\"2024-03-05T09:10:11" + digits[i] + (is_utc ? "Z\"" : "\"")}));
    }
  }
  EXPECT_EQ(reader.plain({.type = kInt64, .converted = kTimestampMillis}, 2, int64s({ticks[0], -1})),
            (Texts{R"("2024-03-05T09:10:11.123Z")", R"("1969-12-31T23:59:59.999Z")"}));
  EXPECT_EQ(reader.plain({.type = kInt64, .converted = kTimestampMicros}, 1, int64s({ticks[1]})),
            (Texts{R"("2024-03-05T09:10:11.123456Z")"}));
  EXPECT_EQ(reader.plain({.type = kInt32, .converted = kDate}, 2, int32s({19787, -1})),
            (Texts{R"("2024-03-05")", R"("1969-12-31")"}));
  EXPECT_EQ(reader.plain({.type = kInt32, .converted = kTimeMillis}, 1, int32s({33'011'123})),
            (Texts{R"("09:10:11.123")"}));
  EXPECT_EQ(reader.plain({.type = kInt64, .converted = kTimeMicros}, 1, int64s({33'011'123'456})),
            (Texts{R"("09:10:11.123456")"}));
  EXPECT_EQ(reader.plain({.type = kInt64, .logical = logical_time(3, true)}, 1, int64s({33'011'123'456'789})),
            (Texts{R"("09:10:11.123456789")"}));
}

TEST(Quirks, Quirk33DecimalsOverEveryTypeKeepAllTheirDigits) {
  Reader reader;
  const auto decimal = [](Type type, int length = 0) {
    return Element{.type = type, .converted = kDecimal, .length = length, .scale = 2, .precision = 9};
  };
  EXPECT_EQ(reader.plain(decimal(kInt32), 2, int32s({123450, -5})), (Texts{"1234.50", "-0.05"}));
  EXPECT_EQ(reader.plain(decimal(kInt64), 2, int64s({123450, -5})), (Texts{"1234.50", "-0.05"}));
  EXPECT_EQ(reader.plain(decimal(kFixed, 4), 2, std::string("\x00\x01\xE2\x3A\xFF\xFF\xFF\xFB", 8)),
            (Texts{"1234.50", "-0.05"}));
  EXPECT_EQ(reader.plain(decimal(kBytes), 3, texts({"\x01\xE2\x3A", "\xFB", {"\0", 1}})),
            (Texts{"1234.50", "-0.05", "0.00"}));
  if (const auto rows = reader.sample("int32_decimal.parquet")) {
    EXPECT_EQ(rows->at(0), "{\"value\":1.00}");
  }
}

TEST(Quirks, Quirk33NumbersAreThoseOfTheFile) {
  Reader reader;
  EXPECT_EQ(reader.plain({.type = kInt64, .converted = kUint64}, 2, int64s({-1, 9007199254740993})),
            (Texts{"18446744073709551615", "9007199254740993"}));
  EXPECT_EQ(reader.plain({.type = kFixed, .logical = logical(15), .length = 2}, 3, number(0x3C00'7C00'3555, 6)),
            (Texts{"0.33325195", "\"Infinity\"", "1.0"}));
  std::string doubles;
  for (const double value : {0.1, -0.0, 5e-324, 1e16}) doubles += number(std::bit_cast<std::uint64_t>(value), 8);
  doubles += number(0x7FF8'0000'0000'0000, 8) + number(0xFFF0'0000'0000'0000, 8);
  EXPECT_EQ(reader.plain({.type = kDouble}, 6, doubles),
            (Texts{"0.1", "-0.0", "5e-324", "1e+16", "\"NaN\"", "\"-Infinity\""}));
}

TEST(Quirks, Quirk33BytesAreTextWhereTheyAreUtf8) {
  Reader reader;
  EXPECT_EQ(reader.plain({.type = kBytes}, 2, texts({"text \xC3\xA9", {"\xFF\0\1", 3}})),
            (Texts{"\"text \xC3\xA9\"", "\"/wAB\""}));
  for (const Converted kind : {kEnum, kBson}) {
    EXPECT_EQ(reader.plain({.type = kBytes, .converted = kind}, 2, texts({"ACCEPT", "\xFF"})),
              (Texts{"\"ACCEPT\"", "\"/w==\""}));
  }
  EXPECT_EQ(reader.plain({.type = kBytes, .converted = kJson}, 1, texts({R"({"a": 1})"})), (Texts{R"("{\"a\": 1}")"}));
  EXPECT_EQ(reader.plain({.type = kFixed, .logical = logical(14), .length = 16}, 1, "0123456789abcdef"),
            (Texts{R"("30313233-3435-3637-3839-616263646566")"}));
  EXPECT_EQ(reader.plain({.type = kFixed, .length = 4}, 1, "abcd"), (Texts{R"("YWJjZA==")"}));
}

// The decisions in one row: nulls stay, a map is pairs, a moment is ISO text, and members stand as in the schema.
TEST(Quirks, Quirk34ARowIsWrittenByRulesThatAreFixed) {
  Reader reader;
  const std::vector<Element> schema{{.name = "z", .type = kInt32, .repetition = kOptional},
                                    {.name = "m", .repetition = kOptional, .children = 1, .converted = kMap},
                                    {.name = "key_value", .repetition = kRepeated, .children = 2},
                                    {.name = "key", .type = kInt32},
                                    {.name = "value", .type = kInt32, .repetition = kOptional},
                                    {.name = "a", .type = kInt64, .converted = kTimestampMillis}};
  const std::vector<Column> columns{{{"z"}, kInt32, {{1, sized_runs({0})}}},
                                    {{"m", "key_value", "key"}, kInt32, {{1, nested_page({0}, {2}, {1})}}},
                                    {{"m", "key_value", "value"}, kInt32, {{1, nested_page({0}, {3}, {2})}}},
                                    {{"a"}, kInt64, {{1, int64s({0})}}}};
  EXPECT_EQ(reader.all_rows(file_of(3, schema, {{1, columns}})),
            (Texts{R"({"z":null,"m":[{"key":1,"value":2}],"a":"1970-01-01T00:00:00.000Z"})"}));
}

TEST(Quirks, Quirk35NoRowsAreNoEvents) {
  Reader reader;
  EXPECT_TRUE(reader.all_rows(file_of(1, {text_column()}, {})).empty());
  EXPECT_EQ(reader.records, 0U);
  EXPECT_TRUE(reader.all_rows(file_of(text_column(), 0, {})).empty());
  EXPECT_EQ(reader.records, 0U);
}

TEST(Quirks, Quirk35AGroupOfRowsIsSentBeforeTheNextIsRead) {
  Reader reader;
  const std::string filler(std::size_t{1} << 20U, 'f');
  std::vector<Group> groups;
  for (const std::string mark : {"a", "b", "c"}) {
    groups.push_back({2, {{{"c"}, kBytes, {{2, texts({mark + filler, mark})}}}}});
  }
  const Texts rows = reader.values(file_of(1, {text_column()}, groups));
  ASSERT_EQ(rows.size(), 6U);
  EXPECT_EQ(rows[1] + rows[3] + rows[5], R"("a""b""c")");
  // The end of the file, then the groups: each when the long row of the one before has gone.
  const std::uint64_t group_bytes = filler.size();
  std::vector<std::size_t> events_before;
  for (const auto& reading : reader.readings) {
    EXPECT_LT(reading.length, group_bytes + group_bytes / 2);
    if (reading.length >= group_bytes / 2) events_before.push_back(reading.events_before);
  }
  ASSERT_EQ(events_before.size(), 3U);
  EXPECT_EQ(events_before[0], 0U);
  EXPECT_GE(events_before[1], 1U);
  EXPECT_GE(events_before[2], 3U);
}

TEST(Quirks, Quirk35AWideSchemaKeepsEveryColumnInItsPlace) {
  Reader reader;
  constexpr int kColumns = 300;
  std::vector<Element> schema;
  Group group{1, {}};
  std::string expected;
  for (int i = 0; i < kColumns; ++i) {
    const std::string name = "column_" + std::to_string((i * 7) % kColumns);
    schema.push_back({.name = name, .type = kInt32});
    group.columns.push_back({{name}, kInt32, {{1, int32s({i})}}});
    expected += (i == 0 ? "{\"" : ",\"") + name + "\":" + std::to_string(i);
  }
  EXPECT_EQ(reader.all_rows(file_of(kColumns, schema, {group})), (Texts{expected + "}"}));
}

}  // namespace
}  // namespace dray::golden
