// The command line: what each command of `dray` is called with. The only file behind it that knows CLI11 is cli.cc.
//
// Options and exit codes: design "Contract: commands"; `dray COMMAND --help` prints them. Values.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "app/check_command.h"
#include "app/demo_command.h"
#include "app/formats_command.h"
#include "app/run_command.h"
#include "app/services_command.h"
#include "app/try_command.h"
#include "local/cloud_command.h"
#include "local/receiver_command.h"

namespace dray::app {

using Command = std::variant<RunCommand, DemoCommand, CheckCommand, TryCommand, ServicesCommand, FormatsCommand,
                             local::CloudCommand, local::ReceiverCommand>;

struct ParsedCommandLine {
  std::optional<Command> command;  // absent: print `text` and exit with `exit_code`
  std::string text;
  int exit_code = 0;
};

// "0.1.0", or "0.1.0 (git 1a2b3c4d5e)" if built in a checkout of its own; made at every build by cmake/version.cmake.
extern const char* const kVersion;

ParsedCommandLine parse_command_line(int argc, char** argv);

}  // namespace dray::app
