#include "config/definition_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>
#include <vector>

#include "codec/decompressor.h"
#include "config/definition_faults.h"
#include "config/definition_tests.h"
#include "config/step_walk.h"
#include "format/splitter.h"
#include "service/catalogue.h"

namespace dray::config {
namespace {

using service::Definition;
using service::FilterRule;
using service::Variable;

// Formats, encodings and services are asked from their catalogues.
constexpr std::string_view kOwnKeys[] = {"file_field_definitions",
                                         "filename_filter_rules",
                                         "encoding",
                                         "send_filtered_out_to_unknown",
                                         "file_format",
                                         "record_field_mapping",
                                         "routing_template",
                                         "line_filter_rules",
                                         "key_pattern",
                                         "content_pattern",
                                         "any_of",
                                         "routing_cases",
                                         "summary",
                                         "tests"};

// Keys of the product's other collectors (devo.md 2.2) that change nothing here: nothing is pulled by a timetable.
constexpr std::string_view kWithoutEffect[] = {"request_period_in_seconds",
                                               "requests_per_second",
                                               "requests_limits",
                                               "types",
                                               "use_time_slots_for_retrievals",
                                               "environment",
                                               "enabled",
                                               "autoconfig",
                                               "debug"};

// Reads one definition. Every method takes the key path of what it reads and complains about it by itself; what it
// returns after an error is only good for finding more errors.
class Parser : public StepWalk {
 public:
  using StepWalk::StepWalk;

  void read(const YAML::Node& node, const std::string& path, Definition& into);

