// CompactCheck: is a text exactly one JSON object or array without white space outside strings, 64 bytes at a time?
//
// Used by StrictReader only, where the processor has the instructions. Most of the grammar is a rule about neighbours:
// what may stand before a quote, a comma, a number; those are compared for 64 bytes at once. What is left is a rule
// about what stands in which container, and is looked at among brackets, commas and colons alone:
//   - a colon stands behind '{' or a comma (with the name between them), a '{' before a colon or its '}';
//   - in an object every comma is followed by a colon, in an array none is and there are no colons: of all that stands
//     on one level, from the bracket that opens it to the one that closes it, the kind is the same.
// One object per thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "json/kernel.h"

namespace dray::json {

enum class CompactVerdict : std::uint8_t {
  value,
  no_value,
  unsure,  // white space, control bytes, a text of another size, deep nesting: somebody else must read it
};

struct CompactCheck {
  static constexpr std::size_t kBlocks = 256;
  static constexpr std::size_t kBytesMax = kBlocks * 64;
  // Some more places than there may be entries: a few are written whether or not there are as many.
  static constexpr std::size_t kEntries = kBytesMax + 64;
  // 64 bytes a mask, bit i for byte i.
  using Masks = std::array<std::uint64_t, kBlocks + 8>;

  const NameEnds* names = nullptr;  // of the members whose colons are wanted; nullptr: of all
  std::size_t mark_count = 0;
  std::size_t colon_count = 0;
  Masks outside;      // strings; of their quotes the closing ones
  Masks quotes;       // of strings
  Masks marked;       // brackets, commas and colons outside strings
  Masks colon_bytes;  // these three anywhere
  Masks comma_bytes;
  Masks opening_bytes;
  Masks starts;                               // of numbers and literals
  std::array<std::uint16_t, kBlocks> before;  // how many marks stand before a block
  std::array<char, kEntries> marks;           // themselves, one behind the other
  std::array<char, kEntries> levels;  // how many containers a mark stands in, or opens or closes: 1 is the value
  std::array<std::uint16_t, kEntries> colons;  // places of those that are wanted; of a value, those of its own members
};

// The text has 2 bytes at least, and begins with '{' or '['. Of a value, `colons` and `colon_count` are right.
using CompactCheckFunction = CompactVerdict (*)(CompactCheck& check, const char* text, std::size_t size);

// The fastest of this machine; nullptr if it has none.
CompactCheckFunction best_compact_check();

}  // namespace dray::json
