#include "parquet_bytes.h"

#include <algorithm>

namespace dray::golden::parquet_bytes {
namespace {

// Thrift's compact protocol: its kinds, and records of fields with ascending ids.
enum Kind { kTrue = 1, kFalse = 2, kI32 = 5, kI64 = 6, kBinary = 8, kListOf = 9, kStruct = 12 };

std::string one(int value) {
  return {static_cast<char>(value)};
}

class Record {
 public:
  Record& add(int id, Kind kind, const std::string& value) {
    bytes_ += one((id - last_) << 4 | kind) + value;
    last_ = id;
    return *this;
  }
  Record& i32(int id, int value) { return add(id, kI32, zigzag(value)); }
  Record& i64(int id, std::int64_t value) { return add(id, kI64, zigzag(value)); }
  Record& text(int id, const std::string& value) { return add(id, kBinary, varint(value.size()) + value); }
  Record& flag(int id, bool value) { return add(id, value ? kTrue : kFalse, ""); }
  [[nodiscard]] std::string end() const { return bytes_ + one(0); }

 private:
  std::string bytes_;
  int last_ = 0;
};

std::string list_of(Kind kind, const std::vector<std::string>& items) {
  std::string list =
      items.size() < 15 ? one(static_cast<int>(items.size()) << 4 | kind) : one(0xF0 | kind) + varint(items.size());
  for (const std::string& item : items) list += item;
  return list;
}

std::string moment(int number, int unit, bool is_utc) {
  const std::string in_unit = Record().add(unit, kStruct, Record().end()).end();
  return Record().add(number, kStruct, Record().flag(1, is_utc).add(2, kStruct, in_unit).end()).end();
}

std::string encoded(const Element& element) {
  Record record;
  if (element.type) record.i32(1, *element.type);
  if (element.length > 0) record.i32(2, element.length);
  record.i32(3, element.repetition).text(4, element.name);
  if (!element.type) record.i32(5, element.children);
  if (element.converted) record.i32(6, *element.converted);
  if (element.precision > 0) record.i32(7, element.scale).i32(8, element.precision);
  if (!element.logical.empty()) record.add(10, kStruct, element.logical);
  return record.end();
}

std::string head_of(const Page& page) {
  Record head;
  head.i32(1, static_cast<int>(page.kind)).i32(2, static_cast<int>(page.plain_bytes.value_or(page.stored.size())));
  head.i32(3, static_cast<int>(page.stored.size()));
  Record about;
  about.i32(1, page.values);
  switch (page.kind) {
    case PageKind::data: return head.add(5, kStruct, about.i32(2, page.encoding).i32(3, kRle).i32(4, kRle).end()).end();
    case PageKind::dictionary: return head.add(7, kStruct, about.i32(2, page.encoding).end()).end();
    case PageKind::data_v2: break;
  }
  about.i32(2, page.nulls).i32(3, page.rows).i32(4, page.encoding);
  about.i32(5, static_cast<int>(page.definition_bytes)).i32(6, static_cast<int>(page.repetition_bytes));
  return head.add(8, kStruct, about.flag(7, page.is_compressed).end()).end();
}

// Appends the column's pages to the file; gives its ColumnChunk.
std::string add_column(std::string& file, const Column& column) {
  const auto start = static_cast<std::int64_t>(file.size());
  std::optional<std::int64_t> data;
  std::int64_t values = 0;
  std::int64_t plain = 0;
  std::vector<std::string> encodings;
  for (const Page& page : column.pages) {
    const std::string head = head_of(page);
    if (page.kind != PageKind::dictionary) {
      if (!data) data = static_cast<std::int64_t>(file.size());
      values += page.values;
    }
    plain += static_cast<std::int64_t>(head.size() + page.plain_bytes.value_or(page.stored.size()));
    encodings.push_back(zigzag(page.encoding));
    file += head + page.stored;
  }
  const bool has_dictionary = data.value_or(start) != start;
  if (has_dictionary && column.dictionary != DictionaryOffset::given) data = start;  // as such writers have it
  std::vector<std::string> path;
  path.reserve(column.path.size());
  for (const std::string& name : column.path) path.push_back(varint(name.size()) + name);
  Record about;
  about.i32(1, column.type).add(2, kListOf, list_of(kI32, encodings)).add(3, kListOf, list_of(kBinary, path));
  about.i32(4, column.codec).i64(5, values).i64(6, plain).i64(7, static_cast<std::int64_t>(file.size()) - start);
  about.i64(9, data.value_or(start));
  if (column.dictionary == DictionaryOffset::zero) about.i64(11, 0);
  if (column.dictionary == DictionaryOffset::given && has_dictionary) about.i64(11, start);
  return Record().i64(2, start).add(3, kStruct, about.end()).end();
}

}  // namespace

std::string logical(int number) {
  return Record().add(number, kStruct, Record().end()).end();
}

std::string logical_timestamp(int unit, bool is_utc) {
  return moment(8, unit, is_utc);
}

std::string logical_time(int unit, bool is_utc) {
  return moment(7, unit, is_utc);
}

std::string file_of(int top, const std::vector<Element>& schema, const std::vector<Group>& groups) {
  std::string file = "PAR1";
  std::vector<std::string> elements{Record().text(4, "schema").i32(5, top).end()};
  for (const Element& element : schema) elements.push_back(encoded(element));
  std::vector<std::string> of_groups;
  std::int64_t rows = 0;
  for (const Group& group : groups) {
    const std::size_t start = file.size();
    std::vector<std::string> columns;
    columns.reserve(group.columns.size());
    for (const Column& column : group.columns) columns.push_back(add_column(file, column));
    of_groups.push_back(Record()
                            .add(1, kListOf, list_of(kStruct, columns))
                            .i64(2, static_cast<std::int64_t>(file.size() - start))
                            .i64(3, group.rows)
                            .end());
    rows += group.rows;
  }
  Record footer;
  footer.i32(1, 1).add(2, kListOf, list_of(kStruct, elements)).i64(3, rows);
  const std::string end = footer.add(4, kListOf, list_of(kStruct, of_groups)).end();
  return file + end + number(end.size(), 4) + "PAR1";
}

std::string file_of(const Element& element, std::int64_t rows, std::vector<Page> pages, Codec codec) {
  Column column{{element.name}, *element.type, std::move(pages), codec};
  return file_of(1, {element}, {{rows, {std::move(column)}}});
}

std::string number(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i, value >>= 8U) out += static_cast<char>(value & 0xFFU);
  return out;
}

