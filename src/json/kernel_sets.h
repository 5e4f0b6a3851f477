// The kernels that exist; kernel.cc chooses among them. Used inside json/ only.
#pragma once

#include "json/compact_check.h"
#include "json/kernel.h"

namespace dray::json {

#if defined(__x86_64__)
extern const Kernel kAvx512Kernel;
extern const CompactCheckFunction kCompactCheckAvx512;
extern const Kernel kAvx2Kernel;
#endif
extern const Kernel kPortableKernel;

}  // namespace dray::json
