// JsonTree: a schema made ready to write rows: one node a field, with its key escaped once and its values as raw
// pointers, bound anew for each batch. Rules of the text: docs/parquet.md.
//
// The batch outlives what is written of it. Arrow has checked the shape of its arrays. One thread.
#pragma once

#include <arrow/array/array_binary.h>
#include <arrow/record_batch.h>
#include <arrow/result.h>
#include <arrow/type.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "parquet_program/moments.h"
#include "parquet_program/text.h"

namespace dray::parquet_program {

class JsonTree {
 public:
  // NotImplemented: a type that has no text.
  static ::arrow::Result<JsonTree> make(const ::arrow::Schema& schema);

  // coarse: the same rows with INT96 read as microseconds, of those fields only that hold INT96; or nullptr.
  // coarse_fields: which fields those are, ascending. Not by name: fields may share one.
  void bind(const ::arrow::RecordBatch& batch, const ::arrow::RecordBatch* coarse, std::span<const int> coarse_fields);
  void write(Text& text, std::int64_t row) const;

 private:
  enum class Shape : std::uint8_t {
    null,
    boolean,
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
    half,
    single,
    twice,  // double
    date32,
    date64,
    time32,
    time64,
    timestamp,
    decimal128,
    decimal256,
    text32,
    text64,
    bytes32,
    bytes64,
    text_view,
    bytes_view,
    fixed_bytes,
    uuid,
    list32,
    list64,
    fixed_list,
    map,
    structure,
    dictionary,
  };
  struct Node {
    Shape shape = Shape::null;
    Tick tick;
    bool is_utc = false;
    int scale = 0;
    std::int64_t width = 0;          // of a value of fixed size, an index of a dictionary, a list of fixed length
    std::vector<std::string> heads;  // of a structure: `{"key":`, then `,"key":`
    std::vector<Node> children;

    // Of the batch at hand; pointers to row 0.
    const std::uint8_t* validity = nullptr;  // nullptr: no nulls
    std::int64_t validity_offset = 0;
    const std::uint8_t* values = nullptr;
    const std::uint8_t* bytes = nullptr;
    const std::int64_t* coarse = nullptr;  // of an INT96: microseconds
    const ::arrow::BinaryViewArray* views = nullptr;
  };

  static ::arrow::Result<Node> node_of(const ::arrow::DataType& type);
  static ::arrow::Status add_children(Node& node, const ::arrow::DataType& type);
  static void bind(Node& node, const ::arrow::Array& array, const ::arrow::Array* coarse);
  static void bind_children(Node& node, const ::arrow::Array& array, const ::arrow::Array* coarse);

  static void write(const Node& node, Text& text, std::int64_t row);
  static void write_value(const Node& node, Text& text, std::int64_t row);
  static void write_nested(const Node& node, Text& text, std::int64_t row);
  static void write_items(const Node& items, Text& text, std::int64_t first, std::int64_t last);
  static void write_pairs(const Node& map, Text& text, std::int64_t first, std::int64_t last);
  static void write_structure(const Node& node, Text& text, std::int64_t row);
  static void write_timestamp(const Node& node, Text& text, std::int64_t row);
  static void write_decimal(const Node& node, Text& text, std::int64_t row);

  Node root_;
};

}  // namespace dray::parquet_program
