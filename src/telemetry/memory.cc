#include "telemetry/memory.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>

namespace dray::telemetry {
namespace {

std::string read_text(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The number at the start of `text`, behind blanks; 0 if there is none.
std::uint64_t leading_number(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::uint64_t field(std::string_view meminfo, std::string_view name) {
  const std::size_t at = meminfo.find(name);
  return at == std::string_view::npos ? 0 : leading_number(meminfo.substr(at + name.size()));
}

}  // namespace

MemoryUse memory_use() {
  const long page = ::sysconf(_SC_PAGESIZE);
  return parse_memory_use(read_text("/proc/self/statm"), read_text("/proc/meminfo"),
                          page > 0 ? static_cast<std::uint64_t>(page) : 4096);
}

MemoryUse parse_memory_use(std::string_view statm, std::string_view meminfo, std::uint64_t page_bytes) {
  MemoryUse use;
  use.vms_bytes = leading_number(statm) * page_bytes;
  const std::size_t blank = statm.find(' ');
  if (blank != std::string_view::npos) use.rss_bytes = leading_number(statm.substr(blank)) * page_bytes;
  const std::uint64_t total = field(meminfo, "MemTotal:");
  const std::uint64_t available = field(meminfo, "MemAvailable:");
  if (total > 0 && available <= total) {
    use.machine_percent = 100.0 * static_cast<double>(total - available) / static_cast<double>(total);
  }
  return use;
}

std::string gc_text(const MemoryUse& before, const MemoryUse& after) {
  return fmt::format("[GC] global: {:.1f}% -> {:.1f}%, process: RSS({} -> {}), VMS({} -> {})", before.machine_percent,
                     after.machine_percent, size_text(before.rss_bytes), size_text(after.rss_bytes),
                     size_text(before.vms_bytes), size_text(after.vms_bytes));
}

std::string size_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return fmt::format("{:.2f}{}", value, kUnits[unit]);
}

}  // namespace dray::telemetry
