#include "config/step_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace dray::config {
namespace {

using service::Operation;

constexpr std::string_view kOperators[] = {"split", "replace", "lower"};
constexpr std::string_view kParameters[] = {"operator", "on", "element", "to_replace", "replace_with"};
constexpr std::string_view kOfSplit[] = {"on", "element"};
constexpr std::string_view kOfReplace[] = {"to_replace", "replace_with"};

std::string_view name_of(Operation::Kind kind) {
  switch (kind) {
    case Operation::Kind::split: return "split";
    case Operation::Kind::replace: return "replace";
    case Operation::Kind::lower: break;
  }
  return "lower";
}

std::span<const std::string_view> parameters_of(Operation::Kind kind) {
  switch (kind) {
    case Operation::Kind::split: return kOfSplit;
    case Operation::Kind::replace: return kOfReplace;
    case Operation::Kind::lower: break;
  }
  return {};
}

}  // namespace

std::vector<Operation> StepWalk::operations(const YAML::Node& node, const std::string& path) {
  std::vector<Operation> steps;
  if (node.IsNull()) return steps;
  if (node.IsMap()) {  // one step without its list
    steps.push_back(operation(node, path));
    return steps;
  }
  if (!is_list(node, path, "steps, such as {operator: split, on: \"/\", element: 0}")) return steps;
  for (std::size_t i = 0; i < node.size(); ++i) steps.push_back(operation(node[i], fmt::format("{}[{}]", path, i)));
  return steps;
}

Operation StepWalk::operation(const YAML::Node& node, const std::string& path) {
  Operation step;
  std::vector<std::string> given;
  bool known_operator = true;
  each_pair(node, path, "operator and its parameters",
            [&](const std::string& key, const YAML::Node& value, const std::string& below) {
              given.push_back(key);
              if (key == "operator") {
                const std::string name = text(value, below, "split, replace or lower");
                if (name == "replace") step.kind = Operation::Kind::replace;
                if (name == "lower") step.kind = Operation::Kind::lower;
                known_operator = among(name, kOperators);
                if (value.IsScalar() && !known_operator) {
                  const auto near = nearest_key(name, kOperators);
                  error(value, below,
                        fmt::format("unknown operator \"{}\"; allowed: {}{}", name, listed(kOperators),
                                    near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
                }
              } else if (key == "on") {
                step.on = text(value, below, "the text to split on");
                if (value.IsScalar() && step.on.empty())
                  error(value, below, "must not be empty: one splits on some text");
              } else if (key == "element") {
                step.element = integer(value, below);
              } else if (key == "to_replace") {
                step.to_replace = text(value, below, "the text to replace");
                if (value.IsScalar() && step.to_replace.empty())
                  error(value, below, "must not be empty: some text is replaced");
              } else if (key == "replace_with") {
                if (!value.IsNull()) step.replace_with = text(value, below, "the text to put there, or \"\"");
              } else {
                unknown_key(value, below, key, kParameters);
              }
            });
  // Which parameters a wrong operator wants nobody knows.
  if (node.IsMap() && known_operator) complete(node, path, step, given);
  return step;
}

// A step with its own parameters, all of them and no other's.
void StepWalk::complete(const YAML::Node& node, const std::string& path, const Operation& step,
                        std::span<const std::string> given) {
  const auto has = [&](std::string_view key) { return std::find(given.begin(), given.end(), key) != given.end(); };
  if (!has("operator")) {
    error(node, path + ".operator", "is missing; allowed: split, replace, lower");
    return;
  }
  const std::span<const std::string_view> own = parameters_of(step.kind);
  for (const std::string_view key : own) {
    if (!has(key)) error(node, fmt::format("{}.{}", path, key), "is missing");
  }
  for (const std::string& key : given) {
    if (key == "operator" || among(key, own) || !among(key, kParameters)) continue;
    warn(node, fmt::format("{}.{}", path, key),
         fmt::format("has no effect: it is no parameter of {}", name_of(step.kind)));
  }
}

}  // namespace dray::config