std::string varint(std::uint64_t value) {
  std::string out;
  for (; value > 0x7F; value >>= 7U) out += static_cast<char>((value & 0x7FU) | 0x80U);
  return out + static_cast<char>(value);
}

std::string zigzag(std::int64_t value) {
  return varint((static_cast<std::uint64_t>(value) << 1U) ^ (value < 0 ? ~std::uint64_t{0} : 0));
}

std::string texts(const std::vector<std::string_view>& values) {
  std::string out;
  for (const std::string_view value : values) (out += number(value.size(), 4)) += value;
  return out;
}

std::string runs(const std::vector<int>& values) {
  std::string out;
  for (const int value : values) out += varint(1U << 1U) + one(value);
  return out;
}

std::string sized_runs(const std::vector<int>& values) {
  const std::string out = runs(values);
  return number(out.size(), 4) + out;
}

std::string deltas(const std::vector<std::int64_t>& values) {
  constexpr std::size_t kBlockValues = 128;
  constexpr std::size_t kMiniblocks = 4;
  std::string out = varint(kBlockValues) + varint(kMiniblocks) + varint(values.size()) + zigzag(values.at(0));
  if (values.size() == 1) return out;
  std::int64_t least = values[1] - values[0];
  for (std::size_t i = 1; i < values.size(); ++i) least = std::min(least, values[i] - values[i - 1]);
  out += zigzag(least) + one(8) + std::string(kMiniblocks - 1, '\0');  // eight bits each, all in the first miniblock
  std::string packed;
  for (std::size_t i = 1; i < values.size(); ++i) packed += one(static_cast<int>(values[i] - values[i - 1] - least));
  packed.resize(kBlockValues / kMiniblocks);
  return out + packed;
}

}  // namespace dray::golden::parquet_bytes
