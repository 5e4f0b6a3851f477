#include "format/expression.h"

namespace dray::format {

Result<Expression> Expression::compile(const std::string& text) {
  RE2::Options options;
  options.set_log_errors(false);
  auto expression = std::make_shared<const RE2>(text, options);
  if (!expression->ok()) {
    return Error{ErrorKind::config, "bad_option",
                 "\"" + text + "\" is no pattern that RE2 can read: " + expression->error() +
                     " (RE2 has no look-around and no back references)"};
  }
  return Expression(std::move(expression));
}

}  // namespace dray::format
