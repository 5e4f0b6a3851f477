// Simulation: one seed, one run: the real pipeline, acknowledger and delivery engine in a simulated world.
//
// Phase 1 with faults (safety): nothing is deleted that was not read. Phase 2 without (liveness): everything drains.
// Returns what was wrong, or nothing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dray::sim {

struct Verdict {
  std::vector<std::string> complaints;
  std::string summary;  // one line
};

struct SimulationOptions {
  std::uint64_t seed = 1;
  bool verbose = false;  // the collector's log on stderr
};

Verdict simulate(const SimulationOptions& options);

}  // namespace dray::sim
