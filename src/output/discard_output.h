// DiscardOutput: `do_not_send: true`: every event is processed and counted, none is sent.
//
// Nothing travels, so tickets settle as proven by their seal alone; the pipeline deletes no notification then. Any
// thread.
#pragma once

#include <atomic>
#include <string>

#include "output/output.h"

namespace dray::output {

class DiscardOutput final : public Output {
 public:
  explicit DiscardOutput(std::string name) : name_(std::move(name)) {}

  [[nodiscard]] const std::string& name() const override { return name_; }
  std::unique_ptr<Lane> open(std::shared_ptr<flow::Ticket> ticket, std::size_t index,
                             const flow::RetryGroup& group) override;
  [[nodiscard]] bool ready() const override { return true; }
  [[nodiscard]] TimePoint down_since() const override { return TimePoint::never(); }
  void start(flow::TicketListener&) override {}
  void seal() override {}
  void stop(TimePoint) override {}
  [[nodiscard]] OutputStats stats() const override;

 private:
  class DiscardLane;

  const std::string name_;
  std::atomic<std::uint64_t> events_{0};
  std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace dray::output
