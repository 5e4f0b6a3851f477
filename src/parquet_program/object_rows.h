// read_rows: all rows of one parquet object as JSON, row group by row group.
//
// Rows before a fault are flushed. Memory: one row group as stored if it is small, else a window per column; one batch
// of rows; one frame of text. Nothing of Arrow's leaves: exceptions and statuses become a Fault. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "parquet_program/ranged_file.h"
#include "parquet_wire/frames.h"

namespace dray::parquet_program {

// Takes the body of a `rows` frame.
using RowsSink = std::function<void(std::string_view body)>;

struct Outcome {
  std::uint64_t rows = 0;
  std::optional<parquet_wire::Fault> fault;
};

Outcome read_rows(Source& source, const parquet_wire::Opening& opening, const RowsSink& sink);

}  // namespace dray::parquet_program
