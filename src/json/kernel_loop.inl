// The loops of a kernel, included once per kernel after its functions that look at one block. Not a header of its own:
// what it uses must be compiled for the instruction set of the file that includes it, so it uses no library templates.

#include "json/block_bits.inl"

constexpr std::size_t kTogether = 64;  // blocks that are compact or not
constexpr std::size_t kNear = 512;     // bytes that are looked at ahead at first

// Bit i: byte i is inside a string, its opening quote included, its closing quote not.
inline std::uint64_t inside_strings(std::uint64_t quotes, std::uint64_t& in_string) {
  const std::uint64_t inside = prefix_xor(quotes) ^ in_string;
  in_string = static_cast<std::uint64_t>(static_cast<std::int64_t>(inside) >> 63);
  return inside;
}

// '[' and '{' have bit 1, ']' and '}' have not; '{' and '}' have bit 5, '[' and ']' have not.
constexpr unsigned kOpensBit = 1;
constexpr unsigned kObjectBit = 5;

inline void copy_padded(char* block, const char* bytes, std::size_t size) {
  __builtin_memset(block, ' ', kBlock);
  __builtin_memcpy(block, bytes, size);
}

// Where what a window has is written. Apart from it, so that no store can be meant for these.
struct Notes {
  std::uint64_t* masks;
  std::uint16_t* before;
  char* brackets;
  std::uint16_t* colons;
  std::size_t bracket_count;
  std::size_t colon_count;
};

inline Notes notes_in(ScanWindow& window) {
  return {window.masks.data(),  window.before.data(),  window.brackets.data(),
          window.colons.data(), window.bracket_count, window.colon_count};
}

// Writes down what a block has outside strings; bytes: the same as in `in`. Most blocks have at most one colon that is wanted: one is written
// always, which costs less than guessing whether there is one.
template <Collect kCollect>
[[gnu::always_inline]] inline void note_structure(Notes& notes, std::size_t number, const char* bytes, Block in,
                                                  std::uint64_t brackets, std::uint64_t colons) {
  constexpr unsigned kAlways = kCollect == Collect::all ? 4 : 1;
  notes.masks[number] = brackets;
  notes.before[number] = static_cast<std::uint16_t>(notes.bracket_count);
  append_bytes(bytes, in, brackets, notes.brackets + notes.bracket_count);
  notes.bracket_count += count(brackets);
  if (kCollect == Collect::none) {
    return;
  }
  std::uint16_t* out = notes.colons + notes.colon_count;
  notes.colon_count += count(colons);
  for (unsigned i = 0; i < kAlways; ++i, colons &= colons - 1) {
    *out++ = static_cast<std::uint16_t>(number * kBlock + lowest_or_64(colons));
  }
  for (; colons != 0; colons &= colons - 1) {
    *out++ = static_cast<std::uint16_t>(number * kBlock + lowest(colons));
  }
}

// Any block, at the end of a chunk a short one. All its colons are wanted: a name may stand apart from its colon.
inline void look_at_any(ScanWindow& window, std::size_t block, const char* bytes, std::size_t size) {
  char padded[kBlock];
  if (size < kBlock) {
    copy_padded(padded, bytes, size);
    bytes = padded;
  }
  const BlockMasks masks = block_masks(bytes);
  const std::uint64_t escaped = escaped_bytes(masks.backslash, window.escaped);
  if (size < kBlock) {
    // The bytes behind are blanks, and no run of backslashes goes on there.
    window.escaped = (escaped >> size) & 1U;
  }
  const std::uint64_t outside = ~inside_strings(masks.quote & ~escaped, window.in_string);
  Notes notes = notes_in(window);
  note_structure<Collect::all>(notes, block, bytes, load(bytes), masks.bracket & outside, masks.colon & outside);
  window.bracket_count = notes.bracket_count;
  window.colon_count = notes.colon_count;
  window.blanks.data()[block] = ((masks.blank & outside) | masks.line_feed) & first_bits(size);
}

// Is there one that is no bracket? Eight bytes behind the last are written over.
inline bool any_space(const char* brackets, char* end) {
  constexpr std::uint64_t kEach = 0x4040404040404040ULL;  // a bit that brackets have and white space has not
  std::uint64_t all = kEach;
  std::uint64_t some = kEach;
  __builtin_memcpy(end, &some, sizeof some);
  for (; brackets < end; brackets += sizeof some) {
    __builtin_memcpy(&some, brackets, sizeof some);
    all &= some;
  }
  return all != kEach;
}

