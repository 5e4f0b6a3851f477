// Collector: the whole, running: every input and every output, started, watched and stopped in order.
//
// start() returns at once. stop() follows the timetable of delivery.md rule 13, scaled to the grace: nothing new at 0,
// epochs sealed and long polls cancelled at 1/8, last verdict at 11/16, deletes and releases until 15/16. A second
// signal ends the process from outside at any moment: whatever is not deleted then comes back.
// One thread calls start, tick and stop.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/threads.h"
#include "flow/ticket.h"
#include "output/output.h"
#include "pipeline/input_run.h"
#include "telemetry/log.h"

namespace dray::pipeline {

// Brings a settled ticket to the input that it belongs to: outputs are shared by all inputs.
class TicketSwitch final : public flow::TicketListener {
 public:
  void add(Ledger& ledger) { ledgers_.push_back(&ledger); }
  void settled(const std::shared_ptr<flow::Ticket>& ticket) override;

 private:
  std::vector<Ledger*> ledgers_;
};

struct CollectorCounts {
  LedgerCounts work;  // summed over inputs
  std::uint64_t released = 0;
};

class Collector {
 public:
  Collector(Clock& clock, telemetry::Logger log) : clock_(clock), log_(std::move(log)) {}

  // Before start().
  void add_output(std::unique_ptr<output::Output> output) { outputs_.push_back(std::move(output)); }
  void add_input(std::unique_ptr<InputRun> input);

  void start();
  // Instead of start(): are all outputs ready by then? Ends them again.
  [[nodiscard]] bool probe_outputs(TimePoint deadline);
  // Before start(). 0: no limit. Over it nothing is received until memory is below again.
  void limit_memory(std::uint64_t bytes) { memory_bytes_max_ = bytes; }
  // Every second or so: gives back what is held when an output has been down for 30 minutes; keeps the memory limit.
  void tick();
  // True if everything that was held is settled or was given back within the grace.
  [[nodiscard]] bool stop(Duration grace);

  // Nothing new for that long, and nothing in flight, unproven or undeleted.
  [[nodiscard]] bool idle_for(Duration length) const;
  [[nodiscard]] CollectorCounts counts() const;
  [[nodiscard]] const std::vector<std::unique_ptr<output::Output>>& outputs() const { return outputs_; }
  [[nodiscard]] const std::vector<std::unique_ptr<InputRun>>& inputs() const { return inputs_; }

 private:
  void keep_memory_limit(TimePoint now);
  void wait_until_settled(TimePoint deadline);

  Clock& clock_;
  const telemetry::Logger log_;
  TicketSwitch switch_;
  std::vector<std::unique_ptr<output::Output>> outputs_;
  std::vector<std::unique_ptr<InputRun>> inputs_;  // destroyed before the outputs they use
  TimePoint released_at_{};
  std::uint64_t memory_bytes_max_ = 0;
  TimePoint memory_told_at_{};
};

}  // namespace dray::pipeline
