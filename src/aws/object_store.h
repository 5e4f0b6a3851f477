// ObjectStore: S3 as the collector uses it. The seam at which tests and the simulation put a store of their own.
//
// Implemented by aws/s3_client.h over HTTP. One GET is one attempt with the retries that need no knowledge of the
// body (wrong region once, expired credentials once, connection refused); resuming after a cut is
// object/'s work. Blocks; thread-safe across calls; the sink is called on the caller's thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/byte_sink.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/stop.h"

namespace dray::aws {

struct GetRequest {
  std::string bucket;
  std::string key;           // decoded
  std::string region;        // of the bucket, "" = the configured one
  std::string version_id;    // "" = current
  std::uint64_t offset = 0;  // > 0, or length > 0: Range: bytes=offset-
  std::string if_match;      // ETag without quotes, "" = none
  std::uint64_t length = 0;  // > 0: no more than these; a server that ignores the range sends more
  bool from_end = false;     // the last `length` bytes; offset is 0 (Range: bytes=-length). 0 bytes: "InvalidRange"
};

// Told once per GET, before the first byte of the body.
struct ObjectHead {
  std::string etag;          // without quotes
  std::uint64_t size = 0;    // bytes of the whole object, also for a ranged answer
  std::uint64_t offset = 0;  // where the body begins (0 if the server ignored the range)
};

class BodySink : public ByteSink {
 public:
  virtual Status begin(const ObjectHead& head) = 0;
};

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;

  // Pushes the body into the sink as it arrives: begin(), write()…, never finish(). Ok only if Content-Length bytes
  // came. A cut is {transient, "short_body"} after what arrived was pushed. 404/403/archived/412: kinds poison,
  // denied, poison, {transient, "PreconditionFailed"}. An error of the sink is returned unchanged and ends the
  // transfer.
  virtual Status get(const GetRequest& request, BodySink& sink, const Stop& stop) = 0;
};

}  // namespace dray::aws
