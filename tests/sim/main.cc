// Runs seeds. `dray_sim --seeds 2000`; one of them, with the collector's log: `dray_sim --seed 17 --verbose`.

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "sim/simulation.h"

extern "C" const char* __asan_default_options();
// A crashed collector is left in memory, as it would be in life.
extern "C" const char* __asan_default_options() {
  return "detect_leaks=0";
}

int main(int argc, char** argv) {
  std::uint64_t first = 1;
  std::uint64_t count = 100;
  dray::sim::SimulationOptions options;
  bool summaries = false;
  for (int i = 1; i < argc; ++i) {
    const auto number = [&] { return i + 1 < argc ? std::strtoull(argv[++i], nullptr, 10) : 0; };
    if (std::strcmp(argv[i], "--seeds") == 0) {
      count = number();
    } else if (std::strcmp(argv[i], "--first") == 0) {
      first = number();
    } else if (std::strcmp(argv[i], "--seed") == 0) {
      first = number();
      count = 1;
      summaries = true;
    } else if (std::strcmp(argv[i], "--verbose") == 0) {
      options.verbose = true;
    } else if (std::strcmp(argv[i], "--summaries") == 0) {
      summaries = true;
    } else {
      std::fprintf(stderr, "usage: dray_sim [--first N] [--seeds N] [--seed N] [--verbose] [--summaries]\n");
      return 64;
    }
  }
  std::uint64_t failed = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    options.seed = seed;
    const dray::sim::Verdict verdict = dray::sim::simulate(options);
    if (summaries || !verdict.complaints.empty()) std::printf("%s\n", verdict.summary.c_str());
    if (verdict.complaints.empty()) continue;
    ++failed;
    for (const std::string& complaint : verdict.complaints) std::printf("  %s\n", complaint.c_str());
    std::printf("  reproduce: %s --seed %llu --verbose\n", argv[0], static_cast<unsigned long long>(seed));
    std::fflush(stdout);
  }
  std::printf("%llu seeds, %llu failed\n", static_cast<unsigned long long>(count),
              static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}
