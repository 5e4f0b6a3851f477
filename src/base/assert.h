// DRAY_ASSERT: our own bugs end the process, in release builds too.
//
// Never assert on input, on the network or on configuration: those are Errors. A failed assertion prints the condition
// and its place on stderr and calls std::abort(); nothing is deleted from a queue after it, so a crash costs duplicates
// at most.
#pragma once

namespace dray {

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line);

}  // namespace dray

#define DRAY_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::dray::assertion_failed(#condition, __FILE__, __LINE__))
