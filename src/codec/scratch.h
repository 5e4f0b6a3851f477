// LayerScratch: what the decoders of one layer work in, kept from object to object so that small ones allocate nothing.
//
// One per layer and worker. Empty until first used: an output buffer, 87 KB of ISA-L's state, a zstd context. trim()
// gives back what a large object made large: output buffers over 64 KiB and zstd windows over 1 MiB. One thread at a
// time.
#pragma once

#include <cstddef>
#include <memory>

struct inflate_state;
struct ZSTD_DCtx_s;

namespace dray::codec {

// Where a decoder puts what it pushes next. Small for the many objects of a few KB; grow() after each full buffer.
class OutputBuffer {
 public:
  char* begin();
  [[nodiscard]] std::size_t size() const { return size_; }
  // The content is lost. Stops at what was measured fastest.
  void grow();
  // At least so large; the content is lost.
  void reserve(std::size_t size);
  void trim();

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
};

struct LayerScratch {
  struct FreeInflate {
    void operator()(inflate_state* state) const;
  };
  struct FreeZstd {
    void operator()(ZSTD_DCtx_s* context) const;
  };

  OutputBuffer output;
  OutputBuffer input;  // of decoders that need a block as a whole
  std::unique_ptr<inflate_state, FreeInflate> inflate;
  std::unique_ptr<ZSTD_DCtx_s, FreeZstd> zstd;

  void trim();
};

}  // namespace dray::codec
