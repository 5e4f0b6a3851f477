// Exit codes, as documented in the README (sysexits.h where it has one).
#pragma once

namespace dray::app {

inline constexpr int kExitDone = 0;
inline constexpr int kExitUsage = 64;      // the command line
inline constexpr int kExitUndecoded = 65;  // `try`: input that could not be decoded
inline constexpr int kExitBug = 70;        // our own fault
inline constexpr int kExitWorkLeft = 75;   // stopped with work left; safe to start again
inline constexpr int kExitConfig = 78;     // the configuration

}  // namespace dray::app
