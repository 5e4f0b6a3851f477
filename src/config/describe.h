// describe: what the program knows of its configuration, for people: the reference page, and the plan of one
// configuration.
//
// docs/configuration.md is describe_markdown() word for word (a test compares; `dray check` and the page cannot
// disagree with what load() does, since all read config/keys.h). Neither ever shows a secret. Pure; any thread.
#pragma once

#include <string>

#include "config/config.h"

namespace dray::config {

std::string describe_markdown();

// What `dray check` prints: for each input its queue, who we are and its services with format, tag and outputs.
std::string plan(const Config& config);

}  // namespace dray::config
