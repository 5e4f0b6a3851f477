// StepWalk: reads the steps that make a variable out of text: `operations`, and those of file_field_definitions.
//
// A part of definition_parser.cc. Included only by config/*.cc, because it shows yaml-cpp. One thread at a time.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "config/yaml_walk.h"
#include "service/definition.h"

namespace dray::config {

class StepWalk : public YamlWalk {
 public:
  using YamlWalk::YamlWalk;

 protected:
  // A list of steps, or one without its list.
  std::vector<service::Operation> operations(const YAML::Node& node, const std::string& path);

 private:
  service::Operation operation(const YAML::Node& node, const std::string& path);
  void complete(const YAML::Node& node, const std::string& path, const service::Operation& step,
                std::span<const std::string> given);
};

}  // namespace dray::config
