#include "decode/ready_service.h"

#include <utility>

namespace dray::decode {
namespace {

Error unknown_format(const service::Definition& definition) {
  return {ErrorKind::config, "unknown_format",
          definition.name + ": file_format.type: " + definition.file_format.type + " is not in this version"};
}

// What the definition says about bytes and records, as far as it is right.
void check_format(const service::Definition& definition, std::vector<Error>& faults) {
  const format::Format* format = format::find_format(definition.file_format.type);
  if (format == nullptr) {
    faults.push_back(unknown_format(definition));
  } else if (auto checked = format->check(definition.file_format.options); !checked) {
    faults.push_back(with_context(std::move(checked).error(), definition.name + ": file_format.config"));
  }
  if (auto encoding = codec::parse_encoding(definition.encoding); !encoding) {
    faults.push_back(with_context(std::move(encoding).error(), definition.name + ": encoding"));
  }
}

}  // namespace

std::vector<Error> faults(const service::Definition& definition) {
  std::vector<Error> all = route::CompiledService::faults(definition);
  check_format(definition, all);
  return all;
}

Result<ReadyService> prepare(const service::Definition& definition, std::size_t record_bytes_max) {
  auto compiled = route::CompiledService::compile(definition);
  if (!compiled) return std::move(compiled).error();
  std::vector<Error> wrong;
  check_format(definition, wrong);
  if (!wrong.empty()) return std::move(wrong.front());
  ReadyService ready;
  ready.service = *std::move(compiled);
  ready.format = format::find_format(definition.file_format.type);
  ready.splitter = {.record_bytes_max = record_bytes_max, .options = definition.file_format.options};
  ready.decompressor = *codec::parse_encoding(definition.encoding);
  return ready;
}

}  // namespace dray::decode