 private:
  void top_key(const std::string& key, const YAML::Node& value, const std::string& path, Definition& into);
  std::string encoding(const YAML::Node& node, const std::string& path);
  std::optional<std::string> pattern(const YAML::Node& node, const std::string& path, std::string_view what);
  std::string pattern_text(const YAML::Node& node, const std::string& path, std::string_view what);
  std::vector<std::string> any_of(const YAML::Node& node, const std::string& path);
  service::FileFormat file_format(const YAML::Node& node, const std::string& path);
  void format_options(const YAML::Node& node, const std::string& path, service::FileFormat& into);
  Setting setting(const YAML::Node& node, const std::string& path);
  std::vector<std::string> keys(const YAML::Node& node, const std::string& path);
  std::vector<Variable> file_fields(const YAML::Node& node, const std::string& path);
  std::vector<Variable> record_fields(const YAML::Node& node, const std::string& path);
  Variable record_field(const std::string& name, const YAML::Node& node, const std::string& path);
  std::vector<service::When> whens(const YAML::Node& node, const std::string& path);
  service::Filter filter(const YAML::Node& node, const std::string& path, bool of_lines);
  FilterRule filter_rule(const YAML::Node& node, const std::string& path, bool of_lines);
  std::vector<service::RoutingCase> routing_cases(const YAML::Node& node, const std::string& path);
  void variable_name(const YAML::Node& at, const std::string& path, const std::string& name);
};

void Parser::read(const YAML::Node& node, const std::string& path, Definition& into) {
  if (node.IsNull()) return;  // `aws_sqs_vpc:` with nothing behind it means {}
  each_pair(node, path, "the service's options ({} takes it as shipped)",
            [&](const std::string& key, const YAML::Node& value, const std::string& below) {
              top_key(key, value, below, into);
            });
}

void Parser::top_key(const std::string& key, const YAML::Node& value, const std::string& path, Definition& into) {
  if (key == "file_field_definitions") {
    into.file_field_definitions = file_fields(value, path);
  } else if (key == "filename_filter_rules") {
    into.filename_filter_rules = filter(value, path, false);
  } else if (key == "encoding") {
    into.encoding = encoding(value, path);
  } else if (key == "send_filtered_out_to_unknown") {
    into.send_filtered_out_to_unknown = boolean(value, path);
  } else if (key == "file_format") {
    into.file_format = file_format(value, path);
  } else if (key == "record_field_mapping") {
    into.record_field_mapping = record_fields(value, path);
  } else if (key == "routing_template") {
    into.routing_template = text(value, path, "a tag, such as my.app.source.[record-name]");
    if (value.IsScalar() && into.routing_template.empty()) error(value, path, "must not be empty");
    complain_of_levels(*this, value, path, into.routing_template);
  } else if (key == "line_filter_rules") {
    into.line_filter_rules = filter(value, path, true);
  } else if (key == "key_pattern") {
    into.key_pattern = pattern(value, path, "a pattern (RE2) that is searched in the object's key");
  } else if (key == "content_pattern") {
    into.content_pattern = pattern(value, path, "a pattern (RE2) that is searched in the first plain bytes");
  } else if (key == "any_of") {
    into.any_of = any_of(value, path);
  } else if (key == "routing_cases") {
    into.routing_cases = routing_cases(value, path);
  } else if (key == "summary") {
    into.summary = text(value, path, "one line of text");
  } else if (key == "tests") {  // read behind the rest, by definition_tests.h
  } else if (key == "obfuscation_data") {
    error(value, path, "this version cannot obfuscate events; remove the key to send them as they are");
  } else if (among(key, kWithoutEffect)) {
    warn(value, path, "has no effect here");
  } else {
    unknown_key(value, path, key, kOwnKeys);
  }
}

std::string Parser::encoding(const YAML::Node& node, const std::string& path) {
  if (node.IsNull()) return {};
  std::string value = text(node, path, "the name of an encoding, such as gzip or none");
  if (auto known = codec::parse_encoding(value); node.IsScalar() && !known) error(node, path, known.error().message);
  return value;
}

std::optional<std::string> Parser::pattern(const YAML::Node& node, const std::string& path, std::string_view what) {
  if (node.IsNull()) return std::nullopt;  // `key_pattern: ~` lets an override take every object again
  return pattern_text(node, path, what);
}

// One that is empty is found in everything, which nobody writes down on purpose.
std::string Parser::pattern_text(const YAML::Node& node, const std::string& path, std::string_view what) {
  std::string pattern = text(node, path, what);
  if (node.IsScalar() && pattern.empty()) error(node, path, "must not be empty: that would be found in everything");
  return pattern;
}

std::vector<std::string_view> names_of_services() {
  std::vector<std::string_view> names;
  for (const service::CatalogueEntry& entry : service::catalogue()) names.push_back(entry.name);
  return names;
}

std::vector<std::string> Parser::any_of(const YAML::Node& node, const std::string& path) {
  std::vector<std::string> chosen;
  if (node.IsNull() || !is_list(node, path, "names of predefined services, in the order in which they are asked")) {
    return chosen;
  }
  const std::vector<std::string_view> names = names_of_services();
  for (std::size_t i = 0; i < node.size(); ++i) {
    const std::string at = fmt::format("{}[{}]", path, i);
    chosen.push_back(text(node[i], at, "the name of a predefined service"));
    if (!node[i].IsScalar() || among(chosen.back(), names)) continue;
    const auto near = nearest_key(chosen.back(), names);
    error(node[i], at,
          fmt::format("\"{}\" is no predefined service{}", chosen.back(),
                      near.empty() ? "; `dray services` lists them" : fmt::format("; did you mean \"{}\"?", near)));
  }
  return chosen;
}

std::string no_format(std::string_view type) {
  std::vector<std::string_view> names;
  for (const format::Format* format : format::all_formats()) names.push_back(format->name);
  const auto near = nearest_key(type, names);
  return fmt::format("\"{}\" is no processor; {}", type,
                     near.empty() ? "`dray formats` lists them" : fmt::format("did you mean \"{}\"?", near));
}

service::FileFormat Parser::file_format(const YAML::Node& node, const std::string& path) {
  service::FileFormat format;
  if (!node.IsMap()) {
    error(node, path, "must be a mapping with type (`dray formats` lists them) and config");
    return format;
  }
  each_pair(node, path, "type and config",
            [&](const std::string& key, const YAML::Node& value, const std::string& below) {
              constexpr std::string_view known[] = {"type", "config"};
              if (key == "type") {
                format.type = text(value, below, "the name of a processor");
                if (format::find_format(format.type) != nullptr || !value.IsScalar()) return;
                error(value, below, no_format(format.type));
              } else if (key == "config") {
                format_options(value, below, format);
              } else {
                unknown_key(value, below, key, known);
              }
            });
  if (!node["type"]) {
    error(node, path + ".type", "is missing; `dray formats` lists them");
  } else if (const format::Format* found = format::find_format(format.type); found != nullptr) {
    const format::OptionFaults faults = found->check(format.options);
    for (const format::OptionFault& fault : faults.all()) {
      const std::string option = "config." + fault.path;
      error(nearest_node(node, option).node, fmt::format("{}.{}", path, option), fault.message);
    }
  }
  return format;
}

void Parser::format_options(const YAML::Node& node, const std::string& path, service::FileFormat& into) {
  if (node.IsNull()) return;
  each_pair(node, path, "the processor's options",
            [&](const std::string& key, const YAML::Node& value, const std::string& below) {
              into.options.set(key, setting(value, below));
            });
}

Setting Parser::setting(const YAML::Node& node, const std::string& path) {
  if (node.IsNull()) return {};
  if (node.IsSequence()) {
    Setting::List list;
    for (std::size_t i = 0; i < node.size(); ++i) list.push_back(setting(node[i], fmt::format("{}[{}]", path, i)));
    return list;
  }
  if (!node.IsMap()) return text(node, path, "a plain value, a list or a mapping");
  Settings members;
  each_pair(node, path, "a mapping", [&](const std::string& key, const YAML::Node& value, const std::string& below) {
    members.set(key, setting(value, below));
  });
  return members;
}

std::vector<std::string> Parser::keys(const YAML::Node& node, const std::string& path) {
  std::vector<std::string> parts;
  if (node.IsScalar()) {  // a path of one part without its list
    parts.push_back(node.Scalar());
  } else if (is_list(node, path, "member names from the outside in, such as [userIdentity, type]")) {
    for (const YAML::Node& part : node) parts.push_back(text(part, path, "a list of member names"));
    if (parts.empty()) error(node, path, "must name at least one member");
  }
  return parts;
}

void Parser::variable_name(const YAML::Node& at, const std::string& path, const std::string& name) {
  constexpr std::string_view allowed = "letters, digits, _ and -";
  const bool good = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
  if (!good) error(at, path, fmt::format("\"{}\" is no name for a variable: only {}", name, allowed));
}

std::vector<Variable> Parser::file_fields(const YAML::Node& node, const std::string& path) {
  std::vector<Variable> fields;
  if (node.IsNull()) return fields;
  each_pair(node, path, "variables, each with a list of steps",
            [&](const std::string& name, const YAML::Node& value, const std::string& below) {
              variable_name(value, below, name);
              Variable field;
              field.name = name;
              field.operations = operations(value, below);
              fields.push_back(std::move(field));
            });
  return fields;
}

std::vector<Variable> Parser::record_fields(const YAML::Node& node, const std::string& path) {
  std::vector<Variable> fields;
  if (node.IsNull()) return fields;
  each_pair(node, path, "variables, each with keys and perhaps operations",
            [&](const std::string& name, const YAML::Node& value, const std::string& below) {
              variable_name(value, below, name);
              fields.push_back(record_field(name, value, below));
            });
  return fields;
}

Variable Parser::record_field(const std::string& name, const YAML::Node& node, const std::string& path) {
  constexpr std::string_view known[] = {"keys", "operations", "type", "when", "default"};
  Variable field;
  field.name = name;
  bool keyed = false;
  each_pair(node, path, "keys, operations, type, when and default",
            [&](const std::string& key, const YAML::Node& value, const std::string& below) {
              if (key == "keys") {
                keyed = true;
                field.keys = keys(value, below);
              } else if (key == "operations") {
                field.operations = operations(value, below);
              } else if (key == "type") {
                field.strings_only = text(value, below, "string or any") == "string";
                if (value.IsScalar() && value.Scalar() != "string" && value.Scalar() != "any") {
                  error(value, below, "must be string (numbers and booleans count as missing) or any");
                }
              } else if (key == "when") {
                field.when = whens(value, below);
              } else if (key == "default") {
                field.default_value = text(value, below, "the text to use when the member is missing or null");
              } else {
                unknown_key(value, below, key, known);
              }
            });
  if (node.IsMap() && !keyed)
    error(node, path + ".keys", "is missing: the member's path, such as [userIdentity, type]");
  return field;
}

std::vector<service::When> Parser::whens(const YAML::Node& node, const std::string& path) {
  constexpr std::string_view known[] = {"keys", "value", "then"};
  std::vector<service::When> cases;
  if (!is_list(node, path, "cases, such as {keys: [eventCategory], value: Insight, then: insights}")) return cases;
  for (std::size_t i = 0; i < node.size(); ++i) {
    const std::string at = fmt::format("{}[{}]", path, i);
    service::When when;
    std::size_t given = 0;
    each_pair(node[i], at, "keys, value and then",
              [&](const std::string& key, const YAML::Node& value, const std::string& below) {
                if (!among(key, known)) return unknown_key(value, below, key, known);
                ++given;
                if (key == "keys") when.keys = keys(value, below);
                if (key == "value") when.value = text(value, below, "the text that the member must equal");
                if (key == "then") when.then = text(value, below, "the variable's text if it does");
              });
    if (node[i].IsMap() && given != std::size(known)) error(node[i], at, "needs keys, value and then");
    cases.push_back(std::move(when));
  }
  return cases;
}

service::Filter Parser::filter(const YAML::Node& node, const std::string& path, bool of_lines) {
  constexpr std::string_view shape =
      "lists of rules: one of the outer list must hold, and in it every rule of the inner list";
  service::Filter any;
  if (node.IsNull() || !is_list(node, path, shape)) return any;
  for (std::size_t i = 0; i < node.size(); ++i) {
    const std::string outer = fmt::format("{}[{}]", path, i);
    if (!node[i].IsSequence()) {
      error(node[i], outer, fmt::format("must be a list of rules; {} is a list of {}", path, shape));
    } else if (node[i].size() == 0) {
      error(node[i], outer, "has no rule: it would hold for everything");
    }
    std::vector<FilterRule> all;  // empty after such an error: those behind it keep their numbers
    if (!node[i].IsSequence()) {
      any.push_back(std::move(all));
      continue;
    }
    for (std::size_t j = 0; j < node[i].size(); ++j) {
      all.push_back(filter_rule(node[i][j], fmt::format("{}[{}]", outer, j), of_lines));
    }
    any.push_back(std::move(all));
  }
  return any;
}

FilterRule Parser::filter_rule(const YAML::Node& node, const std::string& path, bool of_lines) {
  constexpr std::string_view of_file[] = {"type", "pattern", "value"};
  constexpr std::string_view of_line[] = {"type", "pattern", "value", "source", "key"};
  const std::span<const std::string_view> known = of_lines ? std::span<const std::string_view>(of_line) : of_file;
  FilterRule rule;
  bool typed = false;
  each_pair(node, path, listed(known), [&](const std::string& key, const YAML::Node& value, const std::string& below) {
    if (!among(key, known)) {
      unknown_key(value, below, key, known);
    } else if (key == "type") {
      typed = true;
      const std::string type = text(value, below, "match or doesnotmatch");
      rule.negate = type == "doesnotmatch";
      if (value.IsScalar() && !rule.negate && type != "match")
        error(value, below, must_be("match or doesnotmatch", type));
    } else if (key == "pattern") {
      rule.pattern = pattern_text(value, below, "a pattern (RE2)");
    } else if (key == "value") {
      rule.value = text(value, below, "the whole text to compare with");
    } else if (key == "source") {
      const std::string source = text(value, below, "record or file");
      if (source == "file") rule.source = FilterRule::Source::file;
      if (value.IsScalar() && source != "file" && source != "record")
        error(value, below, must_be("record or file", source));
    } else if (key == "key") {
      rule.key = text(value, below, "the name of a variable");
    }
  });
  if (!node.IsMap()) return rule;
  if (!typed) error(node, path + ".type", "is missing; allowed: match, doesnotmatch");
  if (rule.pattern && rule.value) error(node, path, "has both pattern and value; keep one");
  if (!rule.pattern && !rule.value) error(node, path, "needs either pattern or value");
  if (of_lines && rule.key.empty()) {
    error(node, path + ".key", "is missing: a variable of record_field_mapping or file_field_definitions");
  }
  return rule;
}

std::vector<service::RoutingCase> Parser::routing_cases(const YAML::Node& node, const std::string& path) {
  constexpr std::string_view known[] = {"key_pattern", "routing_template"};
  std::vector<service::RoutingCase> cases;
  if (node.IsNull() || !is_list(node, path, "cases, each with key_pattern and routing_template")) return cases;
  for (std::size_t i = 0; i < node.size(); ++i) {
    const std::string at = fmt::format("{}[{}]", path, i);
    service::RoutingCase one;
    each_pair(node[i], at, "key_pattern and routing_template",
              [&](const std::string& key, const YAML::Node& value, const std::string& below) {
                if (!among(key, known)) return unknown_key(value, below, key, known);
                (key == "key_pattern" ? one.key_pattern : one.routing_template) = text(value, below, "text");
                if (key == "routing_template") complain_of_levels(*this, value, below, one.routing_template);
              });
    if (node[i].IsMap() && (one.key_pattern.empty() || one.routing_template.empty())) {
      error(node[i], at, "needs key_pattern and routing_template");
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace

bool read_definition(const WrittenDefinition& written, service::Definition& into, Complaints& out) {
  if (written.predefined != nullptr) into = *written.predefined;
  into.name = written.name;
  Parser parser(written.file, out);
  if (written.line > 0) parser.stands_at(written.node, written.line);
  parser.read(written.node, written.key_path, into);
  if (written.predefined == nullptr)
    complain_of_gaps(into, names_of_services(), parser, written.node, written.key_path);
  complain_of_text(into, parser, written.node, written.key_path);
  const bool tests_read = read_definition_tests(written.node, {written.file, written.key_path}, into, out);
  return !parser.failed() && tests_read;
}

std::optional<service::Definition> parse_definition(const std::string& service_name, const YAML::Node& node,
                                                    const service::Definition* predefined, const std::string& file,
                                                    const std::string& key_path, Complaints& out) {
  service::Definition definition;
  if (!read_definition({service_name, node, predefined, file, key_path}, definition, out)) return std::nullopt;
  return definition;
}

}  // namespace dray::config