// Whole blocks that may be compact: without control bytes and white space outside strings. Most are. Nothing here
// depends on what came out of a block but the one bit whether a string is open, so that many blocks are under way at
// once; only a backslash is a branch. False if they are not compact; then nothing was noted. after_compact: the block
// before was compact too; if not, all colons of the first one are wanted, and nothing before it is read. Spaces outside
// strings are noted as if they were brackets, and found among these: that costs one comparison less per block.
template <Collect kCollect>
[[gnu::noinline]] bool look_at_compact(ScanWindow& window, std::size_t first, std::size_t blocks,
                                       const WantedBytes& wanted_bytes, bool after_compact) {
  const WantedBytes wanted = wanted_bytes;
  std::uint64_t in_string = window.in_string;
  std::uint64_t escaped = window.escaped;
  LowestBytes lowest_bytes = no_bytes();
  Notes notes = notes_in(window);
  std::uint64_t slashes_before = after_compact ? window.slashes : 1;
  bool unknown = !after_compact;
  const char* bytes = window.bytes + first * kBlock;
  for (std::size_t i = first; i < first + blocks; ++i, bytes += kBlock) {
    const Block block = load(bytes);
    note(lowest_bytes, block);
    const std::uint64_t slashes = backslashes(block);
    std::uint64_t string_quotes = quotes(block);
    const bool is_unusual = (slashes | slashes_before) != 0;
    const std::uint64_t before = slashes_before;
    slashes_before = slashes;
    if (__builtin_expect(static_cast<long>(is_unusual), 0) != 0) {
      string_quotes &= ~escaped_bytes(slashes, escaped);
    }
    const std::uint64_t inside = inside_strings(string_quotes, in_string);
    std::uint64_t found = 0;
    if (kCollect == Collect::named) {
      if (__builtin_expect(static_cast<long>(is_unusual), 0) == 0) {
        found = named_colons(block, bytes, wanted);
      } else if (unknown) {
        found = colons(block);
        unknown = false;
      } else {
        found = named_colons(block, bytes, wanted) | (colons(block) & behind_escapes(slashes, before));
      }
    } else if (kCollect == Collect::all) {
      found = colons(block);
    }
    note_structure<kCollect>(notes, i, bytes, block, brackets_and_spaces(block) & ~inside, found & ~inside);
  }
  if (any_control(lowest_bytes) ||
      any_space(notes.brackets + window.bracket_count, notes.brackets + notes.bracket_count)) {
    return false;
  }
  window.in_string = in_string;
  window.escaped = escaped;
  window.slashes = slashes_before;
  window.bracket_count = notes.bracket_count;
  window.colon_count = notes.colon_count;
  return true;
}

// Blocks that are not compact, or may not be.
inline void look_at_some(ScanWindow& window, std::size_t first, std::size_t end) {
  if (!window.has_blanks) {
    window.has_blanks = true;
    __builtin_memset(window.blanks.data(), 0, first * sizeof(std::uint64_t));
  }
  std::uint64_t blanks = 0;
  for (std::size_t block = first; block < end; ++block) {
    const std::size_t left = window.size - block * kBlock;
    look_at_any(window, block, window.bytes + block * kBlock, left < kBlock ? left : kBlock);
    blanks |= window.blanks.data()[block];
  }
  window.compact = blanks == 0;
}

// Makes the window from `bytes` on. What was compact, or was not, is likely to go on like that.
template <Collect kCollect>
[[gnu::noinline]] void look_ahead(ScanState& state, const char* bytes, std::size_t size) {
  const WantedBytes wanted = wanted_bytes(kCollect == Collect::named ? *state.names : NameEnds{});
  ScanWindow& window = state.window;
  const bool goes_on = state.place.taken != 0;
  window.in_string = goes_on ? window.in_string : 0;
  window.escaped = goes_on ? window.escaped : 0;
  window.bytes = bytes;
  window.size = size < window.reach ? size : window.reach;
  window.collect = kCollect;
  window.has_blanks = false;
  window.bracket_count = 0;
  window.colon_count = 0;
  window.next_colon = 0;
  const std::size_t whole = window.size / kBlock;
  bool known = false;
  for (std::size_t block = 0; block < whole;) {
    const std::size_t some = whole - block < kTogether ? whole - block : kTogether;
    known = window.compact && look_at_compact<kCollect>(window, block, some, wanted, known);
    if (!known) {
      look_at_some(window, block, block + some);
    } else if (window.has_blanks) {
      __builtin_memset(window.blanks.data() + block, 0, some * sizeof(std::uint64_t));
    }
    block += some;
  }
  if (whole * kBlock != window.size) {
    const bool compact = window.compact;
    look_at_some(window, whole, whole + 1);
    window.compact = compact;
  }
  write_levels(window.brackets.data(), window.bracket_count, window.levels.data());
}

// How many brackets of the window stand before a place.
inline std::size_t brackets_before(const ScanWindow& window, std::size_t place) {
  const std::size_t block = place / kBlock;
  return window.before.data()[block] + count(window.masks.data()[block] & first_bits(place % kBlock));
}

