// ObjectRef: one S3 object that a notification names. A value; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace dray::flow {

struct ObjectRef {
  std::string bucket;
  std::string key;                    // decoded: the real key, any bytes
  std::string region;                 // of the event's record; empty if it told none
  std::string account;                // empty if it told none
  std::optional<std::uint64_t> size;  // bytes as stored
  std::string etag;                   // without quotes; empty if it told none
  std::string version_id;             // empty on unversioned buckets
  std::string sequencer;              // empty if it told none

  bool operator==(const ObjectRef&) const = default;

  // For log lines and errors. What `dray try` reads from a file has no bucket.
  [[nodiscard]] std::string url() const { return bucket.empty() ? key : "s3://" + bucket + "/" + key; }
};

}  // namespace dray::flow
