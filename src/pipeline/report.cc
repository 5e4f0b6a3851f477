#include "pipeline/report.h"

#include <fmt/core.h>
#include <malloc.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "telemetry/memory.h"

namespace dray::pipeline {
namespace {

constexpr Duration kCollection = seconds(5);
constexpr Duration kMemoryPeriod = std::chrono::minutes(5);

double in_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

// "2022-06-28 10:39:22.511671+00:00"
std::string python_time(WallTime time) {
  const std::time_t whole = time.micros / 1'000'000;
  std::tm parts{};
  ::gmtime_r(&whole, &parts);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  return fmt::format("{}.{:06d}+00:00", std::string(text.data(), length), time.micros % 1'000'000);
}

// Gives free heap pages back to the system, as the product's collection of garbage does, and says what that changed.
std::string memory_line() {
  const telemetry::MemoryUse before = telemetry::memory_use();
  ::malloc_trim(0);
  return telemetry::gc_text(before, telemetry::memory_use());
}

const char* service_type(const ReportedService& service) {
  return service.predefined ? "predefined" : "custom";
}

}  // namespace

std::string ReportedOutput::number() const {
  std::string number = sender;
  std::ranges::transform(number, number.begin(), [](char c) { return static_cast<char>(c | 0x20); });
  number.insert(number.size() - std::string_view("sender").size(), "_");
  return number;
}

Report::Report(ReportOptions options, Clock& clock, telemetry::Log& log)
    : options_(std::move(options)),
      clock_(clock),
      log_(log),
      settled_(options_.inputs.size(), 0),
      last_settled_(options_.inputs.size()),
      window_begun_(clock.now()),
      sent_(options_.outputs.size(), Sent{0, clock.wall_now(), clock.now()}),
      statistics_at_(clock.now() + options_.statistics_period),
      memory_at_(clock.now() + kMemoryPeriod) {}

std::string Report::puller_thread(const ReportedInput& input, const ReportedService& service) {
  return fmt::format("AWSsqsPuller({},{},{},{})", input.name, input.id, service.name, service_type(service));
}

std::string Report::puller(const ReportedInput& input) {
  return "InputProcess::" + puller_thread(input, input.services.front());
}

void Report::process_started() {
  const telemetry::Logger output(log_, "OutputProcess::MainThread");
  const telemetry::Logger in(log_, "InputProcess::MainThread");
  output.info("Process started");
  in.info("Process Started");
  for (const ReportedInput& input : options_.inputs) {
    in.info(fmt::format("InputThread({},{}) - Starting thread (execution_period=60s)", input.name, input.id));
    for (const ReportedService& service : input.services) {
      in.info(fmt::format("ServiceThread({},{},{},{}) - Starting thread (execution_period=60s)", input.name, input.id,
                          service.name, service_type(service)));
      in.info(fmt::format("AWSsqsPullerSetup({},{}#{},{}#{}) -> Starting thread", options_.collector_name, input.name,
                          input.id, service.name, service_type(service)));
      in.info(puller_thread(input, service) + " - Starting thread");
    }
  }
  for (const ReportedOutput& one : options_.outputs) {
    output.info(fmt::format("{}(standard_senders,{}_0) -> Starting thread", one.sender, one.number()));
    output.info(fmt::format("{}ManagerMonitor(standard_senders,{}) -> Starting thread (every {} seconds)", one.sender,
                            one.name, options_.statistics_period.count()));
    const std::string manager = fmt::format("{}Manager(standard_senders,manager,{})", one.sender, one.name);
    output.info(manager + " -> Starting thread");
    telemetry::Logger(log_, "OutputProcess::" + manager)
        .info("[EMERGENCY PERSISTENCE SYSTEM] " + manager + " -> Nothing retrieved from the persistence.");
  }
}

void Report::waiting_for_setup() {
  for (const ReportedInput& input : options_.inputs) {
    for (const ReportedService& service : input.services) {
      telemetry::Logger(log_, "InputProcess::" + puller_thread(input, service))
          .warning("Waiting until setup will be executed");
    }
  }
}

void Report::setup_executed() {
  for (const ReportedInput& input : options_.inputs) {
    for (const ReportedService& service : input.services) {
      const std::string setup = fmt::format("AWSsqsPullerSetup({},{}#{},{}#{})", options_.collector_name, input.name,
                                            input.id, service.name, service_type(service));
      telemetry::Logger(log_, "InputProcess::" + setup)
          .info("Setup for module <AWSsqsPuller> has been successfully executed");
    }
  }
}

void Report::collection_starts() {
  for (const ReportedInput& input : options_.inputs) {
    for (const ReportedService& service : input.services) {
      telemetry::Logger(log_, "InputProcess::" + puller_thread(input, service))
          .info("Starting data collection every 5 seconds");
    }
  }
  window_begun_ = clock_.now();
}

void Report::tick(const Collector& collector) {
  const TimePoint now = clock_.now();
  collection(collector, now);
  if (now >= statistics_at_) {
    statistics(collector, now);
    statistics_at_ = now + options_.statistics_period;
  }
  if (now >= memory_at_) {
    memory(now);
    memory_at_ = now + kMemoryPeriod;
  }
}

void Report::collection(const Collector& collector, TimePoint now) {
  std::vector<std::uint64_t> settled;
  for (std::size_t i = 0; i < options_.inputs.size(); ++i) {
    settled.push_back(collector.inputs()[i]->counts().settled);
    if (settled[i] != settled_[i] && last_settled_[i] < window_begun_) last_settled_[i] = now;
  }
  if (now - window_begun_ < kCollection) return;
  for (std::size_t i = 0; i < options_.inputs.size(); ++i) {
    if (settled[i] == settled_[i]) continue;
    const double elapsed = std::min(in_seconds(last_settled_[i] - window_begun_), in_seconds(kCollection));
    telemetry::Logger(log_, puller(options_.inputs[i]))
        .info(fmt::format(
            "Data collection completed. Elapsed time: {:.3f} seconds. Waiting for {:.3f} second(s) until the next one",
            elapsed, in_seconds(kCollection) - elapsed));
  }
  settled_ = std::move(settled);
  window_begun_ = now;
}

void Report::statistics(const Collector& collector, TimePoint now) {
  for (std::size_t i = 0; i < options_.outputs.size(); ++i) {
    const ReportedOutput& output = options_.outputs[i];
    const output::OutputStats stats = collector.outputs()[i]->stats();
    const telemetry::Logger monitor(
        log_, fmt::format("OutputProcess::{}ManagerMonitor(standard_senders,{})", output.sender, output.name));
    monitor.info(fmt::format("Number of available senders: {}, sender manager internal queue size: {}",
                             collector.outputs()[i]->ready() ? 1 : 0, stats.queued));
    monitor.info("enqueued_elapsed_times_in_seconds_stats: {}");
    monitor.info(fmt::format(
        R"(Sender: {}(standard_senders,{}_0), status: {{"internal_queue_size": {}, "is_connection_open": {}}})",
        output.sender, output.number(), stats.queued, stats.connected ? "True" : "False"));
    monitor.info(fmt::format(
        "Standard - Total number of messages sent: {}, messages sent since \"{}\": {} (elapsed {:.3f} seconds)",
        stats.events_proven, python_time(sent_[i].since), stats.events_proven - sent_[i].events,
        in_seconds(now - sent_[i].since_steady)));
    sent_[i] = {stats.events_proven, clock_.wall_now(), now};
  }
}

void Report::memory(TimePoint) {
  const std::string line = memory_line();
  for (const char* process : {"InputProcess::MainThread", "OutputProcess::MainThread"}) {
    telemetry::Logger(log_, process).info(line);
  }
}

void Report::stop_begins(int signal_number, const std::string& signal_name) {
  stop_begun_ = clock_.now();
  telemetry::Logger(log_, "MainProcess::MainThread")
      .warning(fmt::format("Received the \"{}\" system signal (code: {}), all the processes will be gracefully stopped",
                           signal_name, signal_number));
}

void Report::order(const std::string& what) {
  order_begun_ = clock_.now();
  telemetry::Logger(log_, "MainProcess::CollectorThread").info("Processing order: " + what);
}

void Report::order_executed(const std::string& what) {
  telemetry::Logger(log_, "MainProcess::CollectorThread")
      .info(fmt::format("Order completely executed: {} (elapsed_time_in_seconds: {:.3f})", what,
                        in_seconds(clock_.now() - order_begun_)));
}

void Report::finished() {
  const telemetry::Logger main(log_, "MainProcess::MainThread");
  main.info("Finalizing the whole collector");
  if (stop_begun_ == TimePoint{}) return;
  main.info(
      fmt::format("[EXIT] Process \"MainProcess\" completely terminated (elapsed time since the system signal was "
                  "received: {:.3f}s)",
                  in_seconds(clock_.now() - stop_begun_)));
}

}  // namespace dray::pipeline
