// InputRun: one input at work: its pollers, its workers, its acknowledger, and what joins them.
//
// Threads: P pollers, W workers, the acknowledger's callers. Started in the order acknowledger, workers, pollers and
// ended in the opposite one, so that nothing is received that nobody could settle. Owned by the Collector.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ack/acknowledger.h"
#include "aws/object_store.h"
#include "aws/queue.h"
#include "base/clock.h"
#include "base/stop.h"
#include "base/threads.h"
#include "intake/poller.h"
#include "pipeline/disposal.h"
#include "pipeline/ledger.h"
#include "pipeline/plan.h"
#include "pipeline/task.h"
#include "pipeline/worker.h"
#include "telemetry/log.h"

namespace dray::pipeline {

struct InputRunOptions {
  std::size_t pollers = 2;
  std::size_t workers = 32;
  std::size_t large_objects = 6;  // streamed at once; see TaskQueue
  aws::ReceiveRequest receive;
  ack::AcknowledgerOptions acknowledger;
  std::uint64_t seed = 0;
};

class InputRun {
 public:
  InputRun(Plan plan, aws::Queue& queue, aws::ObjectStore& store, Clock& clock, Threads& threads, telemetry::Logger log,
           InputRunOptions options);

  void start();
  // The steps of a stop, in this order (delivery.md rule 13).
  void stop_receiving();                        // 0 s: and objects stop at a record boundary
  void cancel_polls();                          // 1 s
  void finish_workers();                        // workers are joined
  void stop_acknowledging(TimePoint deadline);  // deletes and releases are carried out, then joined

  // Gives back what is held (the receiver has been down for long).
  void release_held() { ledger_.release_held(); }

  [[nodiscard]] Ledger& ledger() { return ledger_; }
  [[nodiscard]] const Plan& plan() const { return plan_; }
  [[nodiscard]] LedgerCounts counts() const { return ledger_.counts(); }
  [[nodiscard]] ack::Acknowledger::Counts ack_counts() const { return acknowledger_.counts(); }

 private:
  const Plan plan_;
  aws::Queue& queue_;
  aws::ObjectStore& store_;
  Clock& clock_;
  Threads& threads_;
  const telemetry::Logger log_;
  const InputRunOptions options_;

  Stop stop_;
  Stop cancel_;
  TaskQueue tasks_;
  Disposals disposals_;
  Ledger ledger_;
  ack::Acknowledger acknowledger_;
  std::vector<std::unique_ptr<Thread>> pollers_;
  std::vector<std::unique_ptr<Thread>> workers_;
};

}  // namespace dray::pipeline
