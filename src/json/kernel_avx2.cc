// The kernel for x86-64 with AVX2, carry-less multiply and BMI: 64 bytes are two registers.
// Used through kernel.h only, and only after usable_kernels() has asked the processor.
#include "json/kernel_sets.h"

#if defined(__x86_64__)

#include <immintrin.h>

// The rest of this file is compiled for processors with these; usable_kernels() asks the processor first.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,pclmul,bmi"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,pclmul,bmi")
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

struct Halves {
  __m256i low;
  __m256i high;
};

inline Halves load(const char* block) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(block)),
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block + 32))};
}

inline std::uint64_t bits(__m256i low, __m256i high) {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
         (static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high))) << 32U);
}

inline std::uint64_t equal(const Halves& in, char byte) {
  const __m256i wanted = _mm256_set1_epi8(byte);
  return bits(_mm256_cmpeq_epi8(in.low, wanted), _mm256_cmpeq_epi8(in.high, wanted));
}

// '[' and '{', ']' and '}' differ in bit 5 only.
inline __m256i brackets(__m256i in) {
  const __m256i folded = _mm256_or_si256(in, _mm256_set1_epi8(0x20));
  return _mm256_or_si256(_mm256_cmpeq_epi8(folded, _mm256_set1_epi8('{')),
                         _mm256_cmpeq_epi8(folded, _mm256_set1_epi8('}')));
}

inline __m256i blanks(__m256i in) {
  return _mm256_cmpeq_epi8(_mm256_min_epu8(in, _mm256_set1_epi8(0x20)), in);
}

inline BlockMasks block_masks(const char* block) {
  const Halves in = load(block);
  return {equal(in, '"'),
          equal(in, '\\'),
          bits(brackets(in.low), brackets(in.high)),
          equal(in, ':'),
          bits(blanks(in.low), blanks(in.high)),
          equal(in, '\n')};
}

inline std::uint64_t white_space(const char* block) {
  const Halves in = load(block);
  return equal(in, ' ') | equal(in, '\n') | equal(in, '\r') | equal(in, '\t');
}

inline std::uint64_t prefix_xor(std::uint64_t in) {
  const __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<std::int64_t>(in)), _mm_set1_epi8(-1), 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

#include "json/kernel_loop.inl"

}  // namespace

const Kernel kAvx2Kernel{"avx2", &scan, &compact};

}  // namespace dray::json

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
