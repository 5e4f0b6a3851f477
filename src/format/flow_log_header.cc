#include "format/flow_log_header.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace dray::format {
namespace {

constexpr auto kColumns = [] {
  auto columns = std::to_array<std::string_view>({
      // VPC version 2
      "version",
      "account-id",
      "interface-id",
      "srcaddr",
      "dstaddr",
      "srcport",
      "dstport",
      "protocol",
      "packets",
      "bytes",
      "start",
      "end",
      "action",
      "log-status",
      // 3
      "vpc-id",
      "subnet-id",
      "instance-id",
      "tcp-flags",
      "type",
      "pkt-srcaddr",
      "pkt-dstaddr",
      // 4
      "region",
      "az-id",
      "sublocation-type",
      "sublocation-id",
      // 5
      "pkt-src-aws-service",
      "pkt-dst-aws-service",
      "flow-direction",
      "traffic-path",
      // 7
      "ecs-cluster-arn",
      "ecs-cluster-name",
      "ecs-container-instance-arn",
      "ecs-container-instance-id",
      "ecs-container-id",
      "ecs-second-container-id",
      "ecs-service-name",
      "ecs-task-definition-arn",
      "ecs-task-arn",
      "ecs-task-id",
      // 8
      "reject-reason",
      // transit gateway
      "resource-type",
      "tgw-id",
      "tgw-attachment-id",
      "tgw-src-vpc-account-id",
      "tgw-dst-vpc-account-id",
      "tgw-src-vpc-id",
      "tgw-dst-vpc-id",
      "tgw-src-subnet-id",
      "tgw-dst-subnet-id",
      "tgw-src-eni",
      "tgw-dst-eni",
      "tgw-src-az-id",
      "tgw-dst-az-id",
      "tgw-pair-attachment-id",
      "packets-lost-no-route",
      "packets-lost-blackhole",
      "packets-lost-mtu-exceeded",
      "packets-lost-ttl-expired",
  });
  std::sort(columns.begin(), columns.end());
  return columns;
}();

constexpr std::size_t kLongest =
    std::max_element(kColumns.begin(), kColumns.end(), [](auto a, auto b) { return a.size() < b.size(); })->size();

bool is_lower(char byte) {
  return byte >= 'a' && byte <= 'z';
}

bool looks_like_column(std::string_view word) {
  return is_lower(word.front()) && std::all_of(word.begin(), word.end(), [](char byte) {
           return is_lower(byte) || (byte >= '0' && byte <= '9') || byte == '_' || byte == '-';
         });
}

// Cuts the next word off the line; empty at its end.
std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

}  // namespace

bool is_flow_log_column(std::string_view word) {
  if (word.empty() || word.size() > kLongest || !is_lower(word.front())) {
    return false;
  }
  std::array<char, kLongest> hyphenated{};
  std::replace_copy(word.begin(), word.end(), hyphenated.begin(), '_', '-');
  return std::binary_search(kColumns.begin(), kColumns.end(), std::string_view(hyphenated.data(), word.size()));
}

bool is_flow_log_header(std::string_view line) {
  std::string_view word = next_word(line);
  if (word.empty()) {
    return false;
  }
  for (; !word.empty(); word = next_word(line)) {
    if (!is_flow_log_column(word)) {
      return false;
    }
  }
  return true;
}

bool is_probable_flow_log_header(std::string_view line) {
  std::size_t words = 0;
  std::size_t columns = 0;
  for (std::string_view word = next_word(line); !word.empty(); word = next_word(line)) {
    if (!looks_like_column(word)) {
      return false;
    }
    ++words;
    columns += is_flow_log_column(word) ? 1U : 0U;
  }
  return words > 0 && columns * 2 >= words;
}

}  // namespace dray::format
