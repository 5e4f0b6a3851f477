#include "decode/ready_service.h"

#include <utility>

namespace dray::decode {
namespace {

using service::Definition;

Error unknown_format(const Definition& definition) {
  return {ErrorKind::config, "unknown_format",
          definition.name + ": file_format.type: " + definition.file_format.type + " is not in this version"};
}

bool without_format(const Definition& definition) {
  return !definition.members.empty() && definition.file_format.type.empty();
}

// What the definition says about bytes and records, as far as it is right.
void check_format(const Definition& definition, std::vector<Error>& faults) {
  const format::Format* format = format::find_format(definition.file_format.type);
  if (format == nullptr) {
    if (!without_format(definition)) faults.push_back(unknown_format(definition));
  } else if (auto checked = format->check(definition.file_format.options); !checked) {
    faults.push_back(with_context(std::move(checked).error(), definition.name + ": file_format.config"));
  }
  if (auto encoding = codec::parse_encoding(definition.encoding); !encoding) {
    faults.push_back(with_context(std::move(encoding).error(), definition.name + ": encoding"));
  }
  if (definition.content_pattern) {
    if (auto pattern = route::Pattern::compile(*definition.content_pattern); !pattern) {
      faults.push_back(with_context(std::move(pattern).error(), definition.name + ": content_pattern"));
    }
  }
}

// Members of members stand in their place, before the member's own format: the object is asked for once.
void add_members(std::vector<ReadyService>& into, ReadyService member) {
  for (ReadyService& inner : std::exchange(member.members, {})) into.push_back(std::move(inner));
  if (member.format != nullptr) into.push_back(std::move(member));
}

}  // namespace

std::vector<Error> faults(const Definition& definition) {
  std::vector<Error> all = route::CompiledService::faults(definition);
  check_format(definition, all);
  for (const Definition& member : definition.members) {
    for (Error& fault : faults(member)) all.push_back(with_context(std::move(fault), definition.name + ": any_of"));
  }
  return all;
}

Result<ReadyService> prepare(const Definition& definition, const PrepareOptions& options) {
  auto compiled = route::CompiledService::compile(definition);
  if (!compiled) return std::move(compiled).error();
  std::vector<Error> wrong;
  check_format(definition, wrong);
  if (!wrong.empty()) return std::move(wrong.front());
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
