#include "config/definition_faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "config/yaml_walk.h"

namespace dray::config {
namespace {

template <class Holds>
bool any_error(const Complaints& out, const Holds& holds) {
  return std::any_of(out.all().begin(), out.all().end(), [&](const Complaint& one) {
    return one.severity == Complaint::Severity::error && holds(std::string_view(one.key));
  });
}

bool is_below(std::string_view path, std::string_view above) {
  return path.size() > above.size() && path.starts_with(above) &&
         (path[above.size()] == '.' || path[above.size()] == '[');
}

// An error before this one says it, or is the reason.
bool explained(const service::DefinitionFault& fault, bool is_written, const std::string& key_path,
               const Complaints& out) {
  const std::string path = fmt::format("{}.{}", key_path, fault.path);
  if (any_error(out, [&](std::string_view key) { return key == path; })) return true;
  const auto within = [&](std::string_view key) { return key == key_path || is_below(key, key_path); };
  if (!is_written && any_error(out, [&](std::string_view key) { return within(key) && is_below(path, key); })) {
    return true;
  }
  if (fault.depends_on.empty()) return false;
  const std::string needed = fmt::format("{}.{}", key_path, fault.depends_on);
  return any_error(
      out, [&](std::string_view key) { return key == needed || (is_below(key, needed) && key[needed.size()] == '['); });
}

// The shape of the tag: `x` for every placeholder; for those that may be absent ".x" or nothing.
std::string shape_of(std::string_view text, bool absent) {
  std::string shape;
  while (!text.empty()) {
    const std::size_t end = text.front() == '[' ? text.find(']') : std::string_view::npos;
    if (end == std::string_view::npos) {
      shape += text.front();
      text.remove_prefix(1);
      continue;
    }
    const bool may_be_absent = text.size() > 1 && text[1] == '.';
    if (!may_be_absent) shape += 'x';
    if (may_be_absent && !absent) shape += ".x";
    text.remove_prefix(end + 1);
  }
  return shape;
}

bool has_empty_level(std::string_view routing_template) {
  if (routing_template.empty()) return false;
  for (const bool absent : {false, true}) {
    const std::string shape = shape_of(routing_template, absent);
    if (shape.empty() || shape.front() == '.' || shape.back() == '.') return true;
    if (shape.find("..") != std::string::npos) return true;
  }
  return false;
}

}  // namespace

bool tell_faults(const std::vector<service::DefinitionFault>& faults, const WrittenDefinition& written,
                 Complaints& out) {
  const Complaints before = out;  // a fault does not explain another
  bool told = false;
  for (const service::DefinitionFault& fault : faults) {
    const FoundNode found = nearest_node(written.node, fault.path);
    if (explained(fault, found.whole, written.key_path, before)) continue;
    std::string message = fault.message;
    const std::string key = fault.path.substr(0, fault.path.find_first_of(".["));
    if (written.predefined != nullptr && !nearest_node(written.node, key).whole) {
      message += fmt::format("; `{}` is the predefined definition's here (`dray services {}` prints it): write it anew",
                             key, written.name);
    }
    out.error(written.file, found.line > 0 ? found.line : written.line,
              fmt::format("{}.{}", written.key_path, fault.path), std::move(message));
    told = true;
  }
  return !told;
}

void complain_of_levels(YamlWalk& walk, const YAML::Node& at, const std::string& path, const std::string& tag) {
  if (!has_empty_level(tag)) return;
  walk.warn(at, path,
            fmt::format("\"{}\" has an empty level, which no table of Devo has: such events end up in "
                        "unknown.unknown; write one dot between two levels, and none at the ends",
                        tag));
}

void complain_of_gaps(const service::Definition& definition, std::span<const std::string_view> predefined_names,
                      YamlWalk& walk, const YAML::Node& node, const std::string& path) {
  if (!definition.any_of.empty()) return;  // each of those has its own
  const auto near = nearest_key(definition.name, predefined_names);
  const std::string hint =
      near.empty() ? "; `dray services` lists those that are predefined, every other one is your own definition"
                   : fmt::format("; did you mean the predefined service \"{}\"?", near);
  if (definition.file_format.type.empty() && !(node.IsMap() && node["file_format"])) {
    walk.error(node, path + ".file_format", "is missing" + hint);
  }
  if (definition.routing_template.empty() && !(node.IsMap() && node["routing_template"])) {
    walk.error(node, path + ".routing_template", "is missing" + hint);
  }
}

void complain_of_text(const service::Definition& definition, YamlWalk& walk, const YAML::Node& node,
                      const std::string& path) {
  const service::FileFormat& format = definition.file_format;
  if (format.type != "line_split_processor" || definition.record_field_mapping.empty()) return;
  bool reads_json = false;
  if (YAML::convert<bool>::decode(YAML::Node(std::string(format.options.text("json"))), reads_json) && reads_json)
    return;
  const bool is_written = node.IsMap() && node["record_field_mapping"];
  walk.warn(is_written ? node["record_field_mapping"] : node, path + ".record_field_mapping",
            "the lines are not read as JSON, so every variable is \"null\"; set file_format.config.json: true");
}

}  // namespace dray::config
