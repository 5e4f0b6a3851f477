// read_document: the bytes of a configuration file as a YAML tree that is safe to walk.
//
// YAML and JSON alike. On the way the variables of config/expand.h are filled in, merge keys (`<<`) are resolved as
// PyYAML does it, and the dangerous is refused: more than 4 MiB, nesting deeper than 64, an alias inside its own
// anchor, and aliases that blow up to more than 500,000 nodes. Scalars stay text: nothing is guessed to be a date,
// a number or a boolean here. Faults go to `out`; no exception leaves. Included only by config/*.cc, because it
// shows yaml-cpp. Pure; any thread.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "config/complaint.h"
#include "config/expand.h"

namespace dray::config {

inline constexpr std::size_t kDocumentBytesMax = std::size_t{4} << 20U;
inline constexpr int kDocumentDepthMax = 64;
inline constexpr std::size_t kDocumentNodesMax = 500'000;

// Empty when the text cannot be used at all. A mapping otherwise; an empty file is an empty mapping.
std::optional<YAML::Node> read_document(std::string_view text, const std::string& file, const Environment& environment,
                                        Complaints& out);

}  // namespace dray::config
