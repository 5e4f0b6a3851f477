#include "config/predefined.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <string>

#include "base/assert.h"
#include "config/definition_parser.h"
#include "service/catalogue.h"

namespace dray::config {
namespace {

// A definition may name one that names others (aws_sqs_auto names aws_sqs_control_tower), and no further.
constexpr int kDepthMax = 2;

void resolve_among(const std::vector<service::Definition>& all, service::Definition& definition) {
  definition.members.clear();
  for (const std::string& name : definition.any_of) {
    const auto found = std::ranges::find(all, name, &service::Definition::name);
    if (found != all.end() && name != definition.name) definition.members.push_back(*found);
  }
}

std::vector<service::Definition> parse_catalogue() {
  std::vector<service::Definition> definitions;
  for (const service::CatalogueEntry& entry : service::catalogue()) {
    Complaints complaints;
    const std::string name(entry.name);
    auto definition = parse_definition(name, YAML::Load(std::string(entry.yaml)), nullptr, "services/" + name + ".yaml",
                                       name, complaints);
    DRAY_ASSERT(definition.has_value());
    definition->predefined = true;
    definitions.push_back(std::move(*definition));
  }
  // Resolved by depth: what is resolved later holds what was resolved before.
  for (int depth = 0; depth < kDepthMax; ++depth) {
    const std::vector<service::Definition> before = definitions;
    for (service::Definition& definition : definitions) resolve_among(before, definition);
  }
  return definitions;
}

}  // namespace

void resolve_members(service::Definition& definition) {
  resolve_among(all_predefined(), definition);
}

const std::vector<service::Definition>& all_predefined() {
  static const std::vector<service::Definition> definitions = parse_catalogue();
  return definitions;
}

const service::Definition* predefined(std::string_view name) {
  for (const service::Definition& definition : all_predefined()) {
    if (definition.name == name) return &definition;
  }
  return nullptr;
}

}  // namespace dray::config
