// The two spellings of time in AWS's answers. Pure; any thread.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace dray::aws {

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7, the only form servers may send).
std::optional<WallTime> parse_http_date(std::string_view text);
// "2026-01-02T03:04:05Z", with or without a fraction of the second, which is dropped.
std::optional<WallTime> parse_iso_date(std::string_view text);

}  // namespace dray::aws
