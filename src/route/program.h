// Program: a service definition made ready: patterns compiled, templates cut, names resolved to numbers.
//
// The inside of CompiledService, shared by the routers. Immutable after compile_program; any thread.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/object_ref.h"
#include "route/pattern.h"
#include "route/tag_template.h"
#include "service/definition.h"
#include "service/definition_fault.h"

namespace dray::route {

struct Rule {
  bool of_file = false;      // else of the record
  std::size_t variable = 0;  // unused in filename rules
  bool negate = false;
  std::optional<Pattern> pattern;
  std::optional<std::string> value;

  [[nodiscard]] bool holds_for(std::string_view text) const;
};

using Rules = std::vector<std::vector<Rule>>;  // outer OR, inner AND

struct Case {
  Pattern key;
  TagTemplate tag;
};

// A variable of records: where its raw values stand among Program::paths.
struct RecordVariable {
  const service::Variable* definition = nullptr;  // in Program::definition
  std::size_t path = 0;
  std::vector<std::size_t> when_paths;  // one per definition->when
};

struct Program {
  Program() = default;
  Program(const Program&) = delete;  // record_variables point into definition
  Program& operator=(const Program&) = delete;

  service::Definition definition;
  std::optional<Pattern> key_pattern;
  std::vector<std::unique_ptr<const Program>> members;  // any_of
  Rules file_rules;
  Rules line_rules;
  TagTemplate tag;
  std::vector<Case> cases;
  std::vector<RecordVariable> record_variables;  // as record_field_mapping
  std::vector<std::vector<std::string>> paths;   // those of the variables that a tag or a rule uses, each once

  // key_pattern matches; of a definition that is any of several, also: a member takes it, or there is a fallback.
  [[nodiscard]] bool matches_key(std::string_view key) const;
  // filename_filter_rules exclude it, or every member that matches it does.
  [[nodiscard]] bool excludes_key(std::string_view key) const;
  [[nodiscard]] const TagTemplate& tag_for(std::string_view key) const;
  // The text of each file_field_definitions variable; "null" where a step gave nothing.
  [[nodiscard]] std::vector<std::string> file_values(std::string_view key) const;
  // The text of one variable of a record, from the raw values of `paths`; nothing is "null".
  [[nodiscard]] std::optional<std::string> record_value(std::size_t variable,
                                                        std::span<const std::string_view> raw) const;
};

// All faults of the definition, none if it is good. `program` may be used only without faults.
std::vector<service::DefinitionFault> compile_program(const service::Definition& definition, Program& program);

}  // namespace dray::route
