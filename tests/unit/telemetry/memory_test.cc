#include "telemetry/memory.h"

#include <gtest/gtest.h>

namespace dray::telemetry {
namespace {

TEST(Memory, PrintsTheLineOfTheProduct) {
  const MemoryUse before{20.44, 36175872, 430461419};
  const MemoryUse after{20.36, 35735470, 429937131};
  EXPECT_EQ(gc_text(before, after),
            "[GC] global: 20.4% -> 20.4%, process: RSS(34.50MiB -> 34.08MiB), VMS(410.52MiB -> 410.02MiB)");
}

TEST(Memory, SizesHaveTwoDecimalsAndABinaryUnit) {
  EXPECT_EQ(size_text(0), "0.00B");
  EXPECT_EQ(size_text(1023), "1023.00B");
  EXPECT_EQ(size_text(1024), "1.00KiB");
  EXPECT_EQ(size_text(std::uint64_t{5} << 30U), "5.00GiB");
  EXPECT_EQ(size_text(std::uint64_t{5000} << 40U), "5000.00TiB");
}

TEST(Memory, ReadsTheKernelsTexts) {
  const MemoryUse use =
      parse_memory_use("105093 8725 1234 10 0 20 0\n",
                       "MemTotal:       16000000 kB\nMemFree:  1 kB\nMemAvailable:   12000000 kB\n", 4096);
  EXPECT_EQ(use.vms_bytes, 105093U * 4096);
  EXPECT_EQ(use.rss_bytes, 8725U * 4096);
  EXPECT_DOUBLE_EQ(use.machine_percent, 25.0);
}

TEST(Memory, UnreadableTextsCountAsNothing) {
  const MemoryUse use = parse_memory_use("", "", 4096);
  EXPECT_EQ(use.rss_bytes, 0U);
  EXPECT_EQ(use.machine_percent, 0.0);
}

TEST(Memory, ThisProcessUsesSome) {
  const MemoryUse use = memory_use();
  EXPECT_GT(use.rss_bytes, 100000U);
  EXPECT_GE(use.vms_bytes, use.rss_bytes);
  EXPECT_GT(use.machine_percent, 0.0);
  EXPECT_LT(use.machine_percent, 100.0);
}

}  // namespace
}  // namespace dray::telemetry
