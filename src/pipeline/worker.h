// Worker: takes one object from its notification to the outputs, on one thread and one call stack.
//
// Fetch ▸ decompress ▸ split ▸ filter and tag ▸ send, streaming: no stage holds the object, a slow receiver makes the
// read from S3 slow, and memory does not depend on the object. A worker waits for S3 and for its output lanes, never
// for proof.
#pragma once

#include "base/clock.h"
#include "codec/decompressor.h"
#include "decode/object_decoder.h"
#include "object/fetcher.h"
#include "pipeline/disposal.h"
#include "pipeline/ledger.h"
#include "pipeline/object_stream.h"
#include "pipeline/plan.h"
#include "pipeline/task.h"
#include "telemetry/log.h"

namespace dray::pipeline {

class Worker {
 public:
  // What the workers of an input share; outlives them.
  struct Shared {
    const Plan& plan;
    TaskQueue& tasks;
    Ledger& ledger;
    Disposals& disposals;
  };
  Worker(const Shared& shared, aws::ObjectStore& store, Clock& clock, telemetry::Logger log)
      : plan_(shared.plan),
        fetcher_(store, clock),
        stream_(store, clock),
        tasks_(shared.tasks),
        ledger_(shared.ledger),
        disposals_(shared.disposals),
        clock_(clock),
        log_(std::move(log)) {}

  // Until the queue of tasks is closed and empty.
  void run();

 private:
  void wait_for_outputs(const Task& task);
  Ledger::Streamed deliver(const Task& task, const Ledger::Attempt& attempt);
  Ledger::Streamed stream(const decode::ReadyService& service, const Task& task, const Ledger::Attempt& attempt);
  Status dispose(decode::ObjectDecoder& decoder, const Task& task, Error error, Ledger::Streamed& streamed);
  Ledger::Streamed dispose_of_unknown(const Task& task, const std::string& asked);
  Ledger::Streamed send_md5(const Task& task, const Ledger::Attempt& attempt);

  const Plan& plan_;
  object::Fetcher fetcher_;
  ObjectStream stream_;
  codec::DecompressorScratch scratch_;
  TaskQueue& tasks_;
  Ledger& ledger_;
  Disposals& disposals_;
  Clock& clock_;
  const telemetry::Logger log_;
};

}  // namespace dray::pipeline
