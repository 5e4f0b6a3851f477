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

namespace dray::json {

// Nesting a value may have. Real logs stay under 20; a hostile one must not cost memory or stack.
inline constexpr std::uint32_t kDepthMax = 1024;

enum class ScanEnd : std::uint8_t {
  more,         // the chunk is used up
  colons_full,  // fewer than 64 free places for colons
  done,         // the value's last bracket was taken
  mismatched,   // a closing bracket of the wrong kind
  too_deep,     // more than kDepthMax open brackets
};

// How the names of the members that are looked for end: their last byte is one of `last`, the one before it one of
// `before_last` (the opening quote, if the name has one byte). A byte stands at the place of its low four bits, so that
// one shuffle compares with all of them; where there is none stands a byte that never equals what is looked up there.
struct NameEnds {
  using Bytes = std::array<char, 16>;
  Bytes last{};
  Bytes before_last{};
};

// What changes from block to block.
struct ScanPlace {
  std::uint64_t in_string = 0;  // all ones inside a string
  std::uint64_t escaped = 0;    // 1 if the next byte is escaped
  std::uint64_t taken = 0;      // bytes of the value so far
  std::uint64_t kinds = 0;      // of the open containers, the innermost is bit 0: 1 for an object
  std::uint64_t blanks = 0;     // not 0: white space outside strings, or a line feed anywhere
  std::uint32_t depth = 0;
  bool plain_before = false;  // the block before was whole, without a backslash, and does not end in white space
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
};

struct Kernel {
  std::string_view name;
  // Takes bytes until the chunk ends or state.end says why not; returns how many.
  std::size_t (*scan)(ScanState& state, const char* bytes, std::size_t size);
  // Copies without white space outside strings; out has room for size + 64 bytes. Returns the bytes written.
  std::size_t (*compact)(const char* bytes, std::size_t size, char* out);
};

const Kernel& best_kernel();
// Those this machine can run, the best first.
std::span<const Kernel* const> usable_kernels();

}  // namespace dray::json
