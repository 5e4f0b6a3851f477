// expand: takes `${NAME}` and `${NAME:-default}` from the environment, inside one value of the configuration.
//
// An unset name without default is an error; a name set to nothing counts as unset when a default is given (as in a
// shell). `$${` is a literal `${`; a `$` before anything else stays. What comes in is not expanded again. Pure; any
// thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dray::config {

using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// The error's message says what is wrong and names the variable, never a value.
Result<std::string> expand(std::string_view text, const Environment& environment);

}  // namespace dray::config
