// Disposals: carries out `on_error` for one input: what becomes of objects and records that cannot be sent as they
// should (docs/errors.md).
//
// It answers ok only when the user's word is carried out: in quarantine and durable, or dropped and said so. Only then
// may the worker count the object as streamed; the notification is deleted when the rest of it is proven. Whatever
// else happens is the error, and the notification stays. Thread-safe; one per input, used by all its workers.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "decode/flaw_sink.h"
#include "flow/disposition.h"
#include "pipeline/plan.h"
#include "pipeline/sparing_log.h"
#include "pipeline/task.h"
#include "quarantine/quarantine.h"
#include "telemetry/log.h"

namespace dray::pipeline {

class Disposals {
 public:
  Disposals(const Plan& plan, Clock& clock, const telemetry::Logger& log);

  // An object in trouble, of which the good part was streamed.
  struct Case {
    flow::Trouble trouble;
    Error error;
    std::string service;     // empty if none took it
    std::string etag;        // of the bytes that were read; empty if they were not
    std::string_view bytes;  // in hand
  };
  // send_raw is the worker's; what comes here with it cannot be sent as text and is left. What was carried out,
  // quarantine or remove; the error: the object's own.
  Result<flow::Disposition> dispose(const Task& task, const Case& found);
  // A record. Error: the quarantine would not take it.
  Status quarantine(const Task& task, const std::string& service, flow::Trouble trouble, std::uint64_t number,
                    const flow::Record& record);

  // What was done, in a warning that names the object; lines of a kind are at least a second apart.
  void tell(const Task& task, const decode::Disposed& records);
  void tell_sent_raw(const Task& task, const Error& error);

 private:
  Status keep(const quarantine::Reason& reason, std::string_view bytes);
  [[nodiscard]] quarantine::Reason reason_of(const Task& task, const std::string& service, flow::Trouble trouble,
                                             Error error) const;

  const Plan& plan_;
  SparingLog objects_;
  SparingLog records_;
  SparingLog raw_;
  SparingLog refused_;  // by the quarantine
};

// The quarantine as one object's decoder sees it.
class RecordsOf final : public decode::RecordQuarantine {
 public:
  RecordsOf(Disposals& disposals, const Task& task, std::string service)
      : disposals_(disposals), task_(task), service_(std::move(service)) {}
  Status keep(flow::Trouble trouble, std::uint64_t number, const flow::Record& record) override {
    return disposals_.quarantine(task_, service_, trouble, number, record);
  }

 private:
  Disposals& disposals_;
  const Task& task_;
  const std::string service_;
};

}  // namespace dray::pipeline
