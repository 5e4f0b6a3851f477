// GeneratedText: texts that are hard to decode, made from a seed: pieces of lines, CSV, JSON, Records arrays, envelopes
// of CloudWatch, whole or damaged. For the property tests. Same seed, same text. Pure; any thread.
#pragma once

#include <cstdint>
#include <string>

namespace dray::golden {

// Some 50 to 600 bytes of one of the kinds.
std::string generated_text(std::uint64_t seed);

}  // namespace dray::golden
