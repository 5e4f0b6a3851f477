// `dray services [NAME]`: the predefined services, or one of them as YAML, ready to be pasted and changed.
#pragma once

#include <string>

namespace dray::app {

struct ServicesCommand {
  std::string name;  // "" = list them
};

// Returns the exit code.
int show_services(const ServicesCommand& command);

}  // namespace dray::app
