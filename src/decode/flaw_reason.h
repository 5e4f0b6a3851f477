// reason_of: what is wrong with a record that is not what its format promises, in a few words for a message.
//
// Used where such a record is told of: by FlawSink, and by `dray try`. Names a place in the record (bytes from 0), and
// nothing of what stands there. Reads the record anew: for the rare case. Pure; any thread.
#pragma once

#include <string>

#include "flow/record.h"

namespace dray::decode {

// "no JSON at byte 12". Empty without a flaw.
std::string reason_of(const flow::Record& record);

}  // namespace dray::decode
