// The loops of a kernel, included once per kernel after its functions that look at one block. Not a header of its own:
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

inline unsigned count(std::uint64_t bits) {
  return static_cast<unsigned>(__builtin_popcountll(bits));
}

// What is outside strings in one block.
struct Structure {
  std::uint64_t brackets;
  std::uint64_t colons;  // those that are wanted
};

// Which colons a scan collects.
enum class Collect { none, all, named };

// '[' and '{' have bit 1, ']' and '}' have not; '{' and '}' have bit 5, '[' and ']' have not.
constexpr unsigned kOpensBit = 1;
constexpr unsigned kObjectBit = 5;

// Before a bracket where `kinds` is full, or nothing is open; false at a fault.
inline bool step_over_border(ScanState& state, const ScanPlace& place, bool opens) {
  if (opens && place.depth == kDepthMax) {
    state.end = ScanEnd::too_deep;
    return false;
  }
  if (opens && place.depth != 0) {
    state.outer.data()[place.depth / 64 - 1] = place.kinds;
  }
  return true;
}

// Opens and closes all brackets of a block; returns 0. Or up to the one that ends the scan: returns the bytes up to and
// with it, and state.end says why. That opening and closing are branches is meant: records are alike, and what
// came before lets the processor guess how many brackets a block has (arithmetic instead was slower, measured).
[[gnu::always_inline]] inline std::size_t nest(ScanState& state, ScanPlace& place, const char* bytes,
                                               std::uint64_t brackets) {
  for (; brackets != 0; brackets &= brackets - 1) {
    const unsigned at = lowest(brackets);
    const auto bracket = static_cast<std::uint64_t>(bytes[at]);
    const std::uint64_t opens = (bracket >> kOpensBit) & 1U;
    if ((place.depth & 63U) == 0 && !step_over_border(state, place, opens != 0)) {
      return at + 1U;
    }
    const std::uint64_t object = (bracket >> kObjectBit) & 1U;
    if ((~opens & (place.kinds ^ object) & 1U) != 0) {
      state.end = ScanEnd::mismatched;
      return at + 1U;
    }
    if (opens != 0) {
      place.kinds = (place.kinds << 1U) | object;
      ++place.depth;
      continue;
    }
    place.kinds >>= 1U;
    --place.depth;
    if ((place.depth & 63U) == 0) {
      if (place.depth == 0) {
        state.end = ScanEnd::done;
        return at + 1U;
      }
      place.kinds = state.outer.data()[place.depth / 64 - 1];
    }
  }
  return 0;
}

// In a block without brackets all colons are of the first level, or none is. Most blocks have few: so many are written
// always, which costs less than guessing how many there are.
template <unsigned kAlways>
[[gnu::always_inline]] inline void collect_flat(ScanState& state, std::uint64_t colons, std::uint64_t base) {
  constexpr std::uint64_t kSome = std::uint64_t{1} << 63U;  // of none there is no lowest
  std::uint32_t* out = state.colons + state.colon_count;
  state.colon_count += count(colons);
  for (unsigned i = 0; i < kAlways; ++i, colons &= colons - 1) {
    *out++ = static_cast<std::uint32_t>(base) + lowest(colons | kSome);
  }
  for (; colons != 0; colons &= colons - 1) {
    *out++ = static_cast<std::uint32_t>(base) + lowest(colons);
  }
}

// Those of the first level among brackets. depth: at the block's start.
inline void collect_nested(ScanState& state, const Structure& block, const char* bytes, std::uint64_t base,
                           std::uint32_t depth) {
  std::uint32_t* out = state.colons + state.colon_count;
  const std::uint64_t opening = block.brackets & bits_set(bytes, kOpensBit);
  const std::uint64_t closing = block.brackets & ~opening;
  for (std::uint64_t colons = block.colons; colons != 0; colons &= colons - 1) {
    const std::uint64_t before = (colons & (0 - colons)) - 1;
    const std::uint32_t here = depth + count(opening & before) - count(closing & before);
    *out = static_cast<std::uint32_t>(base) + lowest(colons);
    out += here == 1 ? 1 : 0;
  }
  state.colon_count = static_cast<std::size_t>(out - state.colons);
}

// Takes the brackets and colons of a block; returns what nest() returns. wanted_colons: std::uint64_t(), asked only
// where colons of the first level may stand.
template <Collect kCollect, class WantedColons>
[[gnu::always_inline]] inline std::size_t take_structure(ScanState& state, ScanPlace& place, const char* bytes,
                                                         std::uint64_t brackets, const WantedColons& wanted_colons) {
  const std::uint32_t depth = place.depth;
  if (brackets == 0) {
    if (kCollect != Collect::none && depth == 1) {
      collect_flat<kCollect == Collect::all ? 4 : 1>(state, wanted_colons(), place.taken);
    }
    return 0;
  }
  const std::size_t ended = nest(state, place, bytes, brackets);
  if (kCollect != Collect::none) {
    const std::uint64_t taken = ended == 0 ? ~std::uint64_t{0} : first_bits(ended);
    const Structure block{brackets, wanted_colons() & taken};
    if (block.colons != 0) {
      collect_nested(state, block, bytes, place.taken, depth);
    }
  }
  return ended;
}

