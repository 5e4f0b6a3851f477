// Kernel: the inner loops of the JSON scan, one set per instruction set, chosen when the program runs.
//
// Used inside json/ only; tests run every kernel the machine has and compare. The loops are written once, in
// kernel_loop.inl, and compiled once per kernel. Any thread; one ScanState per scan.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "json/name_ends.h"

namespace dray::json {

// Nesting a value may have. Real logs stay under 20; a hostile one must not cost memory or stack.
inline constexpr std::uint32_t kDepthMax = 1024;

enum class ScanEnd : std::uint8_t {
  more,         // the chunk is used up
  colons_full,  // fewer free places for colons than the window has
  done,         // the value's last bracket was taken
  mismatched,   // a closing bracket of the wrong kind
  too_deep,     // more than kDepthMax open brackets
};

// Which colons a scan collects.
enum class Collect : std::uint8_t { none, named, all };

// A stretch of bytes that was looked at ahead of the scan, 64 bytes a mask: bit i stands for byte i. It depends on the
// bytes alone and on what is open where it begins, so that the next value in it need not be looked at again.
struct ScanWindow {
  static constexpr std::size_t kBlocks = 256;
  static constexpr std::size_t kBytes = kBlocks * 64;
  // Some more places than there may be entries: a few are written whether or not there are as many.
  static constexpr std::size_t kEntries = kBytes + 64;
  using Masks = std::array<std::uint64_t, kBlocks>;

  const char* bytes = nullptr;
  std::size_t size = 0;   // of the bytes; 0: nothing was looked at
  std::size_t reach = 0;  // how many there were to be
  // Behind it: all ones inside a string; 1 if the next byte is escaped.
  std::uint64_t in_string = 0;
  std::uint64_t escaped = 0;
  std::uint64_t slashes = 0;  // of its last block, if that is compact
  std::size_t bracket_count = 0;
  std::size_t colon_count = 0;
  std::size_t next_colon = 0;  // the first behind the last value
  Collect collect = Collect::none;
  bool compact = true;                             // the last blocks had no white space outside strings
  bool has_blanks = false;                         // false: `blanks` is not filled
  Masks masks;                                     // of the brackets outside strings
  Masks blanks;                                    // white space outside strings, and any line feed
  std::array<std::uint16_t, kBlocks + 32> before;  // how many brackets stand before a block
  std::array<char, kEntries> brackets;             // themselves, one behind the other
  std::array<char, kEntries> levels;           // how many more of them open than close up to each and with it, mod 256
  std::array<std::uint8_t, kEntries> depths;   // of the value, before each bracket; 2 stands for all that is deeper
  std::array<std::uint16_t, kEntries> colons;  // places of those outside strings that are wanted
};

// What changes from block to block.
struct ScanPlace {
  std::uint64_t taken = 0;   // bytes of the value so far
  std::uint64_t kinds = 0;   // of the open containers, the innermost is bit 0: 1 for an object
  std::uint64_t blanks = 0;  // not 0: white space outside strings, or a line feed anywhere
  std::uint32_t depth = 0;
};

struct ScanState {
  ScanPlace place;
  std::uint32_t* colons = nullptr;
  std::size_t colon_count = 0;
  std::size_t colon_capacity = 0;
  const NameEnds* names = nullptr;  // nullptr: the colons of all members
  bool collect = false;
  ScanEnd end = ScanEnd::more;
  std::array<std::uint64_t, kDepthMax / 64> outer{};  // `kinds` of the outer containers, 64 a word
  const char* ahead_end = nullptr;  // how far bytes may be looked at ahead; nullptr: to the chunk's end
  ScanWindow window;
};

struct Kernel {
  std::string_view name;
  // Takes bytes until the chunk ends or state.end says why not; returns how many.
  std::size_t (*scan)(ScanState& state, const char* bytes, std::size_t size);
  // Copies without white space outside strings, but for one blank where two scalars meet; out has room for size + 64
  // bytes. Returns the bytes written.
  std::size_t (*compact)(const char* bytes, std::size_t size, char* out);
};

const Kernel& best_kernel();
// Those this machine can run, the best first.
std::span<const Kernel* const> usable_kernels();

}  // namespace dray::json
