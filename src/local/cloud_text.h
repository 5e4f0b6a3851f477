// The small spellings the local cloud's answers are made of: times, request ids, XML escaping, form fields.
// Pure functions, except IdSource, which is thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"

namespace dray::local {

std::string iso_time(WallTime when);                            // 2024-03-05T09:10:11.123Z
std::string iso_seconds(WallTime when);                         // 2024-03-05T09:10:11Z
std::string http_date(WallTime when);                           // Tue, 05 Mar 2024 09:10:11 GMT (RFC 9110 5.6.7)
std::optional<WallTime> parse_amz_date(std::string_view text);  // 20240305T091011Z

std::string xml_escape(std::string_view text);

// a=b&c=d, names and values decoded; '+' is a space if `plus_is_space` (forms, not S3 queries). Of a doubled name
// the last counts.
using Fields = std::map<std::string, std::string, std::less<>>;
Fields parse_fields(std::string_view text, bool plus_is_space);

// Key as it stands in an S3 event: what Java's URLEncoder makes of it, with '/' left (formats.md 2.1).
std::string encode_event_key(std::string_view key);

class IdSource {
 public:
  explicit IdSource(std::uint64_t seed) : random_(seed) {}
  std::string uuid();
  std::string upper_hex(std::size_t digits);
  std::uint64_t number();

 private:
  std::mutex mutex_;
  Random random_;
};

}  // namespace dray::local
