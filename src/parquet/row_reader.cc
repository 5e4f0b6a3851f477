#include "parquet/row_reader.h"

#include <utility>

#include "parquet/program.h"

namespace dray::parquet {

Status Reading::rows(RangeSource& source, std::size_t record_bytes_max, flow::RecordSink& sink) {
  return converse(*child_, source, record_bytes_max, sink);
}

Result<Reading> RowReader::begin(const Stop& stop) const {
  std::string program = options_.program;
  if (program.empty()) {
    auto found = find_program();
    if (!found) return std::move(found).error();
    program = *std::move(found);
  }
  auto child = Child::start(program, options_.memory_bytes_max, clock_, stop);
  if (!child) return std::move(child).error();
  return Reading(*std::move(child));
}

}  // namespace dray::parquet
