// What the AVX-512 code of this room is made of: 64 bytes are one register, and a comparison gives its mask at once. Not
// a header of its own: it must be compiled for the instruction set of the file that includes it.

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

// set: bytes with bit 5, each at the place of its low four bits (a stand-in where none is wanted); those of a block
// that are one of them, or are but for that bit. '[' and '{', ']' and '}' differ in it alone. So do NUL and the blank,
// but a block with a NUL is not compact whatever else it holds.
inline std::uint64_t folded_in(Block in, const NameEnds::Bytes& set) {
  const __m512i folded = _mm512_or_si512(in, _mm512_set1_epi8(0x20));
  return _mm512_cmpeq_epi8_mask(folded, _mm512_shuffle_epi8(four_times(set), folded));
}

inline std::uint64_t brackets(Block in) {
  return folded_in(in, {1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{', 0, '}'});
}

inline std::uint64_t brackets_and_spaces(Block in) {
  return folded_in(in, {' ', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{', 0, '}'});
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

// Writes the bytes of the mask, one behind the other; out has room for 64.
inline void append_bytes(const char* /*block*/, Block in, std::uint64_t mask, char* out) {
  _mm512_storeu_si512(out, _mm512_maskz_compress_epi8(mask, in));
}

// Lanes of 16 bytes moved up by one or two, zeros behind them.
inline __m512i lanes_up_1(__m512i in) {
  return _mm512_maskz_shuffle_i64x2(0xFC, in, in, 0b10'01'00'00);
}
inline __m512i lanes_up_2(__m512i in) {
  return _mm512_maskz_shuffle_i64x2(0xF0, in, in, 0b01'00'00'00);
}

// For each of 64 steps up or down: their sum up to it and with it. before: the sum of those before, on return of all.
inline __m512i running_sum(__m512i sum, __m512i& before) {
  sum = _mm512_add_epi8(sum, _mm512_bslli_epi128(sum, 1));
  sum = _mm512_add_epi8(sum, _mm512_bslli_epi128(sum, 2));
  sum = _mm512_add_epi8(sum, _mm512_bslli_epi128(sum, 4));
  sum = _mm512_add_epi8(sum, _mm512_bslli_epi128(sum, 8));
  __m512i lanes = _mm512_shuffle_epi8(sum, _mm512_set1_epi8(15));
  lanes = _mm512_add_epi8(lanes, lanes_up_1(lanes));
  lanes = _mm512_add_epi8(lanes, lanes_up_2(lanes));
  sum = _mm512_add_epi8(_mm512_add_epi8(sum, lanes_up_1(lanes)), before);
  before = _mm512_add_epi8(before, _mm512_maskz_shuffle_i64x2(0xFF, lanes, lanes, 0xFF));
  return sum;
}

inline std::uint64_t prefix_xor(std::uint64_t in) {
  const __m128i product = _mm_clmulepi64_si128(_mm_set_epi64x(0, static_cast<std::int64_t>(in)), _mm_set1_epi8(-1), 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}
