// S3Client: the ObjectStore over S3's REST interface.
//
// Addresses: endpoints.h. A bucket that lives in another region than told is asked for there, once a call, and the
// region is remembered for the bucket (x-amz-bucket-region, else <Region> of the error, else a HEAD of the bucket).
// Other retries: service_client.h, only before the body's first byte. Errors say s3://bucket/key, AWS's code, its
// text and request id; an archived object's says how to get it back. Thread-safe; blocks; holds no body. Limits: no
// checksum-mode (Content-Length, ETag and TLS guard the bytes), no SSE-C, no requester-pays, no access points.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "aws/endpoints.h"
#include "aws/object_store.h"
#include "aws/service_client.h"

namespace dray::aws {

class S3Client final : public ObjectStore {
 public:
  S3Client(Endpoints endpoints, const Surroundings& surroundings, CredentialsProvider& credentials);

  Status get(const GetRequest& request, BodySink& sink, const Stop& stop) override;

 private:
  [[nodiscard]] std::string region_for(const GetRequest& request);
  void remember(const std::string& bucket, const std::string& region);
  std::string find_region(const GetRequest& request, const Fault& fault, const std::string& asked, const Stop& stop);
  Outcome fetch(const GetRequest& request, const std::string& region, BodySink& sink, const Stop& stop);

  const Endpoints endpoints_;
  CredentialsProvider& credentials_;
  telemetry::Logger logger_;
  ServiceClient client_;
  std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> regions_;  // bucket → region, where it is not the one told
};

}  // namespace dray::aws
