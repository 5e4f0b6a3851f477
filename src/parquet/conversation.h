// converse: dray's side of the conversation with dray-parquet about one object (parquet_wire/frames.h).
//
// The other side reads a file that somebody else wrote and may have been taken over by it, so nothing that it says is
// believed: frames are bounded before memory is taken for them, ranges lie within the object and are counted, rows are
// JSON values or there is an error, and their bytes stand in a proportion to the object's. Errors: {poison,
// "bad_parquet" | "encrypted_parquet" | "unsupported_parquet" | "oversize_record" | "limit_memory" | "limit_ratio" |
// "parquet_protocol"} after the rows before were accepted; of the channel, the source and the sink unchanged. One
// thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "flow/record.h"
#include "parquet/range_source.h"

namespace dray::parquet {

// A stream to the other program. Each call moves all bytes or answers why not.
class Channel {
 public:
  virtual ~Channel() = default;
  virtual Status read(char* to, std::size_t count) = 0;
  virtual Status write(std::string_view bytes) = 0;
};

Status converse(Channel& channel, RangeSource& source, std::size_t record_bytes_max, flow::RecordSink& sink);

}  // namespace dray::parquet
