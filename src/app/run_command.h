// `dray run`: the collector on real queues, until a signal, or until idle.
#pragma once

#include <string>

#include "app/signals.h"
#include "base/clock.h"
#include "config/load.h"
#include "telemetry/log.h"

namespace dray::app {

// Where the configuration is: --config FILE, or the Collector Server's two files.
struct ConfigFiles {
  std::string config;                // --config
  std::string job_config_loc;        // --job_config_loc
  std::string collector_config_loc;  // --collector_config_loc
};

config::Loaded load_config(const ConfigFiles& files, config::Purpose purpose = config::Purpose::collect,
                           const std::string& input = {});

struct RunCommand {
  ConfigFiles files;
  bool validate = false;       // set up, then exit
  bool no_save_state = false;  // accepted: this version keeps no state on disk
  int until_idle = 0;          // seconds; 0: until a signal
};

// Returns the exit code.
int run_collector(const RunCommand& command, Signals& signals, Clock& clock, telemetry::Log& log);

}  // namespace dray::app
