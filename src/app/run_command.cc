#include "app/run_command.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cstdio>
#include <string>
#include <utility>

#include "app/exit_codes.h"
#include "app/run_session.h"
#include "config/load.h"
#include "config/surroundings.h"
#include "decode/ready_service.h"

namespace dray::app {
namespace {

// Keys and tokens live in this process's memory: no core file, no other process reading it.
void forbid_core_files() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0);
}

void configure_log(const config::Config& config, telemetry::Log& log) {
  const bool json = config.globals.log_format == config::LogFormat::json;
  log.configure(json ? telemetry::Format::json : telemetry::Format::text,
                config.globals.debug ? telemetry::Level::debug : telemetry::Level::info);
}

void register_secrets(const config::Config& config, telemetry::Log& log) {
  for (const config::Input& input : config.inputs) {
    log.add_secret(input.credentials.secret_access_key);
    log.add_secret(input.credentials.session_token);
    log.add_secret(input.credentials.external_id);
  }
}

}  // namespace

config::Loaded load_config(const ConfigFiles& files, config::Purpose purpose, const std::string& input) {
  config::Surroundings around = config::system_surroundings();
  around.faults_of = [](const service::Definition& definition) { return decode::faults(definition); };
  return config::load_file({.config = files.config,
                            .job_config = files.job_config_loc,
                            .collector_config = files.collector_config_loc,
                            .purpose = purpose,
                            .input = input},
                           std::move(around));
}

int run_collector(const RunCommand& command, Signals& signals, Clock& clock, telemetry::Log& log) {
  forbid_core_files();
  const config::Loaded loaded = load_config(command.files);
  std::fputs(loaded.complaints.text().c_str(), stderr);
  if (!loaded.config) return kExitConfig;
  configure_log(*loaded.config, log);
  register_secrets(*loaded.config, log);
  return run_session(*loaded.config, {.validate = command.validate, .until_idle = command.until_idle}, signals, clock,
                     log);
}

}  // namespace dray::app
