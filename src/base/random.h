// Random: a seeded generator (SplitMix64); every choice the program makes by chance comes from one.
// Not for secrets. Not thread-safe: one per owner.
#pragma once

#include <cstdint>

namespace dray {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31U);
  }

  // Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  // Uniform in [0, 1).
  double fraction() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
  // True with probability p.
  bool chance(double p) { return fraction() < p; }

 private:
  std::uint64_t state_;
};

}  // namespace dray
