#include "parquet_program/json_tree.h"

#include <arrow/array.h>
#include <arrow/extension_type.h>
#include <arrow/util/decimal.h>
#include <arrow/util/float16.h>

#include <cstring>

namespace dray::parquet_program {
namespace {

using ::arrow::Type;

template <class Value>
Value at(const std::uint8_t* values, std::int64_t row) {
  Value value;
  std::memcpy(&value, values + row * std::int64_t{sizeof(Value)}, sizeof(Value));
  return value;
}

bool bit(const std::uint8_t* bits, std::int64_t index) {
  return ((static_cast<unsigned>(bits[index >> 3]) >> (static_cast<unsigned>(index) & 7U)) & 1U) != 0;
}

Tick tick_of(::arrow::TimeUnit::type unit) {
  switch (unit) {
    case ::arrow::TimeUnit::SECOND: return kSeconds;
    case ::arrow::TimeUnit::MILLI: return kMillis;
    case ::arrow::TimeUnit::MICRO: return kMicros;
    case ::arrow::TimeUnit::NANO: return kNanos;
  }
  return kSeconds;
}

template <class Offset>
std::string_view bytes_at(const std::uint8_t* offsets, const std::uint8_t* bytes, std::int64_t row) {
  const auto first = at<Offset>(offsets, row);
  const auto last = at<Offset>(offsets, row + 1);
  return {reinterpret_cast<const char*>(bytes) + first, static_cast<std::size_t>(last - first)};
}

// An index of a dictionary is never negative.
std::int64_t index_at(const std::uint8_t* values, std::int64_t width, std::int64_t row) {
  switch (width) {
    case 1: return at<std::uint8_t>(values, row);
    case 2: return at<std::uint16_t>(values, row);
    case 4: return at<std::uint32_t>(values, row);
    default: return at<std::int64_t>(values, row);
  }
}

std::string head_of(const std::string& name, bool is_first) {
  Text text(std::size_t{16} << 20U);
  text.begin_row();
  text.put(is_first ? '{' : ',');
  text.put_string(name);
  text.put(':');
  text.end_row();
  return std::string(text.rows().substr(4));
}

const ::arrow::Array& storage_of(const ::arrow::Array& array) {
  // Its batch owns every array that comes here; none is a temporary.
  if (array.type_id() != Type::EXTENSION) return array;  // NOLINT(bugprone-return-const-ref-from-parameter)
  return *static_cast<const ::arrow::ExtensionArray&>(array).storage();
}

// The floor of a division by 1,000.
std::int64_t thousandth(std::int64_t value) {
  return value / 1'000 - (value % 1'000 < 0 ? 1 : 0);
}

}  // namespace

::arrow::Result<JsonTree> JsonTree::make(const ::arrow::Schema& schema) {
  JsonTree tree;
  tree.root_.shape = Shape::structure;
  for (const auto& field : schema.fields()) {
    ARROW_ASSIGN_OR_RAISE(Node child, node_of(*field->type()));
    tree.root_.heads.push_back(head_of(field->name(), tree.root_.heads.empty()));
    tree.root_.children.push_back(std::move(child));
  }
  return tree;
}

::arrow::Result<JsonTree::Node> JsonTree::node_of(const ::arrow::DataType& type) {
  Node node;
  switch (type.id()) {
    case Type::NA: break;
    case Type::BOOL: node.shape = Shape::boolean; break;
    case Type::INT8: node.shape = Shape::int8; break;
    case Type::INT16: node.shape = Shape::int16; break;
    case Type::INT32: node.shape = Shape::int32; break;
    case Type::INT64:
    case Type::DURATION: node.shape = Shape::int64; break;
    case Type::UINT8: node.shape = Shape::uint8; break;
    case Type::UINT16: node.shape = Shape::uint16; break;
    case Type::UINT32: node.shape = Shape::uint32; break;
    case Type::UINT64: node.shape = Shape::uint64; break;
    case Type::HALF_FLOAT: node.shape = Shape::half; break;
    case Type::FLOAT: node.shape = Shape::single; break;
    case Type::DOUBLE: node.shape = Shape::twice; break;
    case Type::DATE32: node.shape = Shape::date32; break;
    case Type::DATE64: node.shape = Shape::date64; break;
    case Type::TIME32: node.shape = Shape::time32; break;
    case Type::TIME64: node.shape = Shape::time64; break;
    case Type::TIMESTAMP:
      node.shape = Shape::timestamp;
      node.is_utc = !static_cast<const ::arrow::TimestampType&>(type).timezone().empty();
      break;
    case Type::DECIMAL128: node.shape = Shape::decimal128; break;
    case Type::DECIMAL256: node.shape = Shape::decimal256; break;
    case Type::STRING: node.shape = Shape::text32; break;
    case Type::LARGE_STRING: node.shape = Shape::text64; break;
    case Type::BINARY: node.shape = Shape::bytes32; break;
    case Type::LARGE_BINARY: node.shape = Shape::bytes64; break;
    case Type::STRING_VIEW: node.shape = Shape::text_view; break;
    case Type::BINARY_VIEW: node.shape = Shape::bytes_view; break;
    case Type::FIXED_SIZE_BINARY: node.shape = Shape::fixed_bytes; break;
    case Type::LIST: node.shape = Shape::list32; break;
    case Type::LARGE_LIST: node.shape = Shape::list64; break;
    case Type::FIXED_SIZE_LIST: node.shape = Shape::fixed_list; break;
    case Type::MAP: node.shape = Shape::map; break;
    case Type::STRUCT: node.shape = Shape::structure; break;
    case Type::DICTIONARY: node.shape = Shape::dictionary; break;
    case Type::EXTENSION: {
      const auto& extension = static_cast<const ::arrow::ExtensionType&>(type);
      ARROW_ASSIGN_OR_RAISE(node, node_of(*extension.storage_type()));
      if (extension.extension_name() == "arrow.uuid") node.shape = Shape::uuid;
      return node;
    }
    default: return ::arrow::Status::NotImplemented("no text for values of type ", type.ToString());
  }
  ARROW_RETURN_NOT_OK(add_children(node, type));
  return node;
}

::arrow::Status JsonTree::add_children(Node& node, const ::arrow::DataType& type) {
  if (const auto* time = dynamic_cast<const ::arrow::TimeType*>(&type)) node.tick = tick_of(time->unit());
  if (const auto* stamp = dynamic_cast<const ::arrow::TimestampType*>(&type)) node.tick = tick_of(stamp->unit());
  if (const auto* decimal = dynamic_cast<const ::arrow::DecimalType*>(&type)) node.scale = decimal->scale();
  if (const auto* fixed = dynamic_cast<const ::arrow::FixedSizeBinaryType*>(&type)) node.width = fixed->byte_width();
  if (const auto* list = dynamic_cast<const ::arrow::FixedSizeListType*>(&type)) node.width = list->list_size();
  if (const auto* dictionary = dynamic_cast<const ::arrow::DictionaryType*>(&type)) {
    ARROW_ASSIGN_OR_RAISE(Node values, node_of(*dictionary->value_type()));
    node.width = dictionary->index_type()->bit_width() / 8;
    node.children.push_back(std::move(values));
    return ::arrow::Status::OK();
  }
  for (const auto& field : type.fields()) {
    ARROW_ASSIGN_OR_RAISE(Node child, node_of(*field->type()));
    if (node.shape == Shape::structure) node.heads.push_back(head_of(field->name(), node.heads.empty()));
    node.children.push_back(std::move(child));
  }
  return ::arrow::Status::OK();
}

void JsonTree::bind(const ::arrow::RecordBatch& batch, const ::arrow::RecordBatch* coarse,
                    std::span<const int> coarse_fields) {
  std::size_t next = 0;
  for (std::size_t i = 0; i < root_.children.size(); ++i) {
    const auto index = static_cast<int>(i);
    std::shared_ptr<::arrow::Array> micros;
    if (coarse != nullptr && next < coarse_fields.size() && coarse_fields[next] == index) {
      micros = coarse->column(static_cast<int>(next++));
    }
    bind(root_.children[i], *batch.column(index), micros.get());
  }
}

