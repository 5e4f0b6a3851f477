// Selector: which service of an input decodes an object (design: "Which service decodes an object").
//
// One service in the input: it takes every object. Several: asked in the file's order, the first that takes the key
// decodes it, alone. A service takes it when its key_pattern matches and its filename filters do not exclude it.
// Excluded by all that matched: excluded (done, 0 events). Matched by none: none (left on the queue). Immutable; any
// thread.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "route/router.h"

namespace dray::route {

struct Selection {
  enum class Kind { taken, excluded, none };
  Kind kind = Kind::none;
  std::size_t index = 0;  // of the service, if taken
  std::string asked;      // if none: the services' names, comma separated
};

class Selector {
 public:
  // In the file's order; not empty.
  explicit Selector(std::vector<std::shared_ptr<const CompiledService>> services) : services_(std::move(services)) {}
  [[nodiscard]] Selection select(std::string_view key) const;
  // Services that can never decode anything because one before them takes every object; `check` warns of them.
  [[nodiscard]] std::vector<std::string> unreachable() const;

 private:
  std::vector<std::shared_ptr<const CompiledService>> services_;
};

}  // namespace dray::route
