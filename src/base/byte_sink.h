// ByteSink: where the bytes of one object are pushed, chunk by chunk.
//
// Fetcher → decompressor → splitter are ByteSinks in front of each other on one call stack: a sink that is slow makes
// its caller slow, and that is the back-pressure. One thread at a time.
#pragma once

#include <string_view>

#include "base/result.h"

namespace dray {

class ByteSink {
 public:
  virtual ~ByteSink() = default;

  // The next bytes, of any length, 0 included. The view lives until the call returns.
  // After an error the sink must not be written to again, except that its owner may still destroy it.
  virtual Status write(std::string_view chunk) = 0;

  // The end of the input was reached and the input was whole. Called once, after the last write.
  virtual Status finish() = 0;
};

}  // namespace dray
