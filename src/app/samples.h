// The sample objects of `dray demo`: what a bucket would hold after an hour of CloudTrail, VPC flow logs,
// load-balancer logs and an application's own JSON lines.
//
// Keys are written as AWS writes them; gzip where AWS compresses. Made from a seed, the same for the same seed. Pure;
// any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dray::app {

struct SampleObject {
  std::string bucket;
  std::string key;    // decoded
  std::string bytes;  // as stored
  std::size_t expected_events = 0;
  std::string service;  // that decodes it, of kSampleServices
};

std::vector<SampleObject> make_samples(std::uint64_t seed);

// The value of `services:` that decodes them all; custom_service is for the application's lines.
inline constexpr std::string_view kSampleServices = R"(aws_sqs_cloudtrail: {}
aws_sqs_vpc: {}
aws_sqs_alb: {}
custom_service:
  key_pattern: ^apps/
  file_field_definitions:
    app:
      - { operator: split, on: "/", element: 1 }
  file_format:
    type: line_split_processor
    config: { json: true }
  record_field_mapping:
    level:
      keys: [level]
      operations: [{ operator: lower }]
  line_filter_rules:
    - [{ source: record, key: level, type: match, value: debug }]
  routing_template: my.app.[file-app].[record-level]
)";

}  // namespace dray::app
