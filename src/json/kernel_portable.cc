// The kernel for every machine: SSE2 where the compiler has it (all of x86-64), else plain C++.
// Used through kernel.h only.
#include "json/kernel_sets.h"

#if defined(__SSE2__)
#include <emmintrin.h>
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

using Block = const char*;

inline Block load(const char* bytes) {
  return bytes;
}

#if defined(__SSE2__)

inline std::uint64_t equal(const char* block, char byte, char fold = 0) {
  std::uint64_t mask = 0;
  for (unsigned part = 0; part < 4; ++part) {
    const __m128i in = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + part * 16));
    const __m128i same = _mm_cmpeq_epi8(_mm_or_si128(in, _mm_set1_epi8(fold)), _mm_set1_epi8(byte));
    mask |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(same))) << (part * 16);
  }
  return mask;
}

inline std::uint64_t blanks(const char* block) {
  std::uint64_t mask = 0;
  for (unsigned part = 0; part < 4; ++part) {
    const __m128i in = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + part * 16));
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(in, _mm_set1_epi8(0x20)), in);
    mask |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(low))) << (part * 16);
  }
  return mask;
}

#else

inline std::uint64_t equal(const char* block, char byte, char fold = 0) {
  std::uint64_t mask = 0;
  for (unsigned i = 0; i < 64; ++i) {
    mask |= static_cast<std::uint64_t>((block[i] | fold) == byte) << i;
  }
  return mask;
}

inline std::uint64_t blanks(const char* block) {
  std::uint64_t mask = 0;
  for (unsigned i = 0; i < 64; ++i) {
    mask |= static_cast<std::uint64_t>(static_cast<unsigned char>(block[i]) <= 0x20U) << i;
  }
  return mask;
}

#endif

inline std::uint64_t quotes(const char* block) {
  return equal(block, '"');
}

inline std::uint64_t brackets(const char* block) {
  return equal(block, '{', 0x20) | equal(block, '}', 0x20);
}

inline std::uint64_t colons(const char* block) {
  return equal(block, ':');
}

inline BlockMasks block_masks(const char* block) {
  return {quotes(block), equal(block, '\\'), brackets(block), colons(block), blanks(block), equal(block, '\n')};
}

inline std::uint64_t spaces(const char* block) {
  return equal(block, ' ');
}

inline std::uint64_t brackets_and_spaces(const char* block) {
  return brackets(block) | spaces(block);
}

// The control bytes of many blocks.
using LowestBytes = std::uint64_t;

inline LowestBytes no_bytes() {
  return 0;
}

inline void note(LowestBytes& control, const char* block) {
  control |= blanks(block) & ~spaces(block);
}

inline bool any_control(LowestBytes control) {
  return control != 0;
}

inline std::uint64_t backslashes(const char* block) {
  return equal(block, '\\');
}

// Looking at the ends of names costs more here than it saves: every name may be wanted.
struct WantedBytes {};

inline WantedBytes wanted_bytes(const NameEnds& /*names*/) {
  return {};
}

inline std::uint64_t named_colons(Block in, const char* /*block*/, WantedBytes /*wanted*/) {
  return colons(in);
}

#include "json/one_by_one.inl"

inline std::uint64_t white_space(const char* block) {
  return equal(block, ' ') | equal(block, '\n') | equal(block, '\r') | equal(block, '\t');
}

inline std::uint64_t prefix_xor(std::uint64_t in) {
  in ^= in << 1U;
  in ^= in << 2U;
  in ^= in << 4U;
  in ^= in << 8U;
  in ^= in << 16U;
  in ^= in << 32U;
  return in;
}

#include "json/kernel_loop.inl"

}  // namespace

const Kernel kPortableKernel{"portable", &scan, &compact};

}  // namespace dray::json
