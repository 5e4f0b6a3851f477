#include "route/selector.h"

namespace dray::route {

Selection Selector::select(std::string_view key) const {
  Selection selection;
  for (std::size_t i = 0; i < services_.size(); ++i) {
    if (services_.size() > 1 && !services_[i]->matches_key(key)) continue;
    if (!services_[i]->excludes_key(key)) return {Selection::Kind::taken, i, {}};
    selection.kind = Selection::Kind::excluded;
  }
  if (selection.kind == Selection::Kind::excluded) return selection;
  for (const auto& service : services_) {
    if (!selection.asked.empty()) selection.asked += ", ";
    selection.asked += service->definition().name;
  }
  return selection;
}

std::vector<std::string> Selector::unreachable() const {
  std::vector<std::string> names;
  bool all_taken = false;
  for (const auto& service : services_) {
    const service::Definition& definition = service->definition();
    if (all_taken) names.push_back(definition.name);
    all_taken = all_taken || (!definition.key_pattern && definition.filename_filter_rules.empty());
  }
  return names;
}

}  // namespace dray::route
