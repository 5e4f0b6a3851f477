// Pattern: an RE2 that is searched in a text. Compiled at the start, shared by all threads, immutable.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dray::route {

class Pattern {
 public:
  // Error (config): what RE2 says against it, without the key that it stands under.
  static Result<Pattern> compile(const std::string& text);
  [[nodiscard]] bool found_in(std::string_view text) const {
    return RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *expression_);
  }

 private:
  explicit Pattern(std::shared_ptr<const RE2> expression) : expression_(std::move(expression)) {}
  std::shared_ptr<const RE2> expression_;
};

}  // namespace dray::route
