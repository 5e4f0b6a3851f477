#include "decode/flaw_sink.h"

#include <string>

#include <fmt/core.h>

#include "decode/trouble.h"

namespace dray::decode {
namespace {

std::string_view told(flow::Trouble trouble) {
  return trouble == flow::Trouble::oversize_record ? "is larger than record_bytes_max"
                                                   : "was announced in a form that it does not have";
}

}  // namespace

Status FlawSink::dispose(const flow::Record& record) {
  const flow::Trouble trouble =
      record.flaw == flow::Flaw::oversize ? flow::Trouble::oversize_record : flow::Trouble::undecodable_record;
  switch (disposal_.dispositions.of(trouble)) {
    case flow::Disposition::send_raw: return next_->accept(record);
    case flow::Disposition::leave: return left(trouble, "");
    case flow::Disposition::remove: note(trouble, flow::Disposition::remove); return {};
    case flow::Disposition::quarantine: break;
  }
  if (disposal_.quarantine == nullptr) return left(trouble, ", and there is no quarantine here");
  if (Status kept = disposal_.quarantine->keep(trouble, records_, record.bytes); !kept) return kept;
  note(trouble, flow::Disposition::quarantine);
  return {};
}

Error FlawSink::left(flow::Trouble trouble, std::string_view why) const {
  return {ErrorKind::poison, std::string(flow::name_of(trouble)),
          fmt::format("record {} {}{}", records_, told(trouble), why)};
}

void FlawSink::note(flow::Trouble trouble, flow::Disposition disposition) {
  ++(disposition == flow::Disposition::remove ? disposed_.deleted : disposed_.quarantined);
  if (observer_ != nullptr) observer_->disposed(records_, trouble, disposition);
  if (disposed_.first != 0) return;
  disposed_.first = records_;
  disposed_.trouble = trouble;
}

}  // namespace dray::decode
