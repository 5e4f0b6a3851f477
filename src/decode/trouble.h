// trouble_of: the class of `on_error` (docs/errors.md) that an error of decoding belongs to.
//
// One table from the codes of codec/, format/ and this room; a code that is not in it counts as a corrupt object, so
// that a new one is never without a disposition. Pure; any thread.
#pragma once

#include <optional>

#include "base/result.h"
#include "flow/disposition.h"

namespace dray::decode {

// The error that a quarantine answers which cannot take any more: what it was asked to take stays on the queue.
inline constexpr const char* kQuarantineUnavailable = "quarantine_unavailable";

// What becomes of an object in trouble whose rest is not sent raw: `on_error`'s word, or leave: where send_raw found no
// text to send, and where delete was said of one record but its format cannot go on behind it.
flow::Disposition unsent_disposition(const flow::Dispositions& dispositions, flow::Trouble trouble);

// Nothing if the user has no say in it: the fault may pass (not poison), or a quarantine could not take it.
std::optional<flow::Trouble> trouble_of(const Error& error);

}  // namespace dray::decode
