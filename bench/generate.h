// The sample objects of the benchmarks: made from a seed, shaped and compressible like the real thing, in no way real.
//
// Addresses are of the documentation ranges, accounts are invented. Same seed, same bytes. Pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace dray::bench {

// VPC flow lines (version 2, a header line first), at least so many bytes; gzip makes about a seventh of them.
std::string vpc_flow_plain(std::uint64_t seed, std::size_t bytes_min);

// One line {"Records":[…]} of CloudTrail management events, at least so many bytes; gzip makes about a tenth of them.
std::string cloudtrail_plain(std::uint64_t seed, std::size_t bytes_min);

// One gzip member (ISA-L's level 3) holding the text `times` times over.
std::string gzip(std::string_view plain, int times = 1);

}  // namespace dray::bench
