// dray: collects S3 logs announced through SQS and delivers them with proof.

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <thread>
#include <variant>

#include "app/cli.h"
#include "app/exit_codes.h"
#include "app/services_command.h"
#include "app/signals.h"
#include "app/standard_output.h"
#include "base/clock.h"
#include "base/stop.h"
#include "local/cloud_command.h"
#include "local/receiver_command.h"
#include "telemetry/log.h"

namespace {

using dray::app::Signals;

// Runs a server command until a signal comes.
template <class Server>
int serve(const Server& server, Signals& signals) {
  dray::Stop stop;
  int exit_code = dray::app::kExitDone;
  std::atomic<bool> ended{false};
  std::jthread thread([&] {
    exit_code = server(stop);
    ended = true;
  });
  while (!ended && signals.wait_for(dray::milliseconds(100)) == 0) {
  }
  stop.request();
  thread.join();
  return exit_code;
}

struct Runner {
  Signals& signals;
  dray::Clock& clock;
  dray::telemetry::Log& log;

  int operator()(const dray::app::RunCommand& command) const { return run_collector(command, signals, clock, log); }
  int operator()(const dray::app::DemoCommand& command) const { return run_demo(command, signals, clock, log); }
  int operator()(const dray::app::CheckCommand& command) const { return dray::app::check_config(command); }
  int operator()(const dray::app::TryCommand& command) const { return run_try(command, clock, log); }
  int operator()(const dray::app::ServicesCommand& command) const { return dray::app::show_services(command); }
  int operator()(const dray::app::FormatsCommand& command) const { return dray::app::show_formats(command); }
  int operator()(const dray::local::CloudCommand& command) const {
    return serve([&](dray::Stop& stop) { return run_cloud(command, clock, log, stop); }, signals);
  }
  int operator()(const dray::local::ReceiverCommand& command) const {
    return serve([&](dray::Stop& stop) { return run_receiver(command, clock, log, stop); }, signals);
  }
};

}  // namespace

int main(int argc, char** argv) try {
  const auto parsed = dray::app::parse_command_line(argc, argv);
  if (!parsed.command) {
    if (parsed.exit_code == dray::app::kExitDone) {
      std::signal(SIGPIPE, SIG_IGN);
      return dray::app::write_stdout(parsed.text, parsed.exit_code);
    }
    std::fputs(parsed.text.c_str(), stderr);
    return parsed.exit_code;
  }
  // A failed assertion aborts; the world sees the exit code of a bug.
  std::signal(SIGABRT, [](int) { ::_exit(dray::app::kExitBug); });
  Signals signals;  // before the first thread
  dray::SystemClock clock;
  dray::telemetry::Log log(clock, STDERR_FILENO, dray::telemetry::Format::text, dray::telemetry::Level::info);
  return std::visit(Runner{signals, clock, log}, *parsed.command);
} catch (const std::exception& error) {
  // Foreign exceptions end at the rooms' doors; one that comes here is our bug.
  std::fprintf(stderr, "dray: internal error: %s\n", error.what());
  return dray::app::kExitBug;
}
