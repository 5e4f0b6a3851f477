// LineFeeds: where the line feeds of a stretch of bytes stand, all of them at once.
//
// Used by LineCutter. Looking for one at a time (memchr) costs a call and a wrong guess of the processor per line; here
// a stretch is compared 64 bytes at a time and the places are written without a branch that depends on the bytes
// (AVX-512 or AVX2 where the processor has it, else memchr). One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace dray::format {

class LineFeeds {
 public:
  // The most that find() takes at once.
  static constexpr std::size_t kBytesMax = 2048;

  // Offsets in `bytes` (kBytesMax of them at most), ascending; valid until the next call.
  std::span<const std::uint16_t> find(std::string_view bytes);

 private:
  // Some more places than there may be line feeds: a few are written whether or not there are as many.
  std::array<std::uint16_t, kBytesMax + 64> places_;  // NOLINT(cppcoreguidelines-pro-type-member-init): find() fills it
};

}  // namespace dray::format
