#include "format/line_feeds.h"

#include "base/assert.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace dray::format {
namespace {

constexpr std::size_t kBlock = 64;

// Writes the places of all line feeds among whole blocks; returns how many there are.
using Find = std::size_t (*)(std::string_view bytes, std::uint16_t* places);

std::size_t find_one_by_one(std::string_view bytes, std::uint16_t* places) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = bytes.find('\n', at)) != std::string_view::npos; ++at) {
    places[found++] = static_cast<std::uint16_t>(at);
  }
  return found;
}

#if defined(__x86_64__)

// Of one block that begins at `start`. Most lines are so long that no two end in a block: one place is written always,
// so that no branch asks whether there is one.
[[gnu::always_inline]] inline void write_places(std::uint64_t found, std::size_t count, std::size_t start,
                                                std::uint16_t* out) {
  constexpr std::uint64_t kSome = std::uint64_t{1} << 63U;  // of none there is no lowest
  out[0] = static_cast<std::uint16_t>(start + static_cast<unsigned>(__builtin_ctzll(found | kSome)));
  if (count > 1) {
    std::size_t more = 1;
    for (found &= found - 1; found != 0; found &= found - 1) {
      out[more++] = static_cast<std::uint16_t>(start + static_cast<unsigned>(__builtin_ctzll(found)));
    }
  }
}

__attribute__((target("avx2,bmi,popcnt"))) std::size_t find_avx2(std::string_view bytes, std::uint16_t* places) {
  const __m256i wanted = _mm256_set1_epi8('\n');
  std::uint16_t* out = places;
  for (std::size_t done = 0; done < bytes.size(); done += kBlock) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes.data() + done));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes.data() + done + 32));
    const auto low_bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)));
    const auto high_bits = static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)));
    const std::uint64_t found = low_bits | static_cast<std::uint64_t>(high_bits) << 32U;
    const auto count = static_cast<std::size_t>(__builtin_popcountll(found));
    write_places(found, count, done, out);
    out += count;
  }
  return static_cast<std::size_t>(out - places);
}

__attribute__((target("avx512f,avx512bw,bmi,popcnt"))) std::size_t find_avx512(std::string_view bytes,
                                                                               std::uint16_t* places) {
  const __m512i wanted = _mm512_set1_epi8('\n');
  std::uint16_t* out = places;
  for (std::size_t done = 0; done < bytes.size(); done += kBlock) {
    const std::uint64_t found = _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(bytes.data() + done), wanted);
    const auto count = static_cast<std::size_t>(__builtin_popcountll(found));
    write_places(found, count, done, out);
    out += count;
  }
  return static_cast<std::size_t>(out - places);
}

Find best_find() {
  const bool ground = __builtin_cpu_supports("bmi") != 0 && __builtin_cpu_supports("popcnt") != 0;
  if (ground && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0) return &find_avx512;
  return ground && __builtin_cpu_supports("avx2") != 0 ? &find_avx2 : &find_one_by_one;
}

#else

Find best_find() {
  return &find_one_by_one;
}

#endif

}  // namespace

std::span<const std::uint16_t> LineFeeds::find(std::string_view bytes) {
  static const Find find_whole = best_find();
  DRAY_ASSERT(bytes.size() <= kBytesMax);
  const std::size_t whole = bytes.size() - bytes.size() % kBlock;
  std::size_t count = find_whole(bytes.substr(0, whole), places_.data());
  for (std::size_t at = whole; (at = bytes.find('\n', at)) != std::string_view::npos; ++at) {
    places_.at(count++) = static_cast<std::uint16_t>(at);
  }
  return {places_.data(), count};
}

}  // namespace dray::format
