// The kernel for x86-64 with AVX-512 (BW): 64 bytes are one register, and a comparison gives its mask at once.
// Used through kernel.h only, and only after usable_kernels() has asked the processor.
#include "json/kernel_sets.h"

#if defined(__x86_64__)

#include <immintrin.h>

// The rest of this file is compiled for processors with these; usable_kernels() asks the processor first.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,pclmul,bmi,popcnt"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,pclmul,bmi,popcnt")
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

inline __m512i load(const char* bytes) {
  return _mm512_loadu_si512(bytes);
}

inline std::uint64_t equal(__m512i in, char byte) {
  return _mm512_cmpeq_epi8_mask(in, _mm512_set1_epi8(byte));
}

inline __m512i four_times(const NameEnds::Bytes& bytes) {
  // Masked, because g++ 12 warns of its own header without.
  return _mm512_maskz_broadcast_i32x4(0xFFFF, _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data())));
}

// NameEnds, each four times.
struct WantedBytes {
  __m512i last;
  __m512i before_last;
};

inline WantedBytes wanted_bytes(const NameEnds& names) {
  return {four_times(names.last), four_times(names.before_last)};
}

// '[' and '{', ']' and '}' differ in bit 5 only.
inline std::uint64_t brackets(__m512i in) {
  constexpr NameEnds::Bytes kBrackets{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{', 0, '}'};
  const __m512i folded = _mm512_or_si512(in, _mm512_set1_epi8(0x20));
  return _mm512_cmpeq_epi8_mask(folded, _mm512_shuffle_epi8(four_times(kBrackets), folded));
}

inline BlockMasks block_masks(const char* block) {
  const __m512i in = load(block);
  return {
      equal(in, '"'), equal(in, '\\'), brackets(in), equal(in, ':'), _mm512_cmple_epu8_mask(in, _mm512_set1_epi8(0x20)),
      equal(in, '\n')};
}

inline bool is_plain(const char* block) {
  const __m512i in = load(block);
  return (_mm512_cmple_epu8_mask(in, _mm512_set1_epi8(0x20)) | equal(in, '\\')) == 0;
}

inline std::uint64_t quotes(const char* block) {
  return equal(load(block), '"');
}

inline std::uint64_t brackets(const char* block) {
  return brackets(load(block));
}

inline std::uint64_t colons(const char* block) {
  return equal(load(block), ':');
}

// The colons behind a quote and the end of a name that is looked for.
inline std::uint64_t named_colons(const char* block, const WantedBytes& wanted) {
  const __m512i last = load(block - 2);
  const __m512i before_last = load(block - 3);
  const __mmask64 colons = _mm512_cmpeq_epi8_mask(load(block), _mm512_set1_epi8(':'));
  const __mmask64 alike = _mm512_mask_cmpeq_epi8_mask(colons, last, _mm512_shuffle_epi8(wanted.last, last));
  return _mm512_mask_cmpeq_epi8_mask(alike, before_last, _mm512_shuffle_epi8(wanted.before_last, before_last));
}

inline std::uint64_t bits_set(const char* block, unsigned bit) {
  return _mm512_test_epi8_mask(load(block), _mm512_set1_epi8(static_cast<char>(1U << bit)));
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