void JsonTree::bind(Node& node, const ::arrow::Array& outer, const ::arrow::Array* outer_coarse) {
  const ::arrow::Array& array = storage_of(outer);
  const ::arrow::Array* coarse = outer_coarse == nullptr ? nullptr : &storage_of(*outer_coarse);
  const ::arrow::ArrayData& content = *array.data();
  node.validity = array.null_count() == 0 ? nullptr : array.null_bitmap_data();
  node.validity_offset = content.offset;
  node.coarse = nullptr;
  if (node.shape == Shape::boolean) {
    node.values = content.buffers[1]->data();  // bits: their offset is validity_offset
  } else if (node.shape == Shape::timestamp) {
    node.values = reinterpret_cast<const std::uint8_t*>(content.GetValues<std::int64_t>(1));
    // Only INT96 comes in another unit there.
    if (coarse != nullptr && !coarse->type()->Equals(*array.type())) {
      node.coarse = coarse->data()->GetValues<std::int64_t>(1);
    }
  } else if (node.shape == Shape::text_view || node.shape == Shape::bytes_view) {
    node.views = static_cast<const ::arrow::BinaryViewArray*>(&array);
  } else if (node.children.empty() && node.shape != Shape::null && node.shape != Shape::structure) {
    const auto width = content.type->bit_width() > 0 ? content.type->bit_width() / 8 : 0;
    const bool is_wide = node.shape == Shape::text64 || node.shape == Shape::bytes64;
    const bool has_offsets = is_wide || node.shape == Shape::text32 || node.shape == Shape::bytes32;
    const std::int64_t step = has_offsets ? (is_wide ? 8 : 4) : width;
    node.values = content.buffers[1] ? content.buffers[1]->data() + content.offset * step : nullptr;
    node.bytes = has_offsets && content.buffers[2] ? content.buffers[2]->data() : nullptr;
  }
  bind_children(node, array, coarse);
}

void JsonTree::bind_children(Node& node, const ::arrow::Array& array, const ::arrow::Array* coarse) {
  const ::arrow::ArrayData& content = *array.data();
  const auto bind_items = [&]<class List>(const List& list) {
    bind(node.children[0], *list.values(), coarse ? static_cast<const List*>(coarse)->values().get() : nullptr);
  };
  switch (node.shape) {
    case Shape::list32:
    case Shape::map: {
      const auto& list = static_cast<const ::arrow::ListArray&>(array);
      node.values = reinterpret_cast<const std::uint8_t*>(list.raw_value_offsets());
      return bind_items(list);
    }
    case Shape::list64: {
      const auto& list = static_cast<const ::arrow::LargeListArray&>(array);
      node.values = reinterpret_cast<const std::uint8_t*>(list.raw_value_offsets());
      return bind_items(list);
    }
    case Shape::fixed_list: return bind_items(static_cast<const ::arrow::FixedSizeListArray&>(array));
    case Shape::structure: {
      const auto& structure = static_cast<const ::arrow::StructArray&>(array);
      for (std::size_t i = 0; i < node.children.size(); ++i) {
        const auto index = static_cast<int>(i);
        const auto micros = coarse ? static_cast<const ::arrow::StructArray*>(coarse)->field(index) : nullptr;
        bind(node.children[i], *structure.field(index), micros.get());
      }
      return;
    }
    case Shape::dictionary:
      node.values = content.buffers[1]->data() + content.offset * node.width;
      return bind(node.children[0], *static_cast<const ::arrow::DictionaryArray&>(array).dictionary(), nullptr);
    default: return;
  }
}

void JsonTree::write(Text& text, std::int64_t row) const {
  write_structure(root_, text, row);
}

void JsonTree::write(const Node& node, Text& text, std::int64_t row) {
  if (node.shape == Shape::null || (node.validity && !bit(node.validity, node.validity_offset + row))) {
    return text.put("null");
  }
  if (node.children.empty() && node.shape != Shape::structure) return write_value(node, text, row);
  write_nested(node, text, row);
}

