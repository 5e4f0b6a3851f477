// What is wrong with a definition as a whole, as complaints with file, line and key path.
//
// tell_faults is called by config/input.cc for every service of the user's, also for one that has other errors, so
// that all are told at once; the rest by definition_parser.cc. Included only by config/*.cc, because it shows yaml-cpp.
// Pure; any thread.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/complaint.h"
#include "config/definition_parser.h"
#include "config/yaml_walk.h"
#include "service/definition_fault.h"

namespace dray::config {

// What those who make a definition ready say against it (patterns, templates, variables), unless an error that was told
// before explains it. What is not written there has the line of the service's name. False if anything was told.
bool tell_faults(const std::vector<service::DefinitionFault>& faults, const WrittenDefinition& written,
                 Complaints& out);

// Warns of a template that makes tags with an empty level (`my..app`, `.my.app`, `my.app.`), by what is written alone:
// a placeholder is never empty (it is "null" at least), and [.record-x] brings its own dot or is nothing at all. No
// error: the product sends such a tag as it is, and its own page once had one (monitor.lacework.).
void complain_of_levels(YamlWalk& walk, const YAML::Node& at, const std::string& path, const std::string& tag);

// What a definition of the user's own lacks, and what its name was perhaps meant to be.
void complain_of_gaps(const service::Definition& definition, std::span<const std::string_view> predefined_names,
                      YamlWalk& walk, const YAML::Node& node, const std::string& path);

// The product reads variables from records only if the records are JSON; with plain lines all of them are "null".
void complain_of_text(const service::Definition& definition, YamlWalk& walk, const YAML::Node& node,
                      const std::string& path);

}  // namespace dray::config
