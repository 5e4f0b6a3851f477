// RowObject: makes one JSON object of the fields of a line: {"column":"value",…}, in the order of the fields.
//
// Used by the formats with columns (text_file, csv, w3c) where they are asked for JSON. Values are strings, always:
// nothing tells a number from digits. A field beyond the named columns is named by its place, counted from 0, as the
// product counts; a column without a field is left out; columns of one name are all written. The record carries its
// colons, so that variables cost no scan. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "flow/record.h"

namespace dray::format {

class RowObject {
 public:
  RowObject(std::size_t bytes_max, flow::RecordSink& sink) : bytes_max_(bytes_max), sink_(sink) {}

  // Names the columns anew, from the first.
  void name_columns(std::span<const std::string> names);
  [[nodiscard]] bool has_columns() const { return !keys_.empty(); }

  // A new row; then add() for each field, then end().
  void begin();
  void add(std::string_view value);
  // Emits the object. One over bytes_max (a line of separators alone, whose
  // fields must all be numbered) is not made: raw is sent as it stands, Flaw::large_object.
  Status end(std::string_view raw);
  // The line has no fields (a quote without end): raw is sent as it stands.
  Status undecodable(std::string_view raw, flow::Flaw flaw = flow::Flaw::no_fields);

 private:
  std::size_t bytes_max_;
  flow::RecordSink& sink_;
  std::vector<std::string> keys_;  // "name": with quotes and colon, escaped
  std::string object_;
  std::vector<std::uint32_t> colons_;
  std::size_t fields_ = 0;
};

}  // namespace dray::format
