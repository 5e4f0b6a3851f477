#include "json/kernel.h"

#include "json/kernel_sets.h"

namespace dray::json {
namespace {

#if defined(__x86_64__)
constexpr std::array<const Kernel*, 2> kKernels{&kAvx2Kernel, &kPortableKernel};

bool has_avx2() {
  return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("pclmul") != 0 &&
         __builtin_cpu_supports("bmi") != 0;
}
#else
constexpr std::array<const Kernel*, 1> kKernels{&kPortableKernel};
#endif

}  // namespace

std::span<const Kernel* const> usable_kernels() {
  const std::span<const Kernel* const> all = kKernels;
#if defined(__x86_64__)
  static const bool best = has_avx2();
  return best ? all : all.subspan(1);
#else
  return all;
#endif
}

const Kernel& best_kernel() {
  return *usable_kernels().front();
}

}  // namespace dray::json
