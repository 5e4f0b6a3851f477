// write_stdout: what a command prints that prints once: lists, pages, the plan.
//
// A reader that went away (EPIPE, as `| head` does) is no failure; any other refusal, such as a full disk, is told on
// stderr, so that a script does not take half a page for the whole. One thread at a time.
#pragma once

#include <string_view>

namespace dray::app {

// The command's exit code: the one given, or kExitWorkLeft if it is kExitDone and the output was refused.
int write_stdout(std::string_view text, int exit_code);

}  // namespace dray::app
