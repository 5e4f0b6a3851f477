// Record: one source record as a splitter found it, and RecordSink, where splitters push records.
//
// The bytes are the event's text already: a line without its end, or a JSON value made compact if it had white space
// outside strings. All views live until accept() returns. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"

namespace dray::flow {

// Why a record is not what its format promises. What becomes of such a record: `on_error` of the input.
enum class Flaw : std::uint8_t {
  none,
  // Undecodable: announced in a form that it does not have; the bytes are as in the object.
  no_json,
  no_fields,     // a quote without end, or text behind one
  large_object,  // its fields with their names are over record_bytes_max
  no_end,        // what begins the next record comes first, or the end of all
  oversize,      // a piece of a record over record_bytes_max; more pieces of the same record may follow
};

constexpr bool is_undecodable(Flaw flaw) {
  return flaw == Flaw::no_json || flaw == Flaw::no_fields || flaw == Flaw::large_object || flaw == Flaw::no_end;
}

// Offsets in a JSON object of the ':' of its top-level members, ascending: the last of a doubled key is the last here.
// All of them, or at least those of the names that the splitter was told to look for. Nothing: not collected, see
// scan_members() of json/members.h.
using MemberColons = std::optional<std::span<const std::uint32_t>>;

struct Record {
  std::string_view bytes;
  // True if bytes are one whole JSON value whose brackets and strings balance; its variables can be looked up.
  // False: text, or a line that was announced as JSON and is not (its variables are "null").
  bool is_json = false;
  MemberColons members = {};
  Flaw flaw = Flaw::none;
};

class RecordSink {
 public:
  virtual ~RecordSink() = default;
  // The next source record, in object order. An error ends the object's stream and travels up unchanged.
  virtual Status accept(const Record& record) = 0;
  // The next records, all of them text without a flaw: the same as accept() for each, at less cost.
  virtual Status accept_lines(std::span<const std::string_view> lines) {
    for (const std::string_view line : lines) {
      if (Status status = accept({.bytes = line}); !status) return status;
    }
    return {};
  }
  // Bytes that are no record by the rules of their format, and why, in a word or two: "header line", "control object".
  // Only for those who want to know (`dray try --explain`); nothing depends on it.
  virtual void leave_out(std::string_view /*bytes*/, std::string_view /*why*/) {}
};

}  // namespace dray::flow
