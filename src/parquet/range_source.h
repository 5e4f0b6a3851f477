// RangeSource: an object whose bytes can be had in any order. The pipeline implements it over S3, tests over memory.
#pragma once

#include <cstdint>

#include "base/byte_sink.h"
#include "base/result.h"

namespace dray::parquet {

class RangeSource {
 public:
  virtual ~RangeSource() = default;
  // Of the whole object; does not change.
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  // Pushes exactly these bytes, which lie within size(); retries by itself. finish() is not called. An error of the
  // sink is returned unchanged.
  virtual Status read(std::uint64_t offset, std::uint32_t length, ByteSink& sink) = 0;
};

}  // namespace dray::parquet
