// `dray check`: every complaint about the configuration, the tests of its services, and the plan; connects to nothing.
//
// Tests of a definition whose results differ are complaints too, each with the line of the test. One thread.
#pragma once

#include "app/run_command.h"

namespace dray::app {

struct CheckCommand {
  ConfigFiles files;
};

// Returns the exit code: 0, or 78 if nothing would start or a test fails.
int check_config(const CheckCommand& command);

}  // namespace dray::app
