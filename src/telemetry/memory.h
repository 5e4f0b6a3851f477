// Memory: how much this process and the machine use, in the words of the product's `[GC]` lines.
//
// Used by the pipeline's periodic line and by its memory limit. Numbers come from /proc (proc(5): statm, meminfo);
// where they cannot be read they are 0. Pure reads; any thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dray::telemetry {

struct MemoryUse {
  double machine_percent = 0;   // of the machine's memory not available: (MemTotal - MemAvailable) / MemTotal
  std::uint64_t rss_bytes = 0;  // resident set of this process
  std::uint64_t vms_bytes = 0;  // virtual size of this process
};

MemoryUse memory_use();

// The same from the texts of /proc/self/statm and /proc/meminfo.
MemoryUse parse_memory_use(std::string_view statm, std::string_view meminfo, std::uint64_t page_bytes);

// `[GC] global: 20.4% -> 20.4%, process: RSS(34.50MiB -> 34.08MiB), VMS(410.52MiB -> 410.02MiB)` (devo.md 2.5)
std::string gc_text(const MemoryUse& before, const MemoryUse& after);

// Two decimals and B, KiB, MiB, GiB or TiB: "34.50MiB".
std::string size_text(std::uint64_t bytes);

}  // namespace dray::telemetry
