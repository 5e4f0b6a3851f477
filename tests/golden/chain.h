// One object through the whole chain, with a definition written on the spot: what the quirks are shown with.
// Not thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "decoded_object.h"
#include "service/definition.h"

namespace dray::golden {

// `file_format` of that type (config in YAML) and a constant tag; more keys of a definition behind it.
service::Definition definition_of(const std::string& format, const std::string& config = "{}",
                                  const std::string& more = "routing_template: my.app.quirk.shown");

struct Chained {
  std::vector<std::string> events;
  std::string code;  // of the error that ended it; "" if none did
  bool operator==(const Chained&) const = default;
};

Chained chained(const service::Definition& definition, std::string_view stored, std::size_t chunk,
                const std::string& key = "in/quirk");

// The chain gives exactly that, in one piece, in single bytes and in pieces of seven.
void expect_chained(const service::Definition& definition, std::string_view stored,
                    const std::vector<std::string>& events, const std::string& code = {});

}  // namespace dray::golden
