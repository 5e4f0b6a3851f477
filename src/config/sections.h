// The readers of the configuration's sections: from Fields to the parts of Config, with all their rules and complaints.
//
// Called by config/load.cc. Each reads as much as it can: what it returns is only used when no error was complained of.
// Included only by config/*.cc. One thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/fields.h"

namespace dray::config {

// globals: and global_overrides:; keys that are absent leave what is there.
void read_globals(const Fields& fields, Globals& into);
// globals.persistence and the Collector Server's state_store.
void read_persistence(const Fields& fields, Globals& into);
// A collector's name as the product wants it: `.`, `#` and blanks become `_` with a warning, others are an error.
std::string collector_name(const Fields& fields, std::string_view key, const std::string& written);

// Empty for an input or output that is not enabled: nothing else of it is looked at.
std::optional<Input> read_input(const Reading& reading, const Named& node, const std::string& path, bool debug);
std::optional<OutputConfig> read_output(const Reading& reading, const Named& node, const std::string& path,
                                        Globals& globals);

// Within an input:
Credentials read_credentials(const Fields& fields);
void read_addresses(const Fields& input, Input& into);  // base_url, region, endpoints, proxy, ca_file
std::vector<service::Definition> read_services(const Fields& input);

// Says if the PEM file at `path` can be read and holds `kind` ("CERTIFICATE", "PRIVATE KEY"); complains under `key`
// if not.
void check_pem(const Fields& fields, std::string_view key, const std::string& path, std::string_view kind);

}  // namespace dray::config
