// Report: the log lines that people who run the product know, with its text (devo.md 2.4, 2.5, 2.8; product-page.txt).
//
// Start lines, setup, collection lines ("a collection is 5 seconds in which something was settled"; nothing sleeps for
// it), sender statistics, [GC] memory lines, stop lines. The lines of senders that dray does not have (lookup,
// internal) are not printed: they would say something that is not so. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"
#include "pipeline/collector.h"
#include "telemetry/log.h"

namespace dray::pipeline {

struct ReportedService {
  std::string name;
  bool predefined = true;
};

struct ReportedInput {
  std::string name;
  std::string id;
  std::vector<ReportedService> services;
};

struct ReportedOutput {
  std::string name;
  std::string sender;  // "DevoSender", "ConsoleSender"

  // As the product numbers its threads: devo_sender.
  [[nodiscard]] std::string number() const;
};

struct ReportOptions {
  std::string collector_name;
  std::string version;
  std::vector<ReportedInput> inputs;
  std::vector<ReportedOutput> outputs;
  seconds statistics_period{300};
};

class Report {
 public:
  Report(ReportOptions options, Clock& clock, telemetry::Log& log);

  // Who signs the lines of an input: "InputProcess::AWSsqsPuller(sqs_collector,12345,aws_sqs_vpc,predefined)".
  static std::string puller(const ReportedInput& input);
  static std::string puller_thread(const ReportedInput& input, const ReportedService& service);

  void process_started();
  void waiting_for_setup();
  void setup_executed();
  void collection_starts();
  // Call about once a second.
  void tick(const Collector& collector);
  void stop_begins(int signal_number, const std::string& signal_name);
  void order(const std::string& what);
  void order_executed(const std::string& what);
  void finished();

 private:
  struct Sent {
    std::uint64_t events = 0;
    WallTime since;
    TimePoint since_steady;
  };
  void collection(const Collector& collector, TimePoint now);
  void statistics(const Collector& collector, TimePoint now);
  void memory(TimePoint now);

  const ReportOptions options_;
  Clock& clock_;
  telemetry::Log& log_;
  std::vector<std::uint64_t> settled_;   // per input, at the begin of the window
  std::vector<TimePoint> last_settled_;  // per input, in the window
  TimePoint window_begun_;
  std::vector<Sent> sent_;  // per output, at the last statistics
  TimePoint statistics_at_;
  TimePoint memory_at_;
  TimePoint stop_begun_{};
  TimePoint order_begun_{};
};

}  // namespace dray::pipeline
