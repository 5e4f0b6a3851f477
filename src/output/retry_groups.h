// RetryGroups: which tickets are sent again together after their epoch failed (delivery.md rule 9).
//
// The first failure keeps an epoch's tickets together; from the second on they are halved in byte order, so that one
// event that makes the receiver reset is alone after at most eleven rounds and its co-riders are proven on the way.
// GroupTally: how many of a group's tickets were streamed again, so that its epoch need not wait for a timer. One
// owner each; no threads of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "flow/ticket.h"

namespace dray::output {

class RetryGroups {
 public:
  // The output's name keeps the ids of two outputs apart: a ticket carries a group through both.
  explicit RetryGroups(std::string_view output_name);

  // For each of `tickets` (in byte order) of an epoch that carried the group `carried`, the group it is sent again in.
  [[nodiscard]] std::vector<flow::RetryGroup> after_failure(const flow::RetryGroup& carried, std::size_t tickets,
                                                            std::size_t slot);

 private:
  [[nodiscard]] std::uint64_t fresh_id();

  const std::uint64_t base_;
  std::uint64_t made_ = 0;
};

class GroupTally {
 public:
  // One more of the group's tickets was streamed. True when it was the last.
  [[nodiscard]] bool finished(const flow::RetryGroup& group);

 private:
  static constexpr std::size_t kGroupsMax = 4096;  // groups whose tickets were given up never complete
  std::unordered_map<std::uint64_t, std::size_t> finished_;
};

}  // namespace dray::output
