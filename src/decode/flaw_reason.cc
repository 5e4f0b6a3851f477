#include "decode/flaw_reason.h"

#include <fmt/format.h>

#include <cstddef>
#include <optional>

#include "json/strict.h"

namespace dray::decode {
namespace {

std::string why_no_json(std::string_view bytes) {
  const std::optional<std::size_t> fault = json::fault_at(bytes);
  if (!fault) return "no JSON object";  // a word among objects
  if (*fault == bytes.size()) return fmt::format("the JSON ends inside a value, after {} bytes", *fault);
  return fmt::format("no JSON at byte {}", *fault);
}

}  // namespace

std::string reason_of(const flow::Record& record) {
  switch (record.flaw) {
    case flow::Flaw::none: return {};
    case flow::Flaw::no_json: return why_no_json(record.bytes);
    case flow::Flaw::no_fields: return "a quote without end, or fields that make too large an object";
    case flow::Flaw::no_end: return "its end does not come";
    case flow::Flaw::oversize: return "a piece of a record over record_bytes_max";
  }
  return {};
}

}  // namespace dray::decode
