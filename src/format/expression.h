// Expression: an RE2 that formats search in a line. Compiled by check(), and again by make(). Immutable; any thread.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dray::format {

class Expression {
 public:
  // Error (config, "bad_option"): what RE2 says against it.
  static Result<Expression> compile(const std::string& text);
  [[nodiscard]] bool found_in(std::string_view line) const {
    return RE2::PartialMatch(re2::StringPiece(line.data(), line.size()), *expression_);
  }

 private:
  explicit Expression(std::shared_ptr<const RE2> expression) : expression_(std::move(expression)) {}
  std::shared_ptr<const RE2> expression_;
};

}  // namespace dray::format
