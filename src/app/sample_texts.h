// The plain texts of the demo's sample objects, made from a seed.
//
// Shaped like what AWS writes (CloudTrail, VPC flow logs, Application Load Balancer logs; the documents are named in
// services/*.yaml) and like an application's own JSON lines. All of it is invented: documentation addresses (RFC
// 5737, RFC 3849), account 111122223333, names under example. Same seed, same text. Used by samples.cc. Pure; any
// thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.h"

namespace dray::app {

inline constexpr std::string_view kSampleAccount = "111122223333";
inline constexpr std::string_view kSampleRegion = "eu-west-1";

// Of the seconds since 1970 UTC. "2024-03-05T09:10:11Z"
std::string iso_time(std::int64_t seconds);

// {"Records":[…]} on one line without a line end: API calls of several AWS services from `start` on.
std::string cloudtrail_sample(Random& random, std::size_t records, std::int64_t start);
// The same with Insights events: pairs of start and end.
std::string cloudtrail_insight_sample(Random& random, std::size_t records, std::int64_t start);
// What lies under CloudTrail-Digest/: signatures of log files, no events.
std::string cloudtrail_digest_sample(Random& random, std::int64_t start);

// A header line, then flow records; now and then NODATA.
std::string vpc_flow_sample(Random& random, std::size_t records, std::int64_t start);

std::string alb_access_sample(Random& random, std::size_t records, std::int64_t start);
std::string alb_connection_sample(Random& random, std::size_t records, std::int64_t start);

// JSON lines of an application that is called checkout: members time, level, logger, message and more.
std::string application_sample(Random& random, std::size_t records, std::int64_t start);

}  // namespace dray::app
