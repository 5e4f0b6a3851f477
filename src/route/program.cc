#include "route/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "json/members.h"
#include "route/operations.h"

namespace dray::route {
namespace {

using service::Filter;
using service::FilterRule;
using service::Operation;
using service::Variable;

std::vector<std::string> names_of(const std::vector<Variable>& variables) {
  std::vector<std::string> names;
  names.reserve(variables.size());
  for (const Variable& variable : variables) names.push_back(variable.name);
  return names;
}

// Where the names stand that a template has not found.
std::string depends_on(const Error& error) {
  if (error.code == kUnknownRecordVariable) return "record_field_mapping";
  return error.code == kUnknownFileVariable ? "file_field_definitions" : "";
}

class Compiler {
 public:
  Compiler(Program& program, std::vector<service::DefinitionFault>& faults)
      : program_(program),
        definition_(program.definition),
        record_names_(names_of(definition_.record_field_mapping)),
        file_names_(names_of(definition_.file_field_definitions)),
        used_(record_names_.size(), false),
        faults_(faults) {}

  void compile();

 private:
  void fault(const std::string& key, std::string message, std::string depends_on = {}) {
    faults_.push_back({key, std::move(message), std::move(depends_on)});
  }
  std::optional<Pattern> pattern(const std::string& key, const std::string& text);
  TagTemplate tag(const std::string& key, const std::string& text);
  Rules rules(const std::string& key, const Filter& filter, bool of_lines);
  Rule rule(const std::string& key, const FilterRule& source, bool of_lines);
  void check_steps(const std::string& key, const std::vector<Operation>& steps);
  void resolve_paths();
  std::size_t path(const std::vector<std::string>& keys);

  Program& program_;
  const service::Definition& definition_;
  std::vector<std::string> record_names_;
  std::vector<std::string> file_names_;
  std::vector<bool> used_;  // per record variable: a tag or a rule looks at it
  std::vector<service::DefinitionFault>& faults_;
};

void Compiler::compile() {
  if (definition_.key_pattern) program_.key_pattern = pattern("key_pattern", *definition_.key_pattern);
  program_.file_rules = rules("filename_filter_rules", definition_.filename_filter_rules, false);
  program_.line_rules = rules("line_filter_rules", definition_.line_filter_rules, true);
  // Without a fallback no record is this service's own; what `on_error` sends raw has the tag of the unknown.
  const bool no_tag = !definition_.members.empty() && definition_.routing_template.empty();
  program_.tag = tag("routing_template", no_tag ? std::string(kUnknownTag) : definition_.routing_template);
  for (const service::Definition& definition : definition_.members) {
    auto member = std::make_unique<Program>();
    // Its faults are its own: decode/ready_service.h compiles and tells them.
    if (compile_program(definition, *member).empty()) program_.members.push_back(std::move(member));
  }
  for (std::size_t i = 0; i < definition_.routing_cases.size(); ++i) {
    const std::string key = fmt::format("routing_cases[{}]", i);
    const service::RoutingCase& source = definition_.routing_cases[i];
    auto compiled = pattern(key + ".key_pattern", source.key_pattern);
    auto pieces = tag(key + ".routing_template", source.routing_template);
    if (compiled) program_.cases.push_back({std::move(*compiled), std::move(pieces)});
  }
  for (const Variable& variable : definition_.file_field_definitions) {
    check_steps("file_field_definitions." + variable.name, variable.operations);
  }
  for (const Variable& variable : definition_.record_field_mapping) {
    const std::string key = "record_field_mapping." + variable.name;
    check_steps(key + ".operations", variable.operations);
    if (variable.keys.empty()) fault(key + ".keys", "must name at least one member");
  }
  if (faults_.empty()) resolve_paths();
}

std::optional<Pattern> Compiler::pattern(const std::string& key, const std::string& text) {
  auto compiled = Pattern::compile(text);
  if (compiled) return std::move(*compiled);
  fault(key, compiled.error().message);
  return std::nullopt;
}

TagTemplate Compiler::tag(const std::string& key, const std::string& text) {
  auto pieces = parse_template(text, record_names_, file_names_);
  if (!pieces) {
    const bool of_others = text.empty() && !definition_.any_of.empty();
    fault(key, pieces.error().message, of_others ? "any_of" : depends_on(pieces.error()));
    return {};
  }
  for (const TagPiece& piece : *pieces) {
    if (piece.kind == TagPiece::Kind::record) used_[piece.variable] = true;
  }
  return std::move(*pieces);
}

Rules Compiler::rules(const std::string& key, const Filter& filter, bool of_lines) {
  Rules any;
  for (std::size_t i = 0; i < filter.size(); ++i) {
    std::vector<Rule> all;
    all.reserve(filter[i].size());
    for (std::size_t j = 0; j < filter[i].size(); ++j) {
      all.push_back(rule(fmt::format("{}[{}][{}]", key, i, j), filter[i][j], of_lines));
    }
    if (!all.empty()) any.push_back(std::move(all));
  }
  return any;
}

Rule Compiler::rule(const std::string& key, const FilterRule& source, bool of_lines) {
  Rule rule;
  rule.negate = source.negate;
  rule.value = source.value;
  if (source.pattern) rule.pattern = pattern(key + ".pattern", *source.pattern);
  if (!of_lines) return rule;
  rule.of_file = source.source == FilterRule::Source::file;
  const std::vector<std::string>& names = rule.of_file ? file_names_ : record_names_;
  const auto found = std::find(names.begin(), names.end(), source.key);
  if (found == names.end()) {
    const std::string variables = rule.of_file ? "file_field_definitions" : "record_field_mapping";
    fault(key + ".key",
          fmt::format("\"{}\" is no variable of {}, which has {}", source.key, variables,
                      names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))),
          variables);
    return rule;
  }
  rule.variable = static_cast<std::size_t>(found - names.begin());
  if (!rule.of_file) used_[rule.variable] = true;
  return rule;
}

