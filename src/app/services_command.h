// `dray services [NAME]`: the predefined services, or one as YAML, ready to be pasted below an input and changed.
#pragma once

#include <string>

#include "service/catalogue.h"

namespace dray::app {

struct ServicesCommand {
  std::string name;  // "" = list them
};

// The definition as it stands below `inputs.<name>:` of a configuration, with `services:` above and its comments.
std::string pasteable(const service::CatalogueEntry& entry);

// Returns the exit code.
int show_services(const ServicesCommand& command);

}  // namespace dray::app
