#include "format/option_faults.h"

#include <algorithm>

namespace dray::format {

bool OptionFaults::has(std::string_view option) const {
  return std::any_of(all_.begin(), all_.end(), [&](const OptionFault& fault) {
    const std::string_view path = fault.path;
    return path.starts_with(option) &&
           (path.size() == option.size() || path[option.size()] == '[' || path[option.size()] == '.');
  });
}

std::string OptionFaults::text() const {
  std::string text;
  for (const OptionFault& fault : all_) {
    text += (text.empty() ? "config." : "; config.") + fault.path + ": " + fault.message;
  }
  return text;
}

}  // namespace dray::format
