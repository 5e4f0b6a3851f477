// load: the user's configuration, from files to Config, with every complaint about it at once.
//
// Used by app/ (run, check, doctor, try, backfill). Reads config.yaml (YAML or JSON) or the Collector Server's two
// JSON files, fills in `${NAME}` from the environment and secrets from `…_file`, knows the product's keys and their
// other names, and checks what can be checked without the network: values, combinations, and that certificate files
// are there and are PEM. No input of any kind makes it crash or throw; sizes are bounded (config/document.h). Any
// thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/complaint.h"
#include "config/config.h"
#include "config/surroundings.h"

namespace dray::config {

struct Loaded {
  std::optional<Config> config;  // present if and only if there is no error among the complaints
  Complaints complaints;
};

// What the configuration is wanted for. Complaints about what is not used for it are not made, errors included.
enum class Purpose {
  collect,       // everything
  decode,        // the services of an input and its limits: neither outputs nor access
  read_objects,  // these, and how the input reaches AWS
};

struct LoadOptions {
  std::string config;            // --config; "": $CONFIG_FILE, else config.yaml
  std::string job_config;        // --job_config_loc
  std::string collector_config;  // --collector_config_loc
  Purpose purpose = Purpose::collect;
  std::string input = {};  // the only one that counts, if it is not to collect; "": all
};

// Finds the files as design.md 2 says and loads them. A relative path is taken as given, else below ./config/. One
// of the Collector Server's options alone takes the other's standard place, /etc/devo/job/job_config.json and
// /etc/devo/collector/collector_config.json. `around.directory` is replaced by the one beside FILE's config/
// directory.
Loaded load_file(const LoadOptions& options, Surroundings around = system_surroundings());

// A text that stands for the file of that name.
Loaded load_text(std::string_view text, const std::string& file, const Surroundings& around,
                 const LoadOptions& options = {});

// The Collector Server's two files.
struct NamedText {
  std::string file;
  std::string_view text;
};
Loaded load_collector_server(const NamedText& job, const NamedText& collector, const Surroundings& around,
                             const LoadOptions& options = {});

}  // namespace dray::config
