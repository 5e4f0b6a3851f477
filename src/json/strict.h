// is_value: is this text exactly one JSON value (RFC 8259)?
//
// Used for `json: true` lines: a line that is not JSON must be sent as it is, its variables "null". Checks the grammar
// (numbers, literals, escapes, commas, colons, brackets), no UTF-8. Lone surrogates and doubled keys pass. Control
// bytes inside strings and NaN or Infinity do not. Nesting over kDepthMax does not. Iterative, no allocation. Pure;
// any thread.
#pragma once

#include <string_view>

namespace dray::json {

// White space around the value is allowed.
bool is_value(std::string_view text);

}  // namespace dray::json