// The place of a bracket. from: a place at or before it.
inline std::size_t place_of(const ScanWindow& window, std::size_t bracket, std::size_t from) {
  const std::size_t blocks = (window.size + kBlock - 1) / kBlock;
  std::size_t block = from / kBlock;
  // The last block before which no more brackets stand.
  while (true) {
    const std::size_t some = blocks - block < kCounts ? blocks - block : kCounts;
    const std::size_t up_to = counts_up_to(window.before.data() + block, some, static_cast<std::uint16_t>(bracket));
    block += up_to;
    if (up_to < some || block == blocks) {
      break;
    }
  }
  --block;
  return block * kBlock +
         nth_bit(window.masks.data()[block], static_cast<unsigned>(bracket - window.before.data()[block]));
}

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

// Opens and closes the brackets [from, to) of the window, up to the one that ends the scan; state.end says why. Returns
// how many are taken. That opening and closing are branches is meant: records are alike, and what came before lets the
// processor guess what comes (arithmetic instead was slower, measured).
inline std::size_t nest(ScanState& state, std::size_t from, std::size_t to) {
  const char* brackets = state.window.brackets.data();
  std::uint8_t* depths = state.window.depths.data();
  ScanPlace place = {.kinds = state.place.kinds, .depth = state.place.depth};
  std::size_t at = from;
  while (at != to) {
    depths[at] = static_cast<std::uint8_t>(place.depth < 2 ? place.depth : 2);
    const auto bracket = static_cast<std::uint64_t>(brackets[at++]);
    const std::uint64_t opens = (bracket >> kOpensBit) & 1U;
    if ((place.depth & 63U) == 0 && !step_over_border(state, place, opens != 0)) {
      break;
    }
    const std::uint64_t object = (bracket >> kObjectBit) & 1U;
    if ((~opens & (place.kinds ^ object) & 1U) != 0) {
      state.end = ScanEnd::mismatched;
      break;
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
        break;
      }
      place.kinds = state.outer.data()[place.depth / 64 - 1];
    }
  }
  depths[at] = static_cast<std::uint8_t>(place.depth < 2 ? place.depth : 2);
  state.place.kinds = place.kinds;
  state.place.depth = place.depth;
  return at - from;
}

// Sets next_colon to the first at or behind a place; nearly always it is there already, or a few before it.
inline void find_next_colon(ScanWindow& window, std::size_t place) {
  const std::uint16_t* colons = window.colons.data();
  // A value may begin inside one that was no good.
  while (window.next_colon > 0 && colons[window.next_colon - 1] >= place) {
    --window.next_colon;
  }
  while (window.next_colon < window.colon_count && colons[window.next_colon] < place) {
    ++window.next_colon;
  }
}

// The next of the window's colons up to `end` that are of the first level. offset: of the window's start in the value.
template <class IsFirstLevel>
[[gnu::always_inline]] inline void collect(ScanState& state, std::size_t end, std::uint64_t offset,
                                           const IsFirstLevel& is_first_level) {
  ScanWindow& window = state.window;
  std::uint32_t* out = state.colons + state.colon_count;
  std::size_t next = window.next_colon;
  for (; next < window.colon_count && window.colons.data()[next] < end; ++next) {
    const std::size_t colon = window.colons.data()[next];
    *out = static_cast<std::uint32_t>(offset + colon);
    out += is_first_level(brackets_before(window, colon)) ? 1 : 0;
  }
  window.next_colon = next;
  state.colon_count = static_cast<std::size_t>(out - state.colons);
}

// A value of few brackets that begins and ends in the window; 0 if it is none, else its size.
template <Collect kCollect>
[[gnu::always_inline]] inline std::size_t take_short(ScanState& state, std::size_t begin, std::size_t first,
                                                     std::size_t last) {
  ScanWindow& window = state.window;
  const ShortValue value = short_value(window.brackets.data() + first, window.levels.data() + first, last - first);
  if (value.brackets == 0) {
    return 0;
  }
  state.end = ScanEnd::done;
  const std::size_t end = place_of(window, first + value.brackets - 1, begin) + 1;
  if (kCollect != Collect::none) {
    collect(state, end, std::uint64_t{0} - begin,
            [&](std::size_t bracket) { return (value.first_level >> (bracket - first) & 1U) != 0; });
  }
  return end - begin;
}

