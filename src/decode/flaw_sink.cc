#include "decode/flaw_sink.h"

#include <string>

#include <fmt/core.h>

#include "decode/flaw_reason.h"
#include "decode/trouble.h"

namespace dray::decode {
namespace {

std::string told(const flow::Record& record) {
  if (record.flaw == flow::Flaw::oversize) return "is larger than record_bytes_max";
  return fmt::format("is not what its format promises: {}", reason_of(record));
}

}  // namespace

Status FlawSink::dispose(const flow::Record& record) {
  const flow::Trouble trouble =
      record.flaw == flow::Flaw::oversize ? flow::Trouble::oversize_record : flow::Trouble::undecodable_record;
  switch (disposal_.dispositions.of(trouble)) {
    case flow::Disposition::send_raw: return next_->accept(record);
    case flow::Disposition::leave: return left(record, trouble, "");
    case flow::Disposition::remove: note(trouble, flow::Disposition::remove); return {};
    case flow::Disposition::quarantine: break;
  }
  if (disposal_.quarantine == nullptr) return left(record, trouble, ", and there is no quarantine here");
  if (Status kept = disposal_.quarantine->keep(trouble, records_, record); !kept) return kept;
  note(trouble, flow::Disposition::quarantine);
  return {};
}

Error FlawSink::left(const flow::Record& record, flow::Trouble trouble, std::string_view why) const {
  return {ErrorKind::poison, std::string(flow::name_of(trouble)),
          fmt::format("record {} {}{}", records_, told(record), why)};
}

void FlawSink::note(flow::Trouble trouble, flow::Disposition disposition) {
  ++(disposition == flow::Disposition::remove ? disposed_.deleted : disposed_.quarantined);
  if (observer_ != nullptr) observer_->disposed(records_, trouble, disposition);
  if (disposed_.first != 0) return;
  disposed_.first = records_;
  disposed_.trouble = trouble;
}

}  // namespace dray::decode
