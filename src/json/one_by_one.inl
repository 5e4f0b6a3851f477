// What a kernel does without the instructions of AVX-512 for it. Not a header of its own: it is part of the file that
// includes it, after its Block.

// Writes the bytes of the mask, one behind the other; out has room for 64. Most blocks have no more than two: so
// many are written always, which costs less than guessing how many there are.
inline void append_bytes(const char* block, const Block& /*in*/, std::uint64_t mask, char* out) {
  constexpr std::uint64_t kSome = std::uint64_t{1} << 63U;  // of none there is no lowest
  out[0] = block[__builtin_ctzll(mask | kSome)];
  mask &= mask - 1;
  out[1] = block[__builtin_ctzll(mask | kSome)];
  for (mask &= mask - 1, out += 2; mask != 0; mask &= mask - 1) {
    *out++ = block[__builtin_ctzll(mask)];
  }
}

// Brackets are taken one by one here.
inline void write_levels(const char* /*brackets*/, std::size_t /*size*/, char* /*levels*/) {}

struct ShortValue {
  std::size_t brackets;
  std::uint64_t first_level;
};

inline ShortValue short_value(const char* /*brackets*/, const char* /*levels*/, std::size_t /*size*/) {
  return {};
}

constexpr std::size_t kCounts = 32;

// How many of the first `size` counts, kCounts at most, are no more than `most`.
inline std::size_t counts_up_to(const std::uint16_t* counts, std::size_t size, std::uint16_t most) {
  std::size_t up_to = 0;
  while (up_to < size && counts[up_to] <= most) {
    ++up_to;
  }
  return up_to;
}

inline unsigned nth_bit(std::uint64_t bits, unsigned n) {
  for (; n != 0; --n) {
    bits &= bits - 1;
  }
  return static_cast<unsigned>(__builtin_ctzll(bits));
}