void Compiler::check_steps(const std::string& key, const std::vector<Operation>& steps) {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].kind != Operation::Kind::split || !steps[i].on.empty()) continue;
    fault(fmt::format("{}[{}].on", key, i), "must not be empty: one splits on some text",
          fmt::format("{}[{}].operator", key, i));
  }
}

void Compiler::resolve_paths() {
  for (std::size_t i = 0; i < definition_.record_field_mapping.size(); ++i) {
    const Variable& variable = definition_.record_field_mapping[i];
    RecordVariable resolved;
    resolved.definition = &variable;
    if (used_[i]) {
      resolved.path = path(variable.keys);
      for (const service::When& when : variable.when) resolved.when_paths.push_back(path(when.keys));
    }
    program_.record_variables.push_back(std::move(resolved));
  }
}

std::size_t Compiler::path(const std::vector<std::string>& keys) {
  const auto found = std::find(program_.paths.begin(), program_.paths.end(), keys);
  if (found != program_.paths.end()) return static_cast<std::size_t>(found - program_.paths.begin());
  program_.paths.push_back(keys);
  return program_.paths.size() - 1;
}

}  // namespace

bool Rule::holds_for(std::string_view text) const {
  const bool matches = pattern ? pattern->found_in(text) : value && *value == text;
  return matches != negate;
}

bool Program::matches_key(std::string_view key) const {
  if (key_pattern && !key_pattern->found_in(key)) return false;
  if (definition.members.empty() || !definition.file_format.type.empty()) return true;
  // A member that takes every key says nothing about this one.
  return std::ranges::any_of(
      members, [&](const auto& one) { return (one->key_pattern || !one->members.empty()) && one->matches_key(key); });
}

bool Program::excludes_key(std::string_view key) const {
  const auto of_file = [&](const std::vector<Rule>& all) {
    return std::ranges::all_of(all, [&](const Rule& rule) { return rule.holds_for(key); });
  };
  if (std::ranges::any_of(file_rules, of_file)) return true;
  bool excluded = false;
  for (const auto& one : members) {
    if ((!one->key_pattern && one->members.empty()) || !one->matches_key(key)) continue;
    if (!one->excludes_key(key)) return false;
    excluded = true;
  }
  return excluded;
}

const TagTemplate& Program::tag_for(std::string_view key) const {
  for (const Case& one : cases) {
    if (one.key.found_in(key)) return one.tag;
  }
  return tag;
}

std::vector<std::string> Program::file_values(std::string_view key) const {
  std::vector<std::string> values;
  values.reserve(definition.file_field_definitions.size());
  for (const Variable& variable : definition.file_field_definitions) {
    values.push_back(run_steps(variable.operations, std::string(key)).value_or("null"));
  }
  return values;
}

std::optional<std::string> Program::record_value(std::size_t variable, std::span<const std::string_view> raw) const {
  const RecordVariable& resolved = record_variables[variable];
  const Variable& source = *resolved.definition;
  for (std::size_t i = 0; i < source.when.size(); ++i) {
    if (json::string_value(raw[resolved.when_paths[i]]) == source.when[i].value) return source.when[i].then;
  }
  const std::string_view value = raw[resolved.path];
  std::optional<std::string> text;
  if (!source.strings_only || (!value.empty() && value.front() == '"')) text = json::string_value(value);
  if (text) text = run_steps(source.operations, std::move(*text));
  if (source.default_value && (!text || text->empty())) return source.default_value;
  return text;
}

std::vector<service::DefinitionFault> compile_program(const service::Definition& definition, Program& program) {
  std::vector<service::DefinitionFault> faults;
  program.definition = definition;
  Compiler(program, faults).compile();
  return faults;
}

}  // namespace dray::route
