#include "decode/ready_service.h"

#include <utility>

namespace dray::decode {
namespace {

using service::Definition;
using service::DefinitionFault;

bool without_format(const Definition& definition) {
  return !definition.members.empty() && definition.file_format.type.empty();
}

// What the definition says about bytes and records, as far as it is right.
void check_format(const Definition& definition, std::vector<DefinitionFault>& faults) {
  const std::string& type = definition.file_format.type;
  if (const format::Format* format = format::find_format(type)) {
    const format::OptionFaults wrong = format->check(definition.file_format.options);
    for (const format::OptionFault& fault : wrong.all()) {
      faults.push_back({"file_format.config." + fault.path, fault.message});
    }
  } else if (type.empty() && !without_format(definition)) {
    faults.push_back({"file_format", "is missing; `dray formats` lists the types",
                      definition.any_of.empty() ? "file_format.type" : "any_of"});
  } else if (!type.empty()) {
    faults.push_back({"file_format.type", "\"" + type + "\" is no processor; `dray formats` lists them"});
  }
  if (auto encoding = codec::parse_encoding(definition.encoding); !encoding) {
    faults.push_back({"encoding", encoding.error().message});
  }
  if (definition.content_pattern) {
    if (auto pattern = route::Pattern::compile(*definition.content_pattern); !pattern) {
      faults.push_back({"content_pattern", pattern.error().message});
    }
  }
}

// Members of members stand in their place, before the member's own format: the object is asked for once.
void add_members(std::vector<ReadyService>& into, ReadyService member) {
  for (ReadyService& inner : std::exchange(member.members, {})) into.push_back(std::move(inner));
  if (member.format != nullptr) into.push_back(std::move(member));
}

}  // namespace

std::vector<DefinitionFault> faults(const Definition& definition) {
  std::vector<DefinitionFault> all = route::CompiledService::faults(definition);
  check_format(definition, all);
  for (const Definition& member : definition.members) {
    for (const DefinitionFault& fault : faults(member)) {
      all.push_back({"any_of", service::as_error(member, fault).message});
    }
  }
  return all;
}

Result<ReadyService> prepare(const Definition& definition, const PrepareOptions& options) {
  auto compiled = route::CompiledService::compile(definition);
  if (!compiled) return std::move(compiled).error();
  std::vector<DefinitionFault> wrong;
  check_format(definition, wrong);
  if (!wrong.empty()) return service::as_error(definition, wrong.front());
  ReadyService ready;
  ready.service = *std::move(compiled);
  ready.format = format::find_format(definition.file_format.type);
  ready.splitter = {.record_bytes_max = options.record_bytes_max,
                    .options = definition.file_format.options,
                    .oversize_in_pieces = options.oversize_in_pieces,
                    .wanted_members = ready.service->wanted_members()};
  ready.decompressor = *codec::parse_encoding(definition.encoding);
  ready.decompressor.bytes_max = options.object_bytes_max;
  if (definition.content_pattern) ready.content = *route::Pattern::compile(*definition.content_pattern);
  for (const Definition& one : definition.members) {
    auto member = prepare(one, options);
    if (!member) return with_context(std::move(member).error(), definition.name + ": any_of");
    add_members(ready.members, *std::move(member));
  }
  return ready;
}

Result<ReadyService> prepare(const Definition& definition, std::size_t record_bytes_max) {
  return prepare(definition, PrepareOptions{.record_bytes_max = record_bytes_max});
}

Choice choose_by_key(const ReadyService& service, std::string_view key) {
  if (service.members.empty()) return {Choice::Kind::taken, &service};
  Choice choice;
  for (const ReadyService& member : service.members) {
    // A member that takes every key says nothing about this one.
    if (!member.service->definition().key_pattern || !member.service->matches_key(key)) continue;
    if (!member.service->excludes_key(key)) return {Choice::Kind::taken, &member};
    choice.kind = Choice::Kind::excluded;
  }
  return choice;
}

}  // namespace dray::decode
