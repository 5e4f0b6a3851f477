// CompactCheck for x86-64 with AVX-512. Used through compact_check.h only.
#include "json/compact_check.h"
#include "json/kernel_sets.h"
#include "json/strict.h"

#if defined(__x86_64__)

#include <immintrin.h>

// The rest of this file is compiled for processors with these; best_compact_check() asks the processor first.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vbmi2,pclmul,bmi,bmi2,popcnt"))), \
                             apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512vbmi2,pclmul,bmi,bmi2,popcnt")
#endif

namespace dray::json {
namespace {

#include "json/avx512.inl"

#include "json/block_bits.inl"

// A text, and what one block of it leaves to the next.
struct Text {
  const char* begin;
  const char* end;
  std::uint64_t in_string = 0;
  std::uint64_t escaped = 0;
  std::uint64_t slashes = 0;
  bool bad_escape = false;
  LowestBytes lowest_bytes;
};

bool is_hex(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

// Is each of these bytes what may follow a backslash?
[[gnu::noinline]] bool are_escapes(const char* block, std::uint64_t escaped, const char* end) {
  for (; escaped != 0; escaped &= escaped - 1) {
    const char* at = block + lowest(escaped);
    switch (*at) {
      case '"':
      case '\\':
      case '/':
      case 'b':
      case 'f':
      case 'n':
      case 'r':
      case 't': continue;
      case 'u': break;
      default: return false;
    }
    if (end - at < 5 || !is_hex(at[1]) || !is_hex(at[2]) || !is_hex(at[3]) || !is_hex(at[4])) {
      return false;
    }
  }
  return true;
}

// Brackets, commas, colons, and blanks, which are no mark but must be noticed. A zero passes for a blank: it is noticed
// as a control byte.
inline std::uint64_t marks(Block in) {
  constexpr NameEnds::Bytes kMarks{' ', 0, 0, 0, 0, 0, 0, 0, 0, 0, ':', '{', ',', '}'};
  const __m512i folded = _mm512_or_si512(in, _mm512_set1_epi8(0x20));
  return _mm512_cmpeq_epi8_mask(folded, _mm512_shuffle_epi8(four_times(kMarks), folded));
}

// Where what a check has is written. Apart from it, so that no store can be meant for these.
struct Notes {
  std::uint64_t* outside;
  std::uint64_t* quotes;
  std::uint64_t* marked;
  std::uint64_t* colon_bytes;
  std::uint64_t* comma_bytes;
  std::uint64_t* opening_bytes;
  std::uint16_t* before;
  char* marks;
  std::uint16_t* colons;
  std::size_t mark_count;
  std::size_t colon_count;
};

template <bool kAll>
[[gnu::always_inline]] inline void note_colons(Notes& notes, std::size_t number, std::uint64_t wanted) {
  constexpr std::uint64_t kSome = std::uint64_t{1} << 63U;  // of none there is no lowest
  std::uint16_t* out = notes.colons + notes.colon_count;
  notes.colon_count += count(wanted);
  for (unsigned i = 0; i < (kAll ? 4 : 1); ++i, wanted &= wanted - 1) {
    *out++ = static_cast<std::uint16_t>(number * kBlock + lowest(wanted | kSome));
  }
  for (; wanted != 0; wanted &= wanted - 1) {
    *out++ = static_cast<std::uint16_t>(number * kBlock + lowest(wanted));
  }
}

// A block as it is looked at.
struct Here {
  std::size_t number;
  Block in;                // bytes that are not there are 'x'
  std::uint64_t there;     // which are
  std::uint64_t readable;  // which of those three places before may be read
};

// The colons of the block that are wanted. unlike: where a name may not be written as it is.
template <bool kAll>
[[gnu::always_inline]] inline std::uint64_t wanted_colons(const Here& here, const char* block,
                                                          const WantedBytes& wanted, std::uint64_t unlike) {
  const __mmask64 all = _mm512_cmpeq_epi8_mask(here.in, _mm512_set1_epi8(':'));
  if (kAll) {
    return all;
  }
  const __m512i before_last = _mm512_maskz_loadu_epi8(here.readable, block - 3);
  const __m512i last = _mm512_maskz_loadu_epi8(here.readable | (here.readable >> 1U), block - 2);
  const __mmask64 alike = _mm512_mask_cmpeq_epi8_mask(all, last, _mm512_shuffle_epi8(wanted.last, last));
  return _mm512_mask_cmpeq_epi8_mask(alike, before_last, _mm512_shuffle_epi8(wanted.before_last, before_last)) |
         (all & unlike);
}

template <bool kAll>
[[gnu::always_inline]] inline void look_at(Text& text, Notes& notes, const Here& here, const WantedBytes& wanted) {
  const Block in = here.in;
  const char* block = text.begin + here.number * kBlock;
  note(text.lowest_bytes, in);
  const std::uint64_t slashes = backslashes(in);
  std::uint64_t string_quotes = quotes(in);
  std::uint64_t unlike = 0;
  if (__builtin_expect(static_cast<long>((slashes | text.slashes) != 0), 0) != 0) {
    const std::uint64_t escaped = escaped_bytes(slashes, text.escaped) & here.there;
    string_quotes &= ~escaped;
    text.bad_escape |= !are_escapes(block, escaped, text.end);
    unlike = behind_escapes(slashes, text.slashes);
  }
  text.slashes = slashes;
  const std::uint64_t inside = prefix_xor(string_quotes) ^ text.in_string;
  text.in_string = static_cast<std::uint64_t>(static_cast<std::int64_t>(inside) >> 63);
  const std::uint64_t outside = ~inside & here.there;
  const std::uint64_t marked = marks(in) & outside;
  notes.outside[here.number] = outside;
  notes.quotes[here.number] = string_quotes;
  notes.marked[here.number] = marked;
  notes.colon_bytes[here.number] = equal(in, ':');
  notes.comma_bytes[here.number] = equal(in, ',');
  notes.opening_bytes[here.number] = equal(_mm512_or_si512(in, _mm512_set1_epi8(0x20)), '{');
  notes.before[here.number] = static_cast<std::uint16_t>(notes.mark_count);
  append_bytes(block, in, marked, notes.marks + notes.mark_count);
  notes.mark_count += count(marked);
  note_colons<kAll>(notes, here.number, wanted_colons<kAll>(here, block, wanted, unlike) & outside);
}

template <bool kAll>
Text look_at_all(CompactCheck& check, const char* bytes, std::size_t size) {
  Text text{.begin = bytes, .end = bytes + size, .lowest_bytes = no_bytes()};
  const WantedBytes wanted = wanted_bytes(kAll ? NameEnds{} : *check.names);
  Notes notes{.outside = check.outside.data(),
              .quotes = check.quotes.data(),
              .marked = check.marked.data(),
              .colon_bytes = check.colon_bytes.data(),
              .comma_bytes = check.comma_bytes.data(),
              .opening_bytes = check.opening_bytes.data(),
              .before = check.before.data(),
              .marks = check.marks.data(),
              .colons = check.colons.data(),
              .mark_count = 0,
              .colon_count = 0};
  const std::size_t whole = size / kBlock;
  const std::uint64_t tail = first_bits(size % kBlock);
  constexpr std::uint64_t kAllBytes = ~std::uint64_t{0};
  constexpr std::uint64_t kNotBefore = kAllBytes << 3U;
  for (std::size_t i = 0; i < whole; ++i) {
    look_at<kAll>(text, notes, {i, load(text.begin + i * kBlock), kAllBytes, i == 0 ? kNotBefore : kAllBytes}, wanted);
  }
  if (tail != 0) {
    const Block in = _mm512_mask_loadu_epi8(_mm512_set1_epi8('x'), tail, text.begin + whole * kBlock);
    look_at<kAll>(text, notes, {whole, in, tail, whole == 0 ? tail & kNotBefore : tail}, wanted);
  }
  check.mark_count = notes.mark_count;
  check.colon_count = notes.colon_count;
  return text;
}

// Eight masks one behind the other, each bit moved to the byte behind. before: the eight masks before them.
inline __m512i moved_behind(__m512i masks, __m512i before) {
  return _mm512_shldi_epi64(masks, _mm512_maskz_alignr_epi64(0xFF, masks, before, 7), 1);
}

// Masked, because g++ 12 warns of its own header without.
inline __m512i but_not(__m512i bits, __m512i others) {
  return _mm512_maskz_andnot_epi64(0xFF, others, bits);
}

inline __m512i masks_at(const CompactCheck::Masks& masks, std::size_t block) {
  return _mm512_loadu_si512(masks.data() + block);
}

// Does everything stand behind what may stand before it? Eight blocks at a time. Fills check.starts.
bool neighbours_fit(CompactCheck& check, std::size_t blocks) {
  const __m512i none = _mm512_setzero_si512();
  __m512i faults = none;
  // A value may stand at the start of the text, as behind a comma.
  __m512i separators_before = _mm512_maskz_set1_epi64(0x80, INT64_MIN);
  __m512i opening_before = none;
  __m512i scalars_before = none;
  __m512i closing_quotes_before = none;
  for (std::size_t i = 0; i < blocks; i += 8) {
    const auto there = static_cast<__mmask8>(blocks - i >= 8 ? 0xFFU : (1U << (blocks - i)) - 1U);
    const __m512i outside = _mm512_maskz_mov_epi64(there, masks_at(check.outside, i));
    const __m512i quote = _mm512_maskz_mov_epi64(there, masks_at(check.quotes, i));
    const __m512i marked = _mm512_maskz_mov_epi64(there, masks_at(check.marked, i));
    const __m512i colons = _mm512_and_si512(outside, masks_at(check.colon_bytes, i));
    const __m512i commas = _mm512_and_si512(outside, masks_at(check.comma_bytes, i));
    const __m512i opening = _mm512_and_si512(outside, masks_at(check.opening_bytes, i));
    const __m512i separators = _mm512_or_si512(colons, commas);
    // A blank among the marks passes for a closing bracket here; it is noticed later.
    const __m512i closing = but_not(marked, _mm512_or_si512(separators, opening));
    const __m512i closing_quotes = _mm512_and_si512(quote, outside);
    const __m512i scalars = but_not(outside, _mm512_or_si512(quote, marked));
    const __m512i behind_separators = moved_behind(separators, separators_before);
    const __m512i behind_opening = moved_behind(opening, opening_before);
    // What stands at such a place begins a value or a name; all else stands behind the end of one.
    const __m512i begins = _mm512_or_si512(behind_separators, behind_opening);
    const __m512i starts = but_not(scalars, moved_behind(scalars, scalars_before));
    const __m512i beginnings = _mm512_or_si512(_mm512_or_si512(but_not(quote, outside), opening), starts);
    faults = _mm512_or_si512(faults, but_not(beginnings, begins));
    faults = _mm512_or_si512(faults, _mm512_and_si512(commas, begins));
    faults = _mm512_or_si512(faults, _mm512_and_si512(closing, behind_separators));
    faults = _mm512_or_si512(faults, but_not(colons, moved_behind(closing_quotes, closing_quotes_before)));
    _mm512_storeu_si512(check.starts.data() + i, starts);
    separators_before = separators;
    opening_before = opening;
    scalars_before = scalars;
    closing_quotes_before = closing_quotes;
  }
  return _mm512_test_epi64_mask(faults, faults) == 0;
}

// Are the numbers and literals that begin there such?
bool are_scalars(const CompactCheck& check, const Text& text) {
  const auto blocks = static_cast<std::size_t>(text.end - text.begin + 63) / kBlock;
  for (std::size_t i = 0; i < blocks; ++i) {
    for (std::uint64_t starts = check.starts.data()[i]; starts != 0; starts &= starts - 1) {
      const char* at = text.begin + i * kBlock + lowest(starts);
      const std::size_t size = scalar_size({at, static_cast<std::size_t>(text.end - at)});
      // The text ends with a bracket, so there is a byte behind.
      if (size == 0 || (at[size] != ',' && at[size] != '}' && at[size] != ']')) {
        return false;
      }
    }
  }
  return true;
}

// The place of a mark.
std::size_t place_of(const CompactCheck& check, std::size_t mark) {
  std::size_t block = 0;
  while (check.before.data()[block] + count(check.marked.data()[block]) <= mark) {
    ++block;
  }
  return block * kBlock +
         lowest(_pdep_u64(std::uint64_t{1} << (mark - check.before.data()[block]), check.marked.data()[block]));
}

// Do the marks [at, at + 64) of these bits stand right before the next one?
bool are_empty(const CompactCheck& check, std::size_t at, std::uint64_t opening) {
  for (; opening != 0; opening &= opening - 1) {
    const std::size_t mark = at + lowest(opening);
    if (place_of(check, mark) + 1 != place_of(check, mark + 1)) {
      return false;
    }
  }
  return true;
}

// The kinds of what stands on each level: 1 for an object.
struct Levels {
  static constexpr int kMax = 8;
  std::uint64_t kinds = 0;        // of the marks at hand
  std::uint64_t opening = 0;      // which of them open a container
  std::uint64_t open[kMax] = {};  // the kind of what was last on the level
  std::uint64_t unequal = 0;
  std::uint64_t seen = 0;
};

[[gnu::always_inline]] inline void check_level(Levels& levels, __m512i level_of, std::uint64_t there, int level) {
  const std::uint64_t here = _mm512_cmpeq_epi8_mask(level_of, _mm512_set1_epi8(static_cast<char>(level))) & there;
  const std::uint64_t kinds = _pext_u64(levels.kinds, here);
  const std::uint64_t opening = _pext_u64(levels.opening, here);
  const unsigned some = count(here);
  std::uint64_t& open = levels.open[level - 1];
  const std::uint64_t kinds_before = (kinds << 1U) | open;
  levels.unequal |= (kinds ^ kinds_before) & ~opening & first_bits(some);
  open = some == 0 ? open : (kinds >> (some - 1U)) & 1U;
  levels.seen |= here;
}

// Looks at the marks alone. Fills check.levels.
CompactVerdict nests(CompactCheck& check) {
  __m512i before = _mm512_setzero_si512();
  Levels levels;
  std::uint64_t faults = 0;
  for (std::size_t at = 0; at < check.mark_count; at += kBlock) {
    const std::uint64_t there = first_bits(check.mark_count - at);
    const Block in = load(check.marks.data() + at);
    const Block next = load(check.marks.data() + at + 1);
    const __m512i folded = _mm512_or_si512(in, _mm512_set1_epi8(0x20));
    const std::uint64_t blanks = equal(in, ' ');
    if ((blanks & there) != 0) {
      return CompactVerdict::unsure;
    }
    levels.opening = equal(folded, '{') & there;
    const std::uint64_t closing = equal(folded, '}') & there;
    const std::uint64_t colons = equal(in, ':') & there;
    const std::uint64_t commas = equal(in, ',') & there;
    const std::uint64_t objects = equal(in, '{') & there;
    const std::uint64_t next_there = first_bits(check.mark_count - at - 1);
    const std::uint64_t next_colons = equal(next, ':') & next_there;
    const std::uint64_t next_ends = equal(next, '}') & next_there;
    faults |= objects & ~(next_colons | next_ends);
    faults |= next_colons & ~(objects | commas);
    faults |= are_empty(check, at, objects & next_ends) ? 0U : 1U;
    levels.kinds = objects | (equal(in, '}') & there) | colons | (commas & next_colons);
    const __m512i steps =
        _mm512_mask_blend_epi8(levels.opening, _mm512_maskz_set1_epi8(closing, -1), _mm512_set1_epi8(1));
    const __m512i sums = running_sum(steps, before);
    const __m512i level_of = _mm512_mask_add_epi8(sums, closing, sums, _mm512_set1_epi8(1));
    _mm512_storeu_si512(check.levels.data() + at, level_of);
    // The value ends with the last mark, and with no other.
    const std::uint64_t open_none = _mm512_testn_epi8_mask(sums, sums) & there;
    const bool last = check.mark_count - at <= kBlock;
    faults |= open_none ^ (last ? std::uint64_t{1} << (check.mark_count - at - 1) : 0);
    levels.seen = 0;
    check_level(levels, level_of, there, 1);
    check_level(levels, level_of, there, 2);
    check_level(levels, level_of, there, 3);
    check_level(levels, level_of, there, 4);
    check_level(levels, level_of, there, 5);
    if (levels.seen != there) {
      check_level(levels, level_of, there, 6);
      check_level(levels, level_of, there, 7);
      check_level(levels, level_of, there, 8);
      if (levels.seen != there) {
        return CompactVerdict::unsure;
      }
    }
  }
  return faults == 0 && levels.unequal == 0 ? CompactVerdict::value : CompactVerdict::no_value;
}

// Leaves those colons that are of the value's own members.
void keep_own_colons(CompactCheck& check) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < check.colon_count; ++i) {
    const std::uint16_t colon = check.colons.data()[i];
    const std::size_t block = colon / kBlock;
    const std::size_t mark =
        check.before.data()[block] + count(check.marked.data()[block] & first_bits(colon % kBlock));
    check.colons.data()[kept] = colon;
    kept += check.levels.data()[mark] == 1 ? 1 : 0;
  }
  check.colon_count = kept;
}

CompactVerdict check_compact(CompactCheck& check, const char* bytes, std::size_t size) {
  if (size > CompactCheck::kBytesMax) {
    return CompactVerdict::unsure;
  }
  const char last = bytes[size - 1];
  if (last != '}' && last != ']') {
    return CompactVerdict::unsure;
  }
  const Text text =
      check.names == nullptr ? look_at_all<true>(check, bytes, size) : look_at_all<false>(check, bytes, size);
  if (any_control(text.lowest_bytes)) {
    return CompactVerdict::unsure;
  }
  const CompactVerdict verdict = nests(check);
  if (verdict == CompactVerdict::unsure) {
    return verdict;
  }
  const std::size_t blocks = (size + kBlock - 1) / kBlock;
  if (verdict == CompactVerdict::no_value || text.bad_escape || text.in_string != 0 || !neighbours_fit(check, blocks) ||
      !are_scalars(check, text)) {
    return CompactVerdict::no_value;
  }
  keep_own_colons(check);
  return verdict;
}

}  // namespace

const CompactCheckFunction kCompactCheckAvx512 = &check_compact;

}  // namespace dray::json

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif
