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
  mismatched,   // a closing bracket of the wrong kind, or with nothing open
  too_deep,     // more than kDepthMax open brackets
};

struct ScanState {
  std::uint64_t in_string = 0;  // all ones inside a string
  std::uint64_t escaped = 0;    // 1 if the next byte is escaped
  std::uint64_t taken = 0;      // bytes of the value so far
  std::uint32_t* colons = nullptr;
  std::size_t colon_count = 0;
  std::size_t colon_capacity = 0;
  std::uint32_t depth = 0;
  ScanEnd end = ScanEnd::more;
  bool collect = false;
  bool blanks = false;                                  // white space outside strings, or a line feed anywhere
  std::array<std::uint64_t, kDepthMax / 64> objects{};  // bit d: the container at depth d is an object
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
