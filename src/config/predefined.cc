#include "config/predefined.h"

#include <yaml-cpp/yaml.h>

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "base/assert.h"
#include "config/definition_parser.h"
#include "service/catalogue.h"

namespace dray::config {
namespace {

// aws_sqs_auto names aws_sqs_palo_alto, which names aws_sqs_palo_alto_json, and no further.
constexpr int kDepthMax = 3;

// One place for each entry of the catalogue, filled at the first question for it: most configurations name a few
// services, and parsing all of them with their tests takes longer than the rest of the start.
class Shelf {
 public:
  const service::Definition* find(std::string_view name, int depth = 0) {
    const std::span<const service::CatalogueEntry> entries = service::catalogue();
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].name != name) continue;
      DRAY_ASSERT(depth < kDepthMax);
      Place& place = places_[i];
      std::call_once(place.read, [&] { place.definition = parse(entries[i], depth); });
      return &place.definition;
    }
    return nullptr;
  }

  void resolve(service::Definition& definition, int depth) {
    definition.members.clear();
    for (const std::string& name : definition.any_of) {
      if (name == definition.name) continue;
      if (const service::Definition* member = find(name, depth)) definition.members.push_back(*member);
    }
  }

 private:
  struct Place {
    std::once_flag read;
    service::Definition definition;
  };

  service::Definition parse(const service::CatalogueEntry& entry, int depth) {
    Complaints complaints;
    const std::string name(entry.name);
    auto definition = parse_definition(name, YAML::Load(std::string(entry.yaml)), nullptr, "services/" + name + ".yaml",
                                       name, complaints);
    DRAY_ASSERT(definition.has_value());
    definition->predefined = true;
    resolve(*definition, depth + 1);
    return std::move(*definition);
  }

  std::unique_ptr<Place[]> places_ = std::make_unique<Place[]>(service::catalogue().size());
};

Shelf& shelf() {
  static Shelf all;
  return all;
}

std::vector<service::Definition> whole_catalogue() {
  std::vector<service::Definition> definitions;
  for (const service::CatalogueEntry& entry : service::catalogue()) definitions.push_back(*shelf().find(entry.name));
  return definitions;
}

}  // namespace

void resolve_members(service::Definition& definition) {
  shelf().resolve(definition, 0);
}

const std::vector<service::Definition>& all_predefined() {
  static const std::vector<service::Definition> definitions = whole_catalogue();
  return definitions;
}

const service::Definition* predefined(std::string_view name) {
  return shelf().find(name);
}

}  // namespace dray::config
