// RunSession: a checked configuration brought to work: the collector with its log lines, from start to summary.
//
// Used by `dray run` and `dray demo`. One thread.
#pragma once

#include <memory>

#include "app/signals.h"
#include "base/clock.h"
#include "base/threads.h"
#include "config/config.h"
#include "telemetry/log.h"

namespace dray::app {

struct RunSessionOptions {
  bool validate = false;
  int until_idle = 0;  // seconds; 0: until a signal
};

// Prints the start lines, waits for the setup (identities, receivers) for ever, collects, stops, prints the summary.
// Returns the exit code.
int run_session(const config::Config& config, const RunSessionOptions& options, Signals& signals, Clock& clock,
                telemetry::Log& log);

}  // namespace dray::app
