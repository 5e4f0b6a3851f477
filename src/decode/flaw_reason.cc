#include "decode/flaw_reason.h"

#include <fmt/format.h>

#include <cstddef>
#include <optional>

#include "json/kernel.h"
#include "json/strict.h"

namespace dray::decode {
namespace {

std::string why_no_json(std::string_view bytes) {
  const std::optional<json::Fault> fault = json::fault_of(bytes);
  if (!fault) return "no JSON object";  // a word among objects
  if (fault->too_deep) return fmt::format("nested deeper than {} at byte {}", json::kDepthMax, fault->at);
  if (fault->at == bytes.size()) return fmt::format("the JSON ends inside a value, after {} bytes", fault->at);
  return fmt::format("no JSON at byte {}", fault->at);
}

}  // namespace

std::string reason_of(const flow::Record& record) {
  switch (record.flaw) {
    case flow::Flaw::none: return {};
    case flow::Flaw::no_json: return why_no_json(record.bytes);
    case flow::Flaw::no_fields: return "its quotes do not pair, or text stands behind one";
    case flow::Flaw::large_object: return "as an object it is larger than record_bytes_max";
    case flow::Flaw::no_end: return "its end does not come";
    case flow::Flaw::oversize: return "a piece of a record over record_bytes_max";
  }
  return {};
}

}  // namespace dray::decode
