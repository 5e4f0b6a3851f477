// The catalogue of formats, made from splitters.def.
#include <array>

#include "format/splitter.h"

namespace dray::format {

#define DRAY_FORMAT(name) extern const Format name;
#include "format/splitters.def"
#undef DRAY_FORMAT

namespace {

constexpr auto kFormats = std::to_array<const Format*>({
#define DRAY_FORMAT(name) &(name),
#include "format/splitters.def"
#undef DRAY_FORMAT
});

}  // namespace

std::span<const Format* const> all_formats() {
  return kFormats;
}

const Format* find_format(std::string_view name) {
  for (const Format* format : kFormats) {
    if (format->name == name) {
      return format;
    }
  }
  return nullptr;
}

}  // namespace dray::format
