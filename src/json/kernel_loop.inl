// The loops of a kernel, included once per kernel after its block_masks() and prefix_xor(). Not a header of its own:
// what it uses must be compiled for the instruction set of the file that includes it, so it uses no library templates.
// The string and escape masks follow the published method of simdjson (Langdale, Lemire: "Parsing Gigabytes of JSON
// per Second", 2019, sections 3.1.1 and 3.1.2).

constexpr std::size_t kBlock = 64;

inline unsigned lowest(std::uint64_t bits) {
  return static_cast<unsigned>(__builtin_ctzll(bits));
}

inline std::uint64_t first_bits(std::size_t count) {
  return count >= kBlock ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

// Bit i: byte i is escaped by a backslash before it. carry: whether byte 0 is, on return whether the byte after `size`
// is. Bytes beyond size are blanks, so the run of backslashes cannot go on there.
inline std::uint64_t escaped_bytes(std::uint64_t backslashes, std::uint64_t& carry, std::size_t size) {
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
  const bool overflow = __builtin_add_overflow(odd_starts, backslashes, &even_runs);
  const std::uint64_t escaped = (kEven ^ (even_runs << 1U)) & follows;
  carry = size == kBlock ? static_cast<std::uint64_t>(overflow) : (escaped >> size) & 1U;
  return escaped;
}

// Bit i: byte i is inside a string, its opening quote included, its closing quote not.
inline std::uint64_t inside_strings(const BlockMasks& masks, std::uint64_t& in_string, std::uint64_t& escaped,
                                    std::size_t size) {
  const std::uint64_t quotes = masks.quote & ~escaped_bytes(masks.backslash, escaped, size);
  const std::uint64_t inside = prefix_xor(quotes) ^ in_string;
  in_string = static_cast<std::uint64_t>(static_cast<std::int64_t>(inside) >> 63);
  return inside;
}

inline void collect_colons(ScanState& state, std::uint64_t colons) {
  std::uint32_t* out = state.colons + state.colon_count;
  const auto base = static_cast<std::uint32_t>(state.taken);
  for (; colons != 0; colons &= colons - 1) {
    *out++ = base + lowest(colons);
  }
  state.colon_count = static_cast<std::size_t>(out - state.colons);
}

// Opens or closes one bracket; false at the end of the value or at a fault.
inline bool step(ScanState& state, char bracket) {
  if (bracket == '{' || bracket == '[') {
    if (state.depth == kDepthMax) {
      state.end = ScanEnd::too_deep;
      return false;
    }
    const std::uint64_t bit = std::uint64_t{1} << (state.depth % 64);
    std::uint64_t& word = state.objects.data()[state.depth / 64];
    word = bracket == '{' ? word | bit : word & ~bit;
    ++state.depth;
    return true;
  }
  const bool closes_object = bracket == '}';
  if (state.depth == 0) {
    state.end = ScanEnd::mismatched;
    return false;
  }
  const std::uint32_t open = state.depth - 1;
  if ((((state.objects.data()[open / 64] >> (open % 64)) & 1U) != 0) != closes_object) {
    state.end = ScanEnd::mismatched;
    return false;
  }
  state.depth = open;
  if (open == 0) {
    state.end = ScanEnd::done;
    return false;
  }
  return true;
}

// One block; returns the bytes taken: all, or up to and with the bracket that ended the scan.
inline std::size_t scan_block(ScanState& state, const char* bytes, const BlockMasks& masks, std::size_t size) {
  const std::uint64_t outside = ~inside_strings(masks, state.in_string, state.escaped, size);
  std::uint64_t brackets = masks.bracket & outside;
  std::uint64_t colons = state.collect ? masks.colon & outside : 0;
  // A line feed counts wherever it stands: no record may hold one.
  const std::uint64_t blanks = ((masks.blank & outside) | masks.line_feed) & first_bits(size);
  while (brackets != 0) {
    const unsigned at = lowest(brackets);
    const std::uint64_t before = first_bits(at);
    if (state.depth == 1 && colons != 0) {
      collect_colons(state, colons & before);
    }
    colons &= ~before;
    brackets &= brackets - 1;
    if (!step(state, bytes[at])) {
      state.blanks |= (blanks & before) != 0;
      return at + 1U;
    }
  }
  if (state.depth == 1) {
    collect_colons(state, colons);
  }
  state.blanks |= blanks != 0;
  return size;
}

inline void copy_padded(char* block, const char* bytes, std::size_t size) {
  __builtin_memset(block, ' ', kBlock);
  __builtin_memcpy(block, bytes, size);
}

std::size_t scan(ScanState& state, const char* bytes, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    if (state.collect && state.colon_capacity - state.colon_count < kBlock) {
      state.end = ScanEnd::colons_full;
      return done;
    }
    const std::size_t left = size - done;
    const std::size_t length = left < kBlock ? left : kBlock;
    char padded[kBlock];
    const char* block = bytes + done;
    if (length < kBlock) {
      copy_padded(padded, block, length);
      block = padded;
    }
    const std::size_t used = scan_block(state, block, block_masks(block), length);
    done += used;
    state.taken += used;
    if (state.end != ScanEnd::more) {
      return done;
    }
  }
  return done;
}

std::size_t compact(const char* bytes, std::size_t size, char* out) {
  std::uint64_t in_string = 0;
  std::uint64_t escaped = 0;
  char* end = out;
  for (std::size_t done = 0; done < size; done += kBlock) {
    const std::size_t length = size - done < kBlock ? size - done : kBlock;
    char padded[kBlock];
    const char* block = bytes + done;
    if (length < kBlock) {
      copy_padded(padded, block, length);
      block = padded;
    }
    const std::uint64_t inside = inside_strings(block_masks(block), in_string, escaped, length);
    std::uint64_t kept = first_bits(length) & (inside | ~white_space(block));
    while (kept != 0) {
      const unsigned start = lowest(kept);
      const std::uint64_t gap = ~(kept >> start);
      const unsigned run = gap == 0 ? static_cast<unsigned>(kBlock) : lowest(gap);
      __builtin_memcpy(end, block + start, run);
      end += run;
      kept = start + run >= kBlock ? 0 : kept & ~first_bits(start + run);
    }
  }
  return static_cast<std::size_t>(end - out);
}
