#include "codec/scratch.h"

#include <isa-l/igzip_lib.h>
#include <zstd.h>

#include <algorithm>

namespace dray::codec {
namespace {

constexpr std::size_t kOutputFirst = 16U << 10U;
constexpr std::size_t kOutputLargest = 128U << 10U;  // measured fastest (bench/format_bench.cc)
constexpr std::size_t kOutputKept = 64U << 10U;
constexpr std::size_t kZstdKept = 1U << 20U;

}  // namespace

char* OutputBuffer::begin() {
  if (!bytes_) reserve(kOutputFirst);
  return bytes_.get();
}

void OutputBuffer::grow() {
  if (size_ < kOutputLargest) reserve(std::max(size_ * 2, kOutputFirst));
}

void OutputBuffer::reserve(std::size_t size) {
  if (size <= size_) return;
  bytes_ = std::make_unique_for_overwrite<char[]>(size);
  size_ = size;
}

void OutputBuffer::trim() {
  if (size_ > kOutputKept) {
    bytes_.reset();
    size_ = 0;
  }
}

void LayerScratch::FreeInflate::operator()(inflate_state* state) const {
  delete state;
}

void LayerScratch::FreeZstd::operator()(ZSTD_DCtx_s* context) const {
  ZSTD_freeDCtx(context);
}

void LayerScratch::trim() {
  output.trim();
  input.trim();
  if (zstd && ZSTD_sizeof_DCtx(zstd.get()) > kZstdKept) zstd.reset();
}

}  // namespace dray::codec