// Takes what the window has of bytes[0, size); returns how many were taken.
template <Collect kCollect>
[[gnu::always_inline]] inline std::size_t take_window(ScanState& state, const char* bytes, std::size_t size) {
  ScanWindow& window = state.window;
  const auto begin = static_cast<std::size_t>(bytes - window.bytes);
  const std::size_t first = brackets_before(window, begin);
  std::size_t end = window.size;
  std::size_t last = window.bracket_count;
  if (size < end - begin) {
    end = begin + size;
    last = brackets_before(window, end);
  }
  const bool fresh = state.place.taken == 0;
  const std::size_t taken = fresh ? take_short<kCollect>(state, begin, first, last) : 0;
  if (taken != 0) {
    end = begin + taken;
  } else {
    const std::size_t nested = nest(state, first, last);
    if (state.end != ScanEnd::more) {
      end = place_of(window, first + nested - 1, begin) + 1;
    }
    if (kCollect != Collect::none) {
      collect(state, end, state.place.taken - begin,
              [&](std::size_t bracket) { return window.depths.data()[bracket] == 1; });
    }
  }
  if (window.has_blanks) {
    for (std::size_t at = begin - begin % kBlock; at < end; at += kBlock) {
      const std::uint64_t from = at < begin ? ~std::uint64_t{0} << (begin % kBlock) : ~std::uint64_t{0};
      state.place.blanks |= window.blanks.data()[at / kBlock] & from & first_bits(end - at);
    }
  }
  state.place.taken += end - begin;
  return end - begin;
}

// How far to look ahead at `from`: further each time, as long as what was looked at is used up. What begins inside it and
// must be looked at again (quotes that do not pair) could otherwise cost a whole window every few bytes.
inline std::size_t next_reach(const ScanState& state, const char* from) {
  const ScanWindow& window = state.window;
  const bool given_up = static_cast<std::size_t>(from - window.bytes) < window.size;
  const bool alone = state.ahead_end == nullptr && state.place.taken == 0;
  if (given_up || alone || window.reach == 0) {
    return kNear;
  }
  return window.reach * 2 < ScanWindow::kBytes ? window.reach * 2 : ScanWindow::kBytes;
}

template <Collect kCollect>
[[gnu::noinline]] std::size_t scan_collecting(ScanState& state, const char* bytes, std::size_t size) {
  ScanWindow& window = state.window;
  std::size_t done = 0;
  while (done < size && state.end == ScanEnd::more) {
    const char* const from = bytes + done;
    const auto in_window = static_cast<std::size_t>(from - window.bytes);
    // Another value in the window begins where the window, too, has a bracket outside strings, or is not what the
    // window was looked at for.
    const bool known =
        in_window < window.size && window.collect >= kCollect &&
        (state.place.taken != 0 || (window.masks.data()[in_window / kBlock] >> (in_window % kBlock) & 1U) != 0);
    if (!known) {
      window.reach = next_reach(state, from);
      look_ahead<kCollect>(
          state, from, state.ahead_end != nullptr ? static_cast<std::size_t>(state.ahead_end - from) : size - done);
    }
    if (kCollect != Collect::none) {
      find_next_colon(window, static_cast<std::size_t>(from - window.bytes));
      // One more is written than is kept.
      if (state.colon_capacity - state.colon_count <= window.colon_count - window.next_colon) {
        state.end = ScanEnd::colons_full;
        break;
      }
    }
    done += take_window<kCollect>(state, from, size - done);
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

// Of a number or a literal, or of what is no JSON.
inline bool is_scalar(char byte) {
  switch (byte) {
    case '{':
    case '}':
    case '[':
    case ']':
    case ':':
    case ',':
    case '"': return false;
    default: return true;
  }
}

std::size_t compact(const char* bytes, std::size_t size, char* out) {
  std::uint64_t in_string = 0;
  std::uint64_t escaped = 0;
  char* end = out;
  bool left_out = false;  // white space, since the last byte
  for (std::size_t done = 0; done < size; done += kBlock) {
    const std::size_t length = size - done < kBlock ? size - done : kBlock;
    char padded[kBlock];
    const char* block = bytes + done;
    if (length < kBlock) {
      copy_padded(padded, block, length);
      block = padded;
    }
    const BlockMasks masks = block_masks(block);
    const std::uint64_t inside = inside_strings(masks.quote & ~escaped_bytes(masks.backslash, escaped), in_string);
    std::uint64_t kept = first_bits(length) & (inside | ~white_space(block));
    std::size_t behind = 0;  // the last run
    while (kept != 0) {
      const unsigned start = lowest(kept);
      // In JSON never two of them with nothing but white space between; so it stays what it is, and does not become JSON.
      left_out |= start != behind;
      if (left_out && end != out && is_scalar(end[-1]) && is_scalar(block[start])) {
        *end++ = ' ';
      }
      left_out = false;
      const std::uint64_t gap = ~(kept >> start);
      const unsigned run = gap == 0 ? static_cast<unsigned>(kBlock) : lowest(gap);
      __builtin_memcpy(end, block + start, run);
      end += run;
      behind = start + run;
      kept = start + run >= kBlock ? 0 : kept & ~first_bits(start + run);
    }
    left_out |= behind < length;
  }
  return static_cast<std::size_t>(end - out);
}
