// The error for a record over record_bytes_max, said the same way by every format.
#pragma once

#include <cstddef>

#include <fmt/core.h>

#include "base/result.h"

namespace dray::format {

inline Error oversize_record(std::size_t bytes_max) {
  return {
      ErrorKind::poison, "oversize_record",
      fmt::format("a record is larger than record_bytes_max ({} bytes); raise it if such records are real", bytes_max)};
}

}  // namespace dray::format
