// Fault: why AWS did not do what a request asked, and what that means for whoever asked.
//
// One table (fault_table.cc) maps AWS's codes and statuses to a FaultClass, and one function maps the class to the
// ErrorKind that callers outside this room branch on. Source of the rows: aws-client.md 3, 4 and 5; botocore's retry
// lists. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace dray::aws {

enum class FaultClass {
  transient,     // try again soon
  throttle,      // try again, slower
  expired,       // the credentials have expired: fetch others
  clock_skew,    // our clock is wrong: correct the signature's time
  wrong_region,  // the bucket lives elsewhere
  denied,        // permission, credentials, queue or bucket missing
  missing,       // this object is not there
  archived,      // this object must be restored first
  changed,       // this object is another one than before
  lost,          // this receipt handle no longer leases its message
  rejected,      // AWS finds the request itself wrong
  stopped,       // we were asked to stop
  caller,        // the caller's sink refused; the error is its own
};

struct Fault {
  FaultClass fault_class = FaultClass::transient;
  Error error;
  int status = 0;           // of the answer; 0 without one
  std::string region_hint;  // wrong_region: where the bucket lives, if the answer told
  bool body_begun = false;  // bytes of the answer reached the caller's sink
};

// What a code and status mean; an unknown code is judged by its status.
FaultClass classify(int status, std::string_view code);
// The kind in which a fault leaves this room.
ErrorKind kind_of(FaultClass fault_class);

}  // namespace dray::aws
