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

// Do calls have what no two of them share: session tokens, the result tokens of Config, the second id of S3? Published
// objects do, and gzip makes a sixth to an eighth of them. Without, records differ in ids, times and names alone.
enum class Tokens { some, none };

// One line {"Records":[…]} of CloudTrail management events, at least so many bytes; gzip makes about a seventh of them,
// without tokens a fifteenth.
std::string cloudtrail_plain(std::uint64_t seed, std::size_t bytes_min, Tokens tokens = Tokens::some);

// One gzip member (ISA-L's level 3) holding the text `times` times over.
std::string gzip(std::string_view plain, int times = 1);

}  // namespace dray::bench