template <Collect kCollect>
inline bool has_room(const ScanState& state) {
  return kCollect == Collect::none || state.colon_capacity - state.colon_count >= kBlock;
}

// Any block, at the end of a chunk a short one; returns the bytes taken. All its colons are wanted: a name may hold an
// escape here, or stand apart from its colon.
template <Collect kCollect>
[[gnu::noinline]] std::size_t scan_any(ScanState& state, const char* bytes, std::size_t size) {
  ScanPlace& place = state.place;
  const BlockMasks masks = block_masks(bytes);
  const std::uint64_t outside = ~inside_strings(masks, place.in_string, place.escaped, size);
  place.plain_before = masks.backslash == 0 && size == kBlock && masks.blank >> (kBlock - 1) == 0;
  const std::size_t ended =
      take_structure<kCollect>(state, place, bytes, masks.bracket & outside, [&] { return masks.colon & outside; });
  const std::size_t used = ended == 0 ? size : ended;
  // A line feed counts wherever it stands: no record may hold one.
  place.blanks |= ((masks.blank & outside) | masks.line_feed) & first_bits(used);
  place.taken += used;
  return used;
}

inline void copy_padded(char* block, const char* bytes, std::size_t size) {
  __builtin_memset(block, ' ', kBlock);
  __builtin_memcpy(block, bytes, size);
}

// Field by field: a copy of the whole would be made in pieces of other sizes than those that were just stored, and such
// loads wait.
inline void copy_place(const ScanPlace& from, ScanPlace& to) {
  to.in_string = from.in_string;
  to.escaped = from.escaped;
  to.taken = from.taken;
  to.kinds = from.kinds;
  to.blanks = from.blanks;
  to.depth = from.depth;
  to.plain_before = from.plain_before;
}

// Plain blocks, as long as they come: without backslashes and white space, behind one without backslashes and white
// space at its end, so that what stands before a colon is the end of a name as written. Most are.
// `bytes` must have a block before it, where names may stand that end in this one.
template <Collect kCollect>
[[gnu::always_inline]] inline std::size_t scan_plain(ScanState& state, const char* bytes, std::size_t size,
                                                     const WantedBytes& wanted) {
  // A copy, so that no store of a colon can be meant for it.
  ScanPlace place;
  copy_place(state.place, place);
  std::size_t done = 0;
  std::size_t ended = 0;
  while (ended == 0 && size - done >= kBlock && is_plain(bytes + done) && has_room<kCollect>(state)) {
    const char* block = bytes + done;
    const std::uint64_t inside = prefix_xor(quotes(block)) ^ place.in_string;
    place.in_string = static_cast<std::uint64_t>(static_cast<std::int64_t>(inside) >> 63);
    ended = take_structure<kCollect>(state, place, block, brackets(block) & ~inside, [&] {
      return ~inside & (kCollect == Collect::named ? named_colons(block, wanted) : colons(block));
    });
    // Always a whole block: where the next one is must not depend on what this one holds, or it cannot be begun before
    // this one is done.
    done += kBlock;
    place.taken += kBlock;
  }
  if (ended != 0) {
    done -= kBlock - ended;
    place.taken -= kBlock - ended;
  }
  copy_place(place, state.place);
  return done;
}

template <Collect kCollect>
[[gnu::noinline]] std::size_t scan_collecting(ScanState& state, const char* bytes, std::size_t size) {
  const WantedBytes wanted = wanted_bytes(kCollect == Collect::named ? *state.names : NameEnds{});
  std::size_t done = 0;
  while (done < size && state.end == ScanEnd::more) {
    if (!has_room<kCollect>(state)) {
      state.end = ScanEnd::colons_full;
      break;
    }
    if (size - done < kBlock) {
      char padded[kBlock];
      copy_padded(padded, bytes + done, size - done);
      return done + scan_any<kCollect>(state, padded, size - done);
    }
    done += scan_any<kCollect>(state, bytes + done, kBlock);
    if (state.place.plain_before && state.end == ScanEnd::more) {
      done += scan_plain<kCollect>(state, bytes + done, size - done, wanted);
    }
  }
  return done;
}

std::size_t scan(ScanState& state, const char* bytes, std::size_t size) {
  if (!state.collect) {
    return scan_collecting<Collect::none>(state, bytes, size);
  }
  return state.names == nullptr ? scan_collecting<Collect::all>(state, bytes, size)
                                : scan_collecting<Collect::named>(state, bytes, size);
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
