// NameEnds: how the names of the members that are looked for end, so that 64 bytes can be compared with all of them at
// once. Used by the scans of this room. Values; any thread.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>

namespace dray::json {

// The last byte of a name is one of `last`, the one before it one of `before_last` (the opening quote, if the name has
// one byte). A byte stands at the place of its low four bits, so that one shuffle compares with all of them; where
// there is none stands a byte that never equals what is looked up there.
struct NameEnds {
  using Bytes = std::array<char, 16>;
  Bytes last{};
  Bytes before_last{};
};

// Nothing if these cannot be told apart like this: two that share a place, an empty name, a byte over 127.
std::optional<NameEnds> ends_of(std::span<const std::string> names);

}  // namespace dray::json
