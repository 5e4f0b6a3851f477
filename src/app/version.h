// The program's version, as CMake's project() says it.
#pragma once

namespace dray::app {

#ifndef DRAY_VERSION
#define DRAY_VERSION "unknown"
#endif
inline constexpr const char* kVersion = DRAY_VERSION;

}  // namespace dray::app
