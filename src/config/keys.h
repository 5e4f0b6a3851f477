// The table of keys: every key of the configuration that this program knows, what it means, and what becomes of it.
//
// Read by config/fields.cc (what is known, renamed, without effect or refused), by config/describe.cc
// (docs/configuration.md is this table) and by nobody else. The keys within one service are the business of
// config/definition_parser.h. Sources: product-page.txt, devo.md 1.2 and 2.2, design.md 3. Constant data; any
// thread.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace dray::config {

// A mapping in the files, by what it holds.
enum class Section {
  top,                 // config.yaml itself
  globals,             // globals:, global_overrides:
  persistence,         // globals.persistence, state_store
  persistence_config,  // globals.persistence.config
  input,               // inputs.<name>
  credentials,         // inputs.<name>.credentials
  endpoints,           // inputs.<name>.endpoints
  on_error,            // inputs.<name>.on_error
  output,              // outputs.<name>
  output_config,       // outputs.<name>.config
  job,                 // Collector Server: job_config.json
  collector,           // Collector Server: collector_config.json
};

enum class Use {
  read,        // does what `text` says
  other_name,  // the same as the key that `text` names, in the same section
  no_effect,   // known from the product; a warning says `text`, which is what happens instead
  refused,     // known, but this version lacks it and it would change what is read or where it goes: an error
};

struct Key {
  Section section;
  std::string_view name;
  Use use;
  std::string_view kind;      // true/false, number, text, secret, URL, file, mapping …
  std::string_view standard;  // the default as one writes it; "" = none; "required"
  std::string_view text;
};

std::span<const Key> all_keys();
// nullptr if the section has no key of that name.
const Key* find_key(Section section, std::string_view name);
// Names that a user may have meant: all of the section.
std::vector<std::string_view> names_in(Section section);
// How a section is written in a file: "inputs.<name>.credentials".
std::string_view section_path(Section section);

}  // namespace dray::config
