#include "app/run_session.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>

#include "app/exit_codes.h"
#include "pipeline/assembly.h"
#include "pipeline/report.h"

namespace dray::app {
namespace {

constexpr Duration kTick = milliseconds(250);
constexpr Duration kSetupPauseFirst = seconds(1);
constexpr Duration kSetupPauseMax = seconds(60);
constexpr Duration kValidateMax = seconds(20);

std::optional<std::string> environment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// One run: what lives from the start lines to the summary.
class Run {
 public:
  Run(const config::Config& config, const RunSessionOptions& options, Signals& signals, Clock& clock,
      telemetry::Log& log)
      : config_(config), options_(options), signals_(signals), clock_(clock), log_(log), begun_(clock.now()) {
    // A long poll that outlasts the idle time would only delay the end.
    for (config::Input& input : config_.inputs) {
      if (options_.until_idle > 0) input.wait = std::min(input.wait, seconds(options_.until_idle));
    }
  }

  int run() {
    auto assembled = pipeline::assemble(config_, {clock_, threads_, log_, environment});
    if (!assembled) {
      telemetry::Logger(log_, "MainProcess::MainThread").error(assembled.error().message);
      return kExitConfig;
    }
    assembled_ = *std::move(assembled);
    report_.emplace(assembled_.report, clock_, log_);
    report_->process_started();
    if (!set_up()) return options_.validate && signal_ == 0 ? kExitWorkLeft : kExitDone;
    if (options_.validate) return kExitDone;
    report_->collection_starts();
    assembled_.collector->start();
    const bool idle = collect();
    const bool clean = stop();
    summary();
    report_->finished();
    if (idle) return assembled_.collector->counts().work.left > 0 ? kExitWorkLeft : kExitDone;
    return clean ? kExitDone : kExitWorkLeft;
  }

 private:
  // Identities of every input, for ever unless validating. False: a signal came, or validating failed.
  bool set_up() {
    report_->waiting_for_setup();
    Duration pause = kSetupPauseFirst;
    for (const auto& session : assembled_.sessions) {
      while (!set_up_one(*session)) {
        if (signal_ != 0 || options_.validate) return false;
        setup_.warning(fmt::format("Retrying collector setup in {:.0f} seconds", in_seconds(pause)));
        if (signal_ = signals_.wait_for(pause); signal_ != 0) return false;
        pause = std::min<Duration>(pause * 2, kSetupPauseMax);
      }
    }
    if (options_.validate && !assembled_.collector->probe_outputs(clock_.now() + kValidateMax)) {
      setup_.error("Setup failed: an output did not answer in time");
      return false;
    }
    report_->setup_executed();
    return true;
  }

  bool set_up_one(aws::Session& session) {
    Stop stop;
    Status answer;
    {
      // The call may hang: a signal ends it.
      const std::jthread watcher([&](const std::stop_token& done) {
        while (!done.stop_requested() && signal_ == 0) {
          if (signal_ = signals_.wait_for(milliseconds(50)); signal_ != 0) stop.request();
        }
      });
      answer = session.check_identity(stop);
      if (answer && options_.validate) answer = queue_answers(session, stop);
    }
    if (!answer && signal_ == 0) setup_.error("Setup failed: " + answer.error().message);
    return answer.ok() && signal_ == 0;
  }

  // A policy need not allow GetQueueAttributes; that it is refused shows that the queue answers.
  Status queue_answers(aws::Session& session, const Stop& stop) {
    const auto attributes = session.queue_attributes(stop);
    if (attributes || attributes.error().code.find("AccessDenied") != std::string::npos) return {};
    return attributes.error();
  }

  // True: idle long enough; false: a signal.
  bool collect() {
    while (true) {
      if (signal_ = signals_.wait_for(kTick); signal_ != 0) return false;
      assembled_.collector->tick();
      report_->tick(*assembled_.collector);
      if (options_.until_idle > 0 && assembled_.collector->idle_for(seconds(options_.until_idle))) return true;
    }
  }

  bool stop() {
    signals_.end_at_next(kExitWorkLeft);
    if (signal_ != 0) report_->stop_begins(signal_, Signals::name_of(signal_));
    const std::string what = "stop inputs, prove what was sent, delete or release what is held, stop outputs";
    report_->order(what);
    const bool clean = assembled_.collector->stop(config_.globals.shutdown_grace);
    report_->order_executed(what);
    return clean;
  }

  void summary() {
    const auto counts = assembled_.collector->counts();
    telemetry::Logger(log_, "MainProcess::MainThread")
        .info(fmt::format(
            "Summary: objects={} events={} bytes={} quarantined={} dropped={} deleted={} left={} elapsed={:.3f}",
            counts.work.objects, counts.work.events, counts.work.bytes, counts.work.quarantined, counts.work.dropped,
            counts.work.deleted, counts.work.left, in_seconds(clock_.now() - begun_)));
  }

  config::Config config_;
  const RunSessionOptions options_;
  Signals& signals_;
  Clock& clock_;
  telemetry::Log& log_;
  const TimePoint begun_;
  SystemThreads threads_;
  pipeline::Assembled assembled_;
  std::optional<pipeline::Report> report_;
  const telemetry::Logger setup_{log_, "InputProcess::AWSsqsPullerSetup"};
  int signal_ = 0;
};

}  // namespace

int run_session(const config::Config& config, const RunSessionOptions& options, Signals& signals, Clock& clock,
                telemetry::Log& log) {
  return Run(config, options, signals, clock, log).run();
}

}  // namespace dray::app
