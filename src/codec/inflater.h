// Inflater: raw deflate (RFC 1951) through ISA-L, for gzip, zlib and zip.
//
// Takes bytes cut anywhere, gives plain ones in pieces of the scratch's output buffer. ISA-L reads up to 8 bytes ahead:
// those behind the data's end are rest(). Memory: 87 KB of state and the buffer. One thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "codec/scratch.h"

namespace dray::codec {

class Inflater {
 public:
  explicit Inflater(LayerScratch& scratch);

  void begin();
  // Removes what it took from the chunk. `plain` lives until the next call and is to be used before the error is: it
  // is what came out before the fault. Call again while again(). Error {poison, "bad_data"}.
  Status inflate(std::string_view& chunk, std::string_view& plain);
  [[nodiscard]] bool again() const { return full_ && !done_; }
  [[nodiscard]] bool done() const { return done_; }
  // Once done: bytes that were taken and belong to what follows. At most 8.
  [[nodiscard]] std::string_view rest() const { return {rest_.data(), rest_size_}; }

 private:
  void keep_rest();

  LayerScratch& scratch_;
  bool full_ = false;
  bool done_ = false;
  std::array<char, 8> rest_{};
  std::size_t rest_size_ = 0;
};

}  // namespace dray::codec
