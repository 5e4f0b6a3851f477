#include "config/predefined.h"

#include <yaml-cpp/yaml.h>

#include <string>

#include "base/assert.h"
#include "config/definition_parser.h"
#include "service/catalogue.h"

namespace dray::config {
namespace {

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
  return definitions;
}

}  // namespace

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
