// `dray demo`: the main job on sample objects, against a local cloud and a TLS receiver inside this process.
//
// It shows the collector's log on stderr and the arriving events on stdout, and ends by itself with the summary (keep:
// stays).
#pragma once

#include "app/signals.h"
#include "base/clock.h"
#include "telemetry/log.h"

namespace dray::app {

struct DemoCommand {
  bool keep = false;
  bool quiet = false;  // no events on stdout
};

// Returns the exit code.
int run_demo(const DemoCommand& command, Signals& signals, Clock& clock, telemetry::Log& log);

}  // namespace dray::app
