// RawRest: what is left of an object behind its last good record, as plain lines. For a second reading of an object
// whose first one ended in trouble, where `on_error` says send_raw.
//
// Takes the object's plain bytes from their beginning. As many records as the first reading gave are split again and
// dropped, byte by byte, because only so the byte behind the last of them is found in every format; from there on each
// line is a record, a line over record_bytes_max in pieces. Nothing is kept: memory does not depend on the object.
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
      in_record = record.flaw == flow::Flaw::oversize;
      return {};
    }
    std::uint64_t seen = 0;
    bool in_record = false;  // the last one was a piece
    char last = '\0';        // byte of the last record
  };

  const std::uint64_t given_;
  Counter counter_;
  std::unique_ptr<format::Splitter> again_;  // until the last record that was given before
  format::PlainLines lines_;
};

}  // namespace dray::decode