void JsonTree::write_value(const Node& node, Text& text, std::int64_t row) {
  const std::uint8_t* values = node.values;
  const auto fixed = [&] {
    return std::string_view(reinterpret_cast<const char*>(values) + row * node.width,
                            static_cast<std::size_t>(node.width));
  };
  switch (node.shape) {
    case Shape::boolean: return text.put(bit(values, node.validity_offset + row) ? "true" : "false");
    case Shape::int8: return text.put_integer(at<std::int8_t>(values, row));
    case Shape::int16: return text.put_integer(at<std::int16_t>(values, row));
    case Shape::int32: return text.put_integer(at<std::int32_t>(values, row));
    case Shape::int64: return text.put_integer(at<std::int64_t>(values, row));
    case Shape::uint8: return text.put_unsigned(at<std::uint8_t>(values, row));
    case Shape::uint16: return text.put_unsigned(at<std::uint16_t>(values, row));
    case Shape::uint32: return text.put_unsigned(at<std::uint32_t>(values, row));
    case Shape::uint64: return text.put_unsigned(at<std::uint64_t>(values, row));
    case Shape::half: return text.put_float(::arrow::util::Float16::FromBits(at<std::uint16_t>(values, row)).ToFloat());
    case Shape::single: return text.put_float(at<float>(values, row));
    case Shape::twice: return text.put_double(at<double>(values, row));
    case Shape::date32: return put_date(text, at<std::int32_t>(values, row));
    case Shape::date64: return put_date(text, at<std::int64_t>(values, row) / 86'400'000);
    case Shape::time32: return put_time(text, at<std::int32_t>(values, row), node.tick);
    case Shape::time64: return put_time(text, at<std::int64_t>(values, row), node.tick);
    case Shape::timestamp: return write_timestamp(node, text, row);
    case Shape::decimal128:
    case Shape::decimal256: return write_decimal(node, text, row);
    case Shape::text32: return text.put_string(bytes_at<std::int32_t>(values, node.bytes, row));
    case Shape::text64: return text.put_string(bytes_at<std::int64_t>(values, node.bytes, row));
    case Shape::bytes32: return text.put_bytes(bytes_at<std::int32_t>(values, node.bytes, row));
    case Shape::bytes64: return text.put_bytes(bytes_at<std::int64_t>(values, node.bytes, row));
    case Shape::text_view: return text.put_string(node.views->GetView(row));
    case Shape::bytes_view: return text.put_bytes(node.views->GetView(row));
    case Shape::fixed_bytes: return text.put_base64(fixed());
    case Shape::uuid: return text.put_uuid(fixed());
    default: return text.put("null");
  }
}

void JsonTree::write_timestamp(const Node& node, Text& text, std::int64_t row) {
  const auto ticks = at<std::int64_t>(node.values, row);
  if (node.coarse != nullptr && node.coarse[row] != thousandth(ticks)) {
    // Outside what 64 bits of nanoseconds hold (1677 to 2262): the nanoseconds have wrapped around.
    return put_timestamp(text, node.coarse[row], kMicros, node.is_utc);
  }
  put_timestamp(text, ticks, node.tick, node.is_utc);
}

void JsonTree::write_decimal(const Node& node, Text& text, std::int64_t row) {
  const std::uint8_t* value = node.values + row * node.width;
  const std::string digits = node.shape == Shape::decimal128 ? ::arrow::Decimal128(value).ToIntegerString()
                                                             : ::arrow::Decimal256(value).ToIntegerString();
  text.put_scaled(digits, node.scale);
}

void JsonTree::write_nested(const Node& node, Text& text, std::int64_t row) {
  switch (node.shape) {
    case Shape::structure: return write_structure(node, text, row);
    case Shape::list32:
      return write_items(node.children[0], text, at<std::int32_t>(node.values, row),
                         at<std::int32_t>(node.values, row + 1));
    case Shape::list64:
      return write_items(node.children[0], text, at<std::int64_t>(node.values, row),
                         at<std::int64_t>(node.values, row + 1));
    case Shape::fixed_list: {
      const std::int64_t first = (node.validity_offset + row) * node.width;
      return write_items(node.children[0], text, first, first + node.width);
    }
    case Shape::map:
      return write_pairs(node, text, at<std::int32_t>(node.values, row), at<std::int32_t>(node.values, row + 1));
    case Shape::dictionary: return write(node.children[0], text, index_at(node.values, node.width, row));
    default: return text.put("null");
  }
}

void JsonTree::write_items(const Node& items, Text& text, std::int64_t first, std::int64_t last) {
  text.put('[');
  for (std::int64_t i = first; i < last; ++i) {
    if (i != first) text.put(',');
    write(items, text, i);
  }
  text.put(']');
}

// The keys of a map need not be strings, and may come twice: so pairs, as Arrow's own JSON has them.
void JsonTree::write_pairs(const Node& map, Text& text, std::int64_t first, std::int64_t last) {
  const Node& entries = map.children[0];
  text.put('[');
  for (std::int64_t i = first; i < last; ++i) {
    text.put(i == first ? R"({"key":)" : R"(,{"key":)");
    write(entries.children[0], text, i);
    text.put(R"(,"value":)");
    write(entries.children[1], text, i);
    text.put('}');
  }
  text.put(']');
}

void JsonTree::write_structure(const Node& node, Text& text, std::int64_t row) {
  if (node.children.empty()) return text.put("{}");
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    text.put(node.heads[i]);
    write(node.children[i], text, row);
  }
  text.put('}');
}

}  // namespace dray::parquet_program
