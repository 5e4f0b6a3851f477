// The kernel for x86-64 with AVX-512 (BW): 64 bytes are one register, and a comparison gives its mask at once.
// Used through kernel.h only, and only after usable_kernels() has asked the processor.
#include "json/kernel_sets.h"

#if defined(__x86_64__)

#include <immintrin.h>

// The rest of this file is compiled for processors with these; usable_kernels() asks the processor first.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vbmi2,pclmul,bmi,bmi2,lzcnt,popcnt"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vbmi2,pclmul,bmi,bmi2,lzcnt,popcnt")
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

using Block = __m512i;

inline Block load(const char* bytes) {
  return _mm512_loadu_si512(bytes);
}

inline std::uint64_t equal(Block in, char byte) {
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
inline std::uint64_t brackets(Block in) {
  constexpr NameEnds::Bytes kBrackets{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{', 0, '}'};
  const __m512i folded = _mm512_or_si512(in, _mm512_set1_epi8(0x20));
  return _mm512_cmpeq_epi8_mask(folded, _mm512_shuffle_epi8(four_times(kBrackets), folded));
}

inline BlockMasks block_masks(const char* block) {
  const Block in = load(block);
  return {
      equal(in, '"'), equal(in, '\\'), brackets(in), equal(in, ':'), _mm512_cmple_epu8_mask(in, _mm512_set1_epi8(0x20)),
      equal(in, '\n')};
}

// The lowest byte at each place of many blocks: one comparison tells whether they have a control byte.
using LowestBytes = __m512i;

inline LowestBytes no_bytes() {
  return _mm512_set1_epi8(-1);
}

inline void note(LowestBytes& lowest_bytes, Block in) {
  lowest_bytes = _mm512_min_epu8(lowest_bytes, in);
}

inline bool any_control(LowestBytes lowest_bytes) {
  return _mm512_cmplt_epu8_mask(lowest_bytes, _mm512_set1_epi8(0x20)) != 0;
}

inline std::uint64_t backslashes(Block in) {
  return equal(in, '\\');
}

inline std::uint64_t spaces(Block in) {
  return equal(in, ' ');
}

inline std::uint64_t quotes(Block in) {
  return equal(in, '"');
}

inline std::uint64_t colons(Block in) {
  return equal(in, ':');
}

// The colons behind a quote and the end of a name that is looked for.
inline std::uint64_t named_colons(Block in, const char* block, const WantedBytes& wanted) {
  const __m512i last = load(block - 2);
  const __m512i before_last = load(block - 3);
  const __mmask64 colons = _mm512_cmpeq_epi8_mask(in, _mm512_set1_epi8(':'));
  const __mmask64 alike = _mm512_mask_cmpeq_epi8_mask(colons, last, _mm512_shuffle_epi8(wanted.last, last));
  return _mm512_mask_cmpeq_epi8_mask(alike, before_last, _mm512_shuffle_epi8(wanted.before_last, before_last));
}

inline std::uint64_t bits_set(const char* block, unsigned bit) {
  return _mm512_test_epi8_mask(load(block), _mm512_set1_epi8(static_cast<char>(1U << bit)));
}

// Writes the bytes of the mask, one behind the other; out has room for 64.
inline void append_bytes(Block in, std::uint64_t mask, char* out) {
  _mm512_storeu_si512(out, _mm512_maskz_compress_epi8(mask, in));
}

// Lanes of 16 bytes moved up by one or two, zeros behind them.
inline __m512i lanes_up_1(__m512i in) {
  return _mm512_maskz_shuffle_i64x2(0xFC, in, in, 0b10'01'00'00);
}
inline __m512i lanes_up_2(__m512i in) {
  return _mm512_maskz_shuffle_i64x2(0xF0, in, in, 0b01'00'00'00);
}

// For each bracket: how many of those up to it and with it open, less those that close.
inline void write_levels(const char* brackets, std::size_t size, char* levels) {
  __m512i before = _mm512_setzero_si512();
  for (std::size_t at = 0; at < size; at += 64) {
    const __mmask64 opening = _mm512_test_epi8_mask(load(brackets + at), _mm512_set1_epi8(2));
    __m512i sum = _mm512_mask_blend_epi8(opening, _mm512_set1_epi8(-1), _mm512_set1_epi8(1));
    sum = _mm512_add_epi8(sum, _mm512_bslli_epi128(sum, 1));
    sum = _mm512_add_epi8(sum, _mm512_bslli_epi128(sum, 2));
    sum = _mm512_add_epi8(sum, _mm512_bslli_epi128(sum, 4));
    sum = _mm512_add_epi8(sum, _mm512_bslli_epi128(sum, 8));
    __m512i lanes = _mm512_shuffle_epi8(sum, _mm512_set1_epi8(15));
    lanes = _mm512_add_epi8(lanes, lanes_up_1(lanes));
    lanes = _mm512_add_epi8(lanes, lanes_up_2(lanes));
    sum = _mm512_add_epi8(_mm512_add_epi8(sum, lanes_up_1(lanes)), before);
    before = _mm512_add_epi8(before, _mm512_maskz_shuffle_i64x2(0xFF, lanes, lanes, 0xFF));
    _mm512_storeu_si512(levels + at, sum);
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
