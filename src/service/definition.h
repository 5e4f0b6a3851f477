// Definition: what a log source looks like, as data: which objects, how to read them, what the records are called.
//
// Filled from `services:` in the configuration and from the predefined definitions in services/*.yaml, by the same
// parser (config/definition_parser.h). Keys and meaning: docs/configuration.md; devo.md 1.3; our own additions are
// marked. Values; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/settings.h"

namespace dray::service {

// One step of `operations` or of a file_field_definitions rule list, as Python does it on str.
struct Operation {
  enum class Kind {
    split,    // text.split(on)[element]; a negative element counts from the end; out of range: null
    replace,  // text.replace(to_replace, replace_with)
    lower,    // ours: ASCII lower case
  };
  Kind kind = Kind::split;
  std::string on;
  int element = 0;
  std::string to_replace;
  std::string replace_with;

  bool operator==(const Operation&) const = default;
};

// Ours: if the member at `keys` equals `value`, the variable is `then`. The first that holds decides.
struct When {
  std::vector<std::string> keys;
  std::string value;
  std::string then;

  bool operator==(const When&) const = default;
};

// How a variable is made from a record (record_field_mapping) or, with keys empty, from the object's key.
struct Variable {
  std::string name;
  std::vector<std::string> keys;  // from the outside in; an array takes a (Python-style) index
  std::vector<Operation> operations;
  bool strings_only = false;                 // ours (type: string): a number or boolean counts as missing
  std::vector<When> when;                    // ours
  std::optional<std::string> default_value;  // ours: when it would be "null" or empty

  bool operator==(const Variable&) const = default;
};

struct FilterRule {
  enum class Source { record, file };
  Source source = Source::record;
  std::string key;                     // a variable's name; unused in filename rules (they look at the whole key)
  bool negate = false;                 // type: doesnotmatch
  std::optional<std::string> pattern;  // RE2, searched
  std::optional<std::string> value;    // equals the whole text

  bool operator==(const FilterRule&) const = default;
};

// Outer OR, inner AND. True: the file is skipped, the record is not sent.
using Filter = std::vector<std::vector<FilterRule>>;

// Ours: other tags for objects whose key matches (ALB's conn_log. files).
struct RoutingCase {
  std::string key_pattern;  // RE2, searched in the decoded key
  std::string routing_template;

  bool operator==(const RoutingCase&) const = default;
};

struct FileFormat {
  std::string type;  // a processor name of the product, or one of ours
  Settings options;

  bool operator==(const FileFormat&) const = default;
};

// Ours: a sample object with what must come of it; `dray check` runs them (decode/definition_check.h).
struct DefinitionTest {
  std::string name;
  // The object. With a key, key_pattern must match it and filename filters count; without one it is "sample".
  std::string key;
  std::string bucket, region, account;  // for placeholders of the tag
  std::string input;                    // its bytes as stored
  std::string input_file;               // or where they are: a path beside `file`
  struct Event {
    std::string tag;
    std::string text;
    bool operator==(const Event&) const = default;
  };
  std::vector<Event> events;
  std::optional<std::uint64_t> count;  // only so many, instead of `events`
  std::string file;                    // that holds the test
  int line = 0;                        // of the test in it

  bool operator==(const DefinitionTest&) const = default;
};

struct Definition {
  std::string name;  // aws_sqs_vpc
  bool predefined = false;
  std::string summary;                     // one line for `dray services`
  std::optional<std::string> key_pattern;  // RE2, searched in the decoded key; absent: every object
  // Ours, for aws_sqs_auto: RE2, searched in the first 4 KiB of plain bytes of an object whose key tells nothing.
  std::optional<std::string> content_pattern;
  // Ours: predefined services, asked in this order: the object is decoded by the first that takes its key, else by the
  // first whose content_pattern finds itself in it, else by this definition's own file_format and routing_template.
  std::vector<std::string> any_of;
  std::vector<Definition> members;  // those of any_of, resolved
  Filter filename_filter_rules;
  std::vector<Variable> file_field_definitions;
  std::string encoding;  // "" = by magic bytes
  FileFormat file_format;
  std::vector<Variable> record_field_mapping;
  Filter line_filter_rules;
  bool send_filtered_out_to_unknown = false;
  std::string routing_template;
  std::vector<RoutingCase> routing_cases;
  std::vector<DefinitionTest> tests;

  bool operator==(const Definition&) const = default;
};

}  // namespace dray::service
