#include "output/retry_groups.h"

#include <functional>

#include "base/assert.h"

namespace dray::output {

RetryGroups::RetryGroups(std::string_view output_name) : base_(std::hash<std::string_view>{}(output_name) << 32U) {}

std::vector<flow::RetryGroup> RetryGroups::after_failure(const flow::RetryGroup& carried, std::size_t tickets,
                                                         std::size_t slot) {
  if (tickets == 0) return {};
  if (carried.id == 0 || tickets == 1) return {tickets, {.id = fresh_id(), .members = tickets, .slot = slot}};
  const std::size_t first_half = (tickets + 1) / 2;
  std::vector<flow::RetryGroup> groups(first_half, {.id = fresh_id(), .members = first_half, .slot = slot});
  groups.resize(tickets, {.id = fresh_id(), .members = tickets - first_half, .slot = slot});
  return groups;
}

std::uint64_t RetryGroups::fresh_id() {
  ++made_;
  DRAY_ASSERT(made_ < (std::uint64_t{1} << 32U));
  return base_ | made_;
}

bool GroupTally::finished(const flow::RetryGroup& group) {
  if (finished_.size() >= kGroupsMax && !finished_.contains(group.id)) finished_.erase(finished_.begin());
  const auto entry = finished_.try_emplace(group.id, 0).first;
  if (++entry->second < group.members) return false;
  finished_.erase(entry);
  return true;
}

}  // namespace dray::output
