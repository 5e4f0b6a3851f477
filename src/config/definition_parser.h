// parse_definition: one service, as it stands under `services:` or in services/<name>.yaml, into a service::Definition.
//
// Used by config/load.cc for the user's services and by config/predefined.cc for ours, so that both are the same data.
// A key that the user gives replaces that whole key of the predefined definition; `{}` takes it as shipped. A service
// that is not predefined needs file_format and routing_template. Semantics of the keys: devo.md 1.3 and
// service/definition.h; our own additions to the product's are key_pattern, content_pattern, any_of, routing_cases,
// summary, tests (config/definition_tests.h), and within a mapping type, when, default. Complaints go to `out` with
// file, line and key; as many as there are. Patterns and templates are compiled by others, whose faults
// config/definition_faults.h tells. Included only by config/*.cc, because it shows yaml-cpp. Pure; any thread.
#pragma once

#include <yaml-cpp/yaml.h>

#include <optional>
#include <string>

#include "config/complaint.h"
#include "service/definition.h"

namespace dray::config {

struct WrittenDefinition {
  const std::string& name;
  const YAML::Node& node;
  const service::Definition* predefined;  // nullptr if there is none of that name
  const std::string& file;
  const std::string& key_path;  // where the service stands: "inputs.sqs_collector.services.custom_service"
  int line = 0;                 // of its name; 0: not known
};

// False when there was an error (warnings alone do not count); `into` then holds what could be read all the same.
bool read_definition(const WrittenDefinition& written, service::Definition& into, Complaints& out);

// The same. key_path: where the service stands, for the complaints. Empty when there was an error.
std::optional<service::Definition> parse_definition(const std::string& service_name, const YAML::Node& node,
                                                    const service::Definition* predefined, const std::string& file,
                                                    const std::string& key_path, Complaints& out);

}  // namespace dray::config
