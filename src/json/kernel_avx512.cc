// The kernel for x86-64 with AVX-512 (BW): 64 bytes are one register, and a comparison gives its mask at once.
// Used through kernel.h only, and only after usable_kernels() has asked the processor.
#include "json/kernel_sets.h"

#if defined(__x86_64__)

#include <immintrin.h>

// The rest of this file is compiled for processors with these; usable_kernels() asks the processor first.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vbmi2,pclmul,bmi,bmi2,popcnt"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vbmi2,pclmul,bmi,bmi2,popcnt")
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

#include "json/avx512.inl"

inline BlockMasks block_masks(const char* block) {
  const Block in = load(block);
  return {
      equal(in, '"'), equal(in, '\\'), brackets(in), equal(in, ':'), _mm512_cmple_epu8_mask(in, _mm512_set1_epi8(0x20)),
      equal(in, '\n')};
}

// For each bracket: how many of those up to it and with it open, less those that close.
inline void write_levels(const char* brackets, std::size_t size, char* levels) {
  __m512i before = _mm512_setzero_si512();
  for (std::size_t at = 0; at < size; at += 64) {
    const __mmask64 opening = _mm512_test_epi8_mask(load(brackets + at), _mm512_set1_epi8(2));
    const __m512i steps = _mm512_mask_blend_epi8(opening, _mm512_set1_epi8(-1), _mm512_set1_epi8(1));
    _mm512_storeu_si512(levels + at, running_sum(steps, before));
  }
}

// The brackets of a value; none: it has not ended among the first 64, or must be taken one by one.
struct ShortValue {
  std::size_t brackets;
  std::uint64_t first_level;  // bit i: what stands before bracket i is of the first level
};

// What is known of the brackets of a value, level by level.
struct Pairing {
  __m512i levels;  // that a bracket opens or closes
  std::uint64_t objects;
  std::uint64_t value;    // which of the 64 are its brackets
  std::uint64_t seen;     // those of the levels that were looked at
  std::uint64_t unequal;  // not 0: two that belong together are not of one kind
};

// Those of one level open and close in turn, so their kinds come in pairs.
[[gnu::always_inline]] inline void pair_level(Pairing& pairing, int level) {
  const std::uint64_t here =
      _mm512_cmpeq_epi8_mask(pairing.levels, _mm512_set1_epi8(static_cast<char>(level))) & pairing.value;
  const std::uint64_t kinds = _pext_u64(pairing.objects, here);
  pairing.unequal |= (kinds ^ (kinds >> 1U)) & 0x5555555555555555ULL;
  pairing.seen |= here;
}

// The value that begins with a bracket, if it nests by kind, no more than eight levels deep.
inline ShortValue short_value(const char* brackets, const char* levels, std::size_t size) {
  const __m512i in = load(brackets);
  const __mmask64 opening = _mm512_test_epi8_mask(in, _mm512_set1_epi8(2));
  const __m512i after = _mm512_sub_epi8(load(levels), _mm512_set1_epi8(static_cast<char>(levels[0] - 1)));
  const std::uint64_t open_none = _mm512_testn_epi8_mask(after, after);
  if (open_none == 0) {
    return {};
  }
  const std::uint64_t value = open_none ^ (open_none - 1);
  const auto count = static_cast<std::size_t>(__builtin_popcountll(value));
  Pairing pairing{_mm512_mask_blend_epi8(opening, _mm512_add_epi8(after, _mm512_set1_epi8(1)), after),
                  _mm512_test_epi8_mask(in, _mm512_set1_epi8(0x20)), value, 0, 0};
  pair_level(pairing, 1);
  pair_level(pairing, 2);
  pair_level(pairing, 3);
  pair_level(pairing, 4);
  pair_level(pairing, 5);
  if (pairing.seen != value) {
    pair_level(pairing, 6);
    pair_level(pairing, 7);
    pair_level(pairing, 8);
  }
  if (count > size || pairing.unequal != 0 || pairing.seen != value) {
    return {};
  }
  return {count, (static_cast<std::uint64_t>(_mm512_cmpeq_epi8_mask(after, _mm512_set1_epi8(1))) << 1U) & value};
}

constexpr std::size_t kCounts = 32;

// How many of the first `size` counts, kCounts at most, are no more than `most`. kCounts may be read.
inline std::size_t counts_up_to(const std::uint16_t* counts, std::size_t size, std::uint16_t most) {
  const __m512i in = _mm512_loadu_si512(counts);
  const std::uint32_t up_to = _mm512_cmple_epu16_mask(in, _mm512_set1_epi16(static_cast<short>(most)));
  return static_cast<std::size_t>(__builtin_popcountll(up_to & ((std::uint64_t{1} << size) - 1)));
}

inline unsigned nth_bit(std::uint64_t bits, unsigned n) {
  return static_cast<unsigned>(__builtin_ctzll(_pdep_u64(std::uint64_t{1} << n, bits)));
}

inline std::uint64_t white_space(const char* block) {
  const __m512i in = _mm512_loadu_si512(block);
  return equal(in, ' ') | equal(in, '\n') | equal(in, '\r') | equal(in, '\t');
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
