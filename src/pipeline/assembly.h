// Assembly: a checked configuration becomes a collector. The only place that knows every stage.
//
// Everything that can be wrong without the network is found here: a pattern RE2 refuses, an unknown format, a
// certificate that does not fit its key. Errors are of kind config and name the key or the file.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "aws/session.h"
#include "base/clock.h"
#include "base/threads.h"
#include "config/config.h"
#include "decode/ready_service.h"
#include "pipeline/collector.h"
#include "pipeline/report.h"
#include "quarantine/quarantine.h"
#include "telemetry/log.h"

namespace dray::pipeline {

struct Surroundings {
  Clock& clock;
  Threads& threads;
  telemetry::Log& log;
  aws::EnvironmentLookup environment;
};

struct Assembled {
  std::vector<std::unique_ptr<aws::Session>> sessions;  // one an input, in order; outlive the collector
  std::unique_ptr<quarantine::Quarantine> quarantine;   // of all inputs; outlives the collector
  std::unique_ptr<Collector> collector;
  ReportOptions report;
};

// How this input reaches AWS. `dray try` reads objects with it.
aws::SessionConfig session_config(const config::Input& input);

// How its services decode: the limits, and whether records over them come in pieces. Also for `dray try`.
decode::PrepareOptions prepare_options(const config::Input& input);
// Lines of objects that no service takes, if `on_error` sends them.
Result<decode::ReadyService> unknown_service(const config::Input& input);

Result<Assembled> assemble(const config::Config& config, const Surroundings& around);

}  // namespace dray::pipeline
