// Endpoints: which address each service is reached at.
//
// The first that is given counts: the input's `endpoints`, for SQS a `base_url` outside amazonaws,
// AWS_ENDPOINT_URL_SQS|S3|STS, AWS_ENDPOINT_URL, else the partition of the region (design.md 3; suffixes: botocore
// partitions.json). AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true switches the two variables off. A value; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "aws/credentials_provider.h"
#include "base/result.h"

namespace dray::aws {

// "https://host:port/prefix" in two parts; the prefix is "" or begins with '/' and ends without one.
struct Endpoint {
  std::string origin;
  std::string prefix;

  // {config, "endpoint"}: not http(s)://host[:port][/path]. `name` goes into the message.
  static Result<Endpoint> parse(std::string_view url, std::string_view name);
};

// What the user wrote; empty texts are absent.
struct EndpointSettings {
  std::string queue_url;
  std::string region;
  std::string sqs, s3, sts;
  std::optional<bool> path_style;  // absent: for custom S3 endpoints, and bucket names that are no host label
};

// Where a request to a bucket goes.
struct BucketAddress {
  std::string origin;
  std::string path;  // before "/key": "", "/prefix", "/bucket" or "/prefix/bucket"
};

class Endpoints {
 public:
  static Result<Endpoints> resolve(const EndpointSettings& settings, const EnvironmentLookup& environment);

  [[nodiscard]] const std::string& region() const { return region_; }
  [[nodiscard]] const Endpoint& sqs() const { return sqs_; }
  [[nodiscard]] const Endpoint& sts() const { return sts_; }
  [[nodiscard]] BucketAddress bucket(std::string_view bucket, std::string_view region) const;

 private:
  std::string region_;
  Endpoint sqs_;
  Endpoint sts_;
  std::optional<Endpoint> s3_;  // custom
  std::optional<bool> path_style_;
};

// "amazonaws.com", "amazonaws.com.cn", …
std::string_view dns_suffix(std::string_view region);
// Letters, digits and '-': nothing that could turn a host name into another one.
bool is_region_name(std::string_view text);
// The region in an SQS host name ("sqs.eu-west-1.amazonaws.com"), or "".
std::string_view region_of_queue_url(std::string_view queue_url);

}  // namespace dray::aws
