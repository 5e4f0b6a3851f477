// RowReader: the rows of a parquet object as JSON records, read by a dray-parquet that lives for that object alone.
//
// A process for each object and not a pool: a file that takes its reader over must not meet the next object there. It
// costs about 10 ms of CPU (bench/parquet_bench). begin() starts it, so that it loads while the caller asks S3 for the
// object's end. Memory here: one frame (128 KiB, or one row of record_bytes_max). Thread-safe: one Reading a thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "base/stop.h"
#include "flow/record.h"
#include "parquet/child.h"
#include "parquet/range_source.h"

namespace dray::parquet {

// Of address space: what decoding may take before the object is refused ("limit_memory").
inline constexpr std::uint64_t kMemoryBytesMax = std::uint64_t{1} << 30U;

struct RowReaderOptions {
  std::string program;  // "": found, see program.h
  std::uint64_t memory_bytes_max = kMemoryBytesMax;
};

class Reading {
 public:
  explicit Reading(std::unique_ptr<Child> child) : child_(std::move(child)) {}

  // Once. Errors: converse() and Child; the rows before were accepted.
  Status rows(RangeSource& source, std::size_t record_bytes_max, flow::RecordSink& sink);
  [[nodiscard]] pid_t process() const { return child_->process(); }

 private:
  std::unique_ptr<Child> child_;
};

class RowReader {
 public:
  RowReader(RowReaderOptions options, Clock& clock) : options_(std::move(options)), clock_(clock) {}

  // {later, "parquet_unavailable"}: the program is not there, and what to do about it. stop outlives the reading.
  [[nodiscard]] Result<Reading> begin(const Stop& stop) const;

 private:
  const RowReaderOptions options_;
  Clock& clock_;
};

}  // namespace dray::parquet
