#include "json/kernel.h"

#include "json/kernel_sets.h"

namespace dray::json {
namespace {

#if defined(__x86_64__)
constexpr std::array<const Kernel*, 3> kKernels{&kAvx512Kernel, &kAvx2Kernel, &kPortableKernel};

// How many of the first kernels this processor cannot run.
std::size_t too_new() {
  const bool ground = __builtin_cpu_supports("pclmul") != 0 && __builtin_cpu_supports("bmi") != 0 &&
                      __builtin_cpu_supports("popcnt") != 0;
  if (ground && __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
      __builtin_cpu_supports("avx512vbmi2") != 0 && __builtin_cpu_supports("bmi2") != 0) {
    return 0;
  }
  return ground && __builtin_cpu_supports("avx2") != 0 ? 1 : 2;
}
#else
constexpr std::array<const Kernel*, 1> kKernels{&kPortableKernel};
#endif

}  // namespace

std::span<const Kernel* const> usable_kernels() {
  const std::span<const Kernel* const> all = kKernels;
#if defined(__x86_64__)
  static const std::size_t skipped = too_new();
  return all.subspan(skipped);
#else
  return all;
#endif
}

CompactCheckFunction best_compact_check() {
#if defined(__x86_64__)
  return &best_kernel() == &kAvx512Kernel ? kCompactCheckAvx512 : nullptr;
#else
  return nullptr;
#endif
}

const Kernel& best_kernel() {
  return *usable_kernels().front();
}

}  // namespace dray::json
