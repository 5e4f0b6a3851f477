// Arithmetic on masks of 64 bytes, bit i for byte i. Not a header of its own: it must be compiled for the instruction set
// of the file that includes it. The string and escape masks follow the published method of simdjson (Langdale, Lemire:
// "Parsing Gigabytes of JSON per Second", 2019, sections 3.1.1 and 3.1.2).

constexpr std::size_t kBlock = 64;

inline unsigned lowest(std::uint64_t bits) {
  return static_cast<unsigned>(__builtin_ctzll(bits));
}

inline unsigned lowest_or_64(std::uint64_t bits) {
  return bits == 0 ? 64 : static_cast<unsigned>(__builtin_ctzll(bits));
}

inline std::uint64_t first_bits(std::size_t count) {
  return count >= kBlock ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

// Bit i: byte i is escaped by a backslash before it. carry: whether byte 0 is, on return whether the byte behind the
// block is.
inline std::uint64_t escaped_bytes(std::uint64_t backslashes, std::uint64_t& carry) {
  if (backslashes == 0) {
    const std::uint64_t escaped = carry;
    carry = 0;
    return escaped;
  }
  constexpr std::uint64_t kEven = 0x5555555555555555ULL;
  backslashes &= ~carry;
  const std::uint64_t follows = (backslashes << 1U) | carry;
  const std::uint64_t odd_starts = backslashes & ~kEven & ~follows;
  std::uint64_t even_runs = 0;
  carry = __builtin_add_overflow(odd_starts, backslashes, &even_runs) ? 1 : 0;
  return (kEven ^ (even_runs << 1U)) & follows;
}

inline unsigned count(std::uint64_t bits) {
  return static_cast<unsigned>(__builtin_popcountll(bits));
}

// Where the colon of a name may stand whose last two bytes come from an escape, at least in part: up to eight places
// behind the backslash of \uXXXX, with one byte and the quote between. before: the backslashes of the block before.
inline std::uint64_t behind_escapes(std::uint64_t backslashes, std::uint64_t before) {
  std::uint64_t near = backslashes | (backslashes << 1U);
  near |= near << 2U;
  near |= near << 4U;
  near |= near << 1U;
  return near | (before >> 56U != 0 ? 0xFF : 0);
}

