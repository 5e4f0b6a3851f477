#include "pipeline/disposal.h"

#include <utility>

#include <fmt/core.h>

#include "decode/flaw_reason.h"
#include "decode/trouble.h"

namespace dray::pipeline {

using flow::Disposition;
using flow::Trouble;

Disposals::Disposals(const Plan& plan, Clock& clock, const telemetry::Logger& log)
    : plan_(plan),
      objects_(telemetry::Level::warning, clock, log),
      records_(telemetry::Level::warning, clock, log),
      raw_(telemetry::Level::warning, clock, log),
      refused_(telemetry::Level::error, clock, log) {}

Result<Disposition> Disposals::dispose(const Task& task, const Case& found) {
  const Disposition disposition = decode::unsent_disposition(plan_.dispositions, found.trouble);
  const std::string_view trouble = flow::name_of(found.trouble);
  if (disposition == Disposition::remove) {
    objects_.write(
        fmt::format("Deleted unsent (on_error: {}): {}: {}", trouble, task.work().object.url(), found.error.message));
    return disposition;
  }
  if (disposition != Disposition::quarantine) {
    Error left = found.error;
    left.message += fmt::format(" (on_error: {})", trouble);
    return left;
  }
  quarantine::Reason reason = reason_of(task, found.service, found.trouble, found.error);
  reason.etag = found.etag;
  if (Status kept = keep(reason, found.bytes); !kept) return with_context(kept.error(), found.error.message);
  objects_.write(
      fmt::format("Quarantined (on_error: {}): {}: {}", trouble, task.work().object.url(), found.error.message));
  return disposition;
}

Status Disposals::quarantine(const Task& task, const std::string& service, Trouble trouble, std::uint64_t number,
                             const flow::Record& record) {
  Error error{ErrorKind::poison, std::string(flow::name_of(trouble)),
              trouble == Trouble::oversize_record
                  ? "larger than record_bytes_max; this is a piece of it"
                  : fmt::format("not what its format promises: {}", decode::reason_of(record))};
  quarantine::Reason reason = reason_of(task, service, trouble, std::move(error));
  reason.record = number;
  return keep(reason, record.bytes);
}

Status Disposals::keep(const quarantine::Reason& reason, std::string_view bytes) {
  if (plan_.quarantine == nullptr) {
    return Error{ErrorKind::poison, decode::kQuarantineUnavailable, "there is no quarantine here"};
  }
  Status kept = plan_.quarantine->keep(reason, bytes);
  if (!kept) refused_.write(fmt::format("{}: {}", reason.object.url(), kept.error().message));
  return kept;
}

quarantine::Reason Disposals::reason_of(const Task& task, const std::string& service, Trouble trouble,
                                        Error error) const {
  quarantine::Reason reason;
  reason.trouble = trouble;
  reason.error = std::move(error);
  reason.input = plan_.input;
  reason.service = service;
  reason.message_id = task.job->message_id;
  reason.object = task.work().object;
  return reason;
}

void Disposals::tell(const Task& task, const decode::Disposed& records) {
  if (records.first == 0) return;
  records_.write(fmt::format("Of {}: {} records quarantined, {} deleted unsent; the first is record {} (on_error: {})",
                             task.work().object.url(), records.quarantined, records.deleted, records.first,
                             flow::name_of(records.trouble)));
}

void Disposals::tell_sent_raw(const Task& task, const Error& error) {
  raw_.write(fmt::format("Sent raw, as lines, as far as it can be read (on_error): {}: {}", task.work().object.url(),
                         error.message));
}

}  // namespace dray::pipeline
