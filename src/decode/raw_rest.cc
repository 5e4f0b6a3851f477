#include "decode/raw_rest.h"

#include <fmt/core.h>

namespace dray::decode {
namespace {

// A number or literal is known to be whole only at the byte behind it, which may begin the next value.
bool begins_value(char byte) {
  return byte == '{' || byte == '[' || byte == '"';
}

// Where a piece ended is known only some bytes behind it: what lies between would be lost.
Error inside_a_record() {
  return {
      ErrorKind::poison, "oversize_record",
      "it breaks off inside a record over record_bytes_max that is sent in pieces; what follows cannot be told apart"};
}

// The format gave the last records when it met the fault. Between the two lies the start of another record, perhaps.
Error held_back() {
  return {
      ErrorKind::poison, "held_back",
      "records were held back until the fault (include, skip); what stands between them and it cannot be told apart"};
}

}  // namespace

RawRest::RawRest(const Given& given, flow::RecordSink& sink)
    : given_(given.records),
      may_hold_back_(given.may_hold_back),
      again_(given.records > 0 ? given.format->make(given.options, counter_) : nullptr),
      lines_({.record_bytes_max = given.options.record_bytes_max, .options = {}, .oversize_in_pieces = true}, sink) {}

Status RawRest::write(std::string_view chunk) {
  while (again_ != nullptr && !chunk.empty()) {
    const std::string_view byte = chunk.substr(0, 1);
    Status status = again_->write(byte);
    chunk.remove_prefix(1);
    // Behind the last good record an error is what is expected; before it, the object is not what it was.
    if (counter_.seen >= given_) {
      if (counter_.flaw == flow::Flaw::oversize) return inside_a_record();
      if (!status && may_hold_back_) return held_back();
      again_.reset();
      if (is_behind_last_record(byte.front())) {
        if (Status begun = lines_.write(byte); !begun) return begun;
      }
    } else if (!status) {
      return status;
    }
  }
  return chunk.empty() ? Status() : lines_.write(chunk);
}

// The byte with which the last record came may be its last one, or the next after it.
bool RawRest::is_behind_last_record(char byte) const {
  if (!begins_value(byte)) return false;
  // Garbage comes when the line behind it is seen to begin a value.
  return counter_.last != byte || flow::is_undecodable(counter_.flaw);
}

Status RawRest::finish() {
  if (again_ != nullptr) {
    const Status status = again_->finish();
    if (counter_.seen < given_) {
      return Error{ErrorKind::later, "other_records",
                   fmt::format("the second reading gave {} records, the first {}", counter_.seen, given_)};
    }
    // What the first reading made of the end, it has sent.
    return status ? Status() : held_back();
  }
  return lines_.finish();
}

}  // namespace dray::decode
