// The kernel for x86-64 with AVX2, carry-less multiply and BMI: 64 bytes are two registers.
// Used through kernel.h only, and only after usable_kernels() has asked the processor.
#include "json/kernel_sets.h"

#if defined(__x86_64__)

#include <immintrin.h>

// The rest of this file is compiled for processors with these; usable_kernels() asks the processor first.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,pclmul,bmi,popcnt"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,pclmul,bmi,popcnt")
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

struct Block {
  __m256i low;
  __m256i high;
};

inline Block load(const char* block) {
  return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(block)),
          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block + 32))};
}

inline std::uint64_t bits(__m256i low, __m256i high) {
  return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) |
         (static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high))) << 32U);
}

inline std::uint64_t equal(const Block& in, char byte) {
  const __m256i wanted = _mm256_set1_epi8(byte);
  return bits(_mm256_cmpeq_epi8(in.low, wanted), _mm256_cmpeq_epi8(in.high, wanted));
}

inline __m256i blanks(__m256i in) {
  return _mm256_cmpeq_epi8(_mm256_min_epu8(in, _mm256_set1_epi8(0x20)), in);
}

// NameEnds, each twice.
struct WantedBytes {
  __m256i last;
  __m256i before_last;
};

inline __m256i twice(const NameEnds::Bytes& bytes) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data())));
}

inline WantedBytes wanted_bytes(const NameEnds& names) {
  return {twice(names.last), twice(names.before_last)};
}

inline Block any_of(const Block& in, __m256i bytes) {
  return {_mm256_cmpeq_epi8(in.low, _mm256_shuffle_epi8(bytes, in.low)),
          _mm256_cmpeq_epi8(in.high, _mm256_shuffle_epi8(bytes, in.high))};
}

// set: bytes with bit 5, each at the place of its low four bits (a stand-in where none is wanted); those of a block
// that are one of them, or are but for that bit. '[' and '{', ']' and '}' differ in it alone. So do NUL and the blank,
// but a block with a NUL is not compact whatever else it holds.
inline std::uint64_t folded_in(const Block& in, const NameEnds::Bytes& set) {
  const __m256i fold = _mm256_set1_epi8(0x20);
  const Block found = any_of({_mm256_or_si256(in.low, fold), _mm256_or_si256(in.high, fold)}, twice(set));
  return bits(found.low, found.high);
}

inline std::uint64_t brackets(const Block& in) {
  return folded_in(in, {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{', 0, '}'});
}

inline std::uint64_t brackets_and_spaces(const Block& in) {
  return folded_in(in, {' ', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{', 0, '}'});
}

inline BlockMasks block_masks(const char* block) {
  const Block in = load(block);
  return {equal(in, '"'), equal(in, '\\'), brackets(in), equal(in, ':'), bits(blanks(in.low), blanks(in.high)),
          equal(in, '\n')};
}

// The lowest byte at each place of many blocks: one comparison tells whether they have a control byte.
using LowestBytes = __m256i;

inline LowestBytes no_bytes() {
  return _mm256_set1_epi8(-1);
}

inline void note(LowestBytes& lowest_bytes, const Block& in) {
  lowest_bytes = _mm256_min_epu8(lowest_bytes, _mm256_min_epu8(in.low, in.high));
}

inline bool any_control(LowestBytes lowest_bytes) {
  const __m256i low = _mm256_min_epu8(lowest_bytes, _mm256_set1_epi8(0x1F));
  return _mm256_movemask_epi8(_mm256_cmpeq_epi8(low, lowest_bytes)) != 0;
}

inline std::uint64_t backslashes(const Block& in) {
  return equal(in, '\\');
}

inline std::uint64_t quotes(const Block& in) {
  return equal(in, '"');
}

inline std::uint64_t colons(const Block& in) {
  return equal(in, ':');
}

// The colons behind a quote and the end of a name that is looked for.
inline std::uint64_t named_colons(const Block& in, const char* block, const WantedBytes& wanted) {
  const Block last = any_of(load(block - 2), wanted.last);
  const Block before_last = any_of(load(block - 3), wanted.before_last);
  const __m256i colon = _mm256_set1_epi8(':');
  return bits(_mm256_and_si256(_mm256_cmpeq_epi8(in.low, colon), _mm256_and_si256(last.low, before_last.low)),
              _mm256_and_si256(_mm256_cmpeq_epi8(in.high, colon), _mm256_and_si256(last.high, before_last.high)));
}

#include "json/one_by_one.inl"

inline std::uint64_t white_space(const char* block) {
  const Block in = load(block);
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
