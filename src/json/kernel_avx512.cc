// The kernel for x86-64 with AVX-512 (BW): 64 bytes are one register, and a comparison gives its mask at once.
// Used through kernel.h only, and only after usable_kernels() has asked the processor.
#include "json/kernel_sets.h"

#if defined(__x86_64__)

#include <immintrin.h>

// The rest of this file is compiled for processors with these; usable_kernels() asks the processor first.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,pclmul,bmi"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,pclmul,bmi")
#endif

namespace dray::json {
namespace {

struct BlockMasks {
  std::uint64_t quote;
  std::uint64_t backslash;
  std::uint64_t bracket;
  std::uint64_t colon;
  std::uint64_t blank;
  std::uint64_t line_feed;
};

inline std::uint64_t equal(__m512i in, char byte) {
  return _mm512_cmpeq_epi8_mask(in, _mm512_set1_epi8(byte));
}

inline BlockMasks block_masks(const char* block) {
  const __m512i in = _mm512_loadu_si512(block);
  // '[' and '{', ']' and '}' differ in bit 5 only.
  const __m512i folded = _mm512_or_si512(in, _mm512_set1_epi8(0x20));
  return {equal(in, '"'),
          equal(in, '\\'),
          equal(folded, '{') | equal(folded, '}'),
          equal(in, ':'),
          _mm512_cmple_epu8_mask(in, _mm512_set1_epi8(0x20)),
          equal(in, '\n')};
}

inline std::uint64_t white_space(const char* block) {
  const __m512i in = _mm512_loadu_si512(block);
  return equal(in, ' ') | equal(in, '\n') | equal(in, '\r') | equal(in, '\t');
}

inline std::uint64_t prefix_xor(std::uint64_t in) {
  const __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<std::int64_t>(in)), _mm_set1_epi8(-1), 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

#include "json/kernel_loop.inl"

}  // namespace

const Kernel kAvx512Kernel{"avx512", &scan, &compact};

}  // namespace dray::json

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
