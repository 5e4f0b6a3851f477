// FlawSink: between splitter and router; what becomes of records with a flaw, as `on_error` says.
//
// send_raw passes them on, quarantine hands them to a RecordQuarantine, delete drops them, leave ends the object's
// stream with {poison, "undecodable_record" | "oversize_record"}. It counts the splitter's records from 1; a piece of
// an oversize record counts as one. What is done depends on the configuration and the bytes alone, so that the records
// behind it have the same ordinals in every attempt. One thread at a time.
#pragma once

#include <cstdint>
#include <string_view>

#include "decode/decode_observer.h"
#include "flow/disposition.h"
#include "flow/record.h"

namespace dray::decode {

// Where quarantined records go. Used by one thread at a time.
class RecordQuarantine {
 public:
  virtual ~RecordQuarantine() = default;
  // number: of the record in its object. Durable when it answers ok. Error {poison, kQuarantineUnavailable}: it took
  // nothing.
  virtual Status keep(flow::Trouble trouble, std::uint64_t number, const flow::Record& record) = 0;
};

struct Disposal {
  flow::Dispositions dispositions;
  RecordQuarantine* quarantine = nullptr;  // without one, what should go there is left
};

// Records that did not become events: how many, and which was the first.
struct Disposed {
  std::uint64_t quarantined = 0;
  std::uint64_t deleted = 0;
  std::uint64_t first = 0;
  flow::Trouble trouble = flow::Trouble::undecodable_record;  // of the first
};

class FlawSink final : public flow::RecordSink {
 public:
  // Next (until it is replaced, before a record) and observer (nullptr: nobody) outlive the sink.
  FlawSink(const Disposal& disposal, flow::RecordSink& next, DecodeObserver* observer)
      : disposal_(disposal), next_(&next), observer_(observer) {}
  void pass_to(flow::RecordSink& next) { next_ = &next; }

  Status accept(const flow::Record& record) override {
    ++records_;
    Status status = record.flaw == flow::Flaw::none ? next_->accept(record) : dispose(record);
    if (!status) --records_;  // neither sent nor disposed of
    return status;
  }
  void leave_out(std::string_view bytes, std::string_view why) override { next_->leave_out(bytes, why); }

  [[nodiscard]] std::uint64_t records() const { return records_; }
  [[nodiscard]] const Disposed& disposed() const { return disposed_; }

 private:
  Status dispose(const flow::Record& record);
  [[nodiscard]] Error left(const flow::Record& record, flow::Trouble trouble, std::string_view why) const;
  void note(flow::Trouble trouble, flow::Disposition disposition);

  const Disposal disposal_;
  flow::RecordSink* next_;
  DecodeObserver* const observer_;
  std::uint64_t records_ = 0;
  Disposed disposed_;
};

}  // namespace dray::decode
