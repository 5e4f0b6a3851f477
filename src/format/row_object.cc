#include "format/row_object.h"

#include <iterator>

#include <fmt/format.h>

#include "base/give_back.h"
#include "json/write.h"

namespace dray::format {
namespace {

// A row with very many fields must not leave its memory to the next ones.
constexpr std::size_t kBytesKept = 256U << 10U;
constexpr std::size_t kColonsKept = 16384;

}  // namespace

void RowObject::name_columns(std::span<const std::string> names) {
  keys_.clear();
  for (const std::string& name : names) {
    std::string& key = keys_.emplace_back("\"");
    json::append_escaped(name, key);
    key += "\":";
  }
}

void RowObject::begin() {
  object_.assign(1, '{');
  colons_.clear();
  fields_ = 0;
}

void RowObject::add(std::string_view value) {
  const std::size_t field = fields_++;
  if (object_.size() > bytes_max_) {
    return;
  }
  if (field > 0) {
    object_ += ',';
  }
  if (field < keys_.size()) {
    object_ += keys_[field];
  } else {
    fmt::format_to(std::back_inserter(object_), "\"{}\":", field);
  }
  colons_.push_back(static_cast<std::uint32_t>(object_.size() - 1));
  object_ += '"';
  json::append_escaped(value, object_);
  object_ += '"';
}

Status RowObject::end(std::string_view raw) {
  object_ += '}';
  Status status =
      object_.size() > bytes_max_ ? undecodable(raw, flow::Flaw::large_object) : sink_.accept({object_, true, colons_});
  if (object_.capacity() > kBytesKept) {
    give_back(object_);
  }
  if (colons_.capacity() > kColonsKept) {
    give_back(colons_);
  }
  return status;
}

Status RowObject::undecodable(std::string_view raw, flow::Flaw flaw) {
  return sink_.accept({.bytes = raw, .flaw = flaw});
}

}  // namespace dray::format
