// Settlement: what becomes of a held notification. Decided by pipeline/ledger.h, carried out by ack/acknowledger.h. A
// value.
#pragma once

#include "base/clock.h"

namespace dray::flow {

enum class Verdict {
  delivered,    // every record of every object is filtered, proven in every output, or disposed of by on_error: delete
  retry_later,  // give it back; visible again after `delay`
  leave,        // we cannot process it: let its lease run out, so that the queue's redrive policy counts it
};

struct Settlement {
  Verdict verdict = Verdict::retry_later;  // no verdict means: again
  seconds delay{0};
};

}  // namespace dray::flow
