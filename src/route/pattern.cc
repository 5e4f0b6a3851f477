#include "route/pattern.h"

#include <fmt/core.h>

namespace dray::route {

Result<Pattern> Pattern::compile(const std::string& text) {
  RE2::Options options;
  options.set_log_errors(false);
  auto expression = std::make_shared<const RE2>(text, options);
  if (expression->ok()) return Pattern(std::move(expression));
  return Error{ErrorKind::config, "bad_pattern",
               fmt::format("\"{}\" is no pattern that RE2 can read: {} (RE2 has no look-around and no back references)",
                           text, expression->error())};
}

}  // namespace dray::route
