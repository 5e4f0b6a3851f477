// RawRest: what is left of a text behind its last good record, as plain lines. For a second reading of an object
// whose first one ended in trouble, where `on_error` says send_raw.
//
// Takes the text's plain bytes from their beginning. As many records as the first reading gave are split again and
// dropped, byte by byte, because only so the byte behind the last of them is found in every format; from there on each
// line is a record, a line over record_bytes_max in pieces. Nothing is kept: memory does not depend on the object.
// Where that byte cannot be found, nothing is sent: {poison, "oversize_record"} if the last record was a piece of one
// over the limit, {poison, "held_back"} if the format gave it only because of the fault (`include`, `skip`), which lies
// some bytes behind it.
// Limits: a byte at a time is slow (some 30 MB/s); only objects in trouble are read so. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>

#include "base/byte_sink.h"
#include "flow/record.h"
#include "format/plain_lines.h"
#include "format/splitter.h"

namespace dray::decode {

class RawRest final : public ByteSink {
 public:
  struct Given {
    const format::Format* format = nullptr;  // nullptr if none was found: then no records were given
    format::SplitterOptions options;
    std::uint64_t records = 0;
    bool may_hold_back = false;  // records come later than at their last byte
  };
  // The sink outlives the rest.
  RawRest(const Given& given, flow::RecordSink& sink);

  Status write(std::string_view chunk) override;
  Status finish() override;

 private:
  class Counter final : public flow::RecordSink {
   public:
    Status accept(const flow::Record& record) override {
      ++seen;
      last = record.bytes.empty() ? '\0' : record.bytes.back();
      flaw = record.flaw;
      return {};
    }
    std::uint64_t seen = 0;
    // Of the last record:
    flow::Flaw flaw = flow::Flaw::none;
    char last = '\0';  // byte
  };
  [[nodiscard]] bool is_behind_last_record(char byte) const;

  const std::uint64_t given_;
  const bool may_hold_back_;
  Counter counter_;
  std::unique_ptr<format::Splitter> again_;  // until the last record that was given before
  format::PlainLines lines_;
};

}  // namespace dray::decode
