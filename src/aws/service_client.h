// ServiceClient: one AWS service over HTTP: signs each request, sends it, judges the answer, and tries again where
// that is worth it. SqsQueue, S3Client and StsClient are built on it.
//
// Retries: at most attempts_max, each paid from the RetryBudget, after a wait drawn below min(20 s, base * 2^n) with
// base 50 ms, or 1 s after throttling; x-amz-retry-after lifts the wait. Free, once each: expired credentials, and a
// wrong clock of ours. Nothing is repeated after a byte of the body reached the caller's sink, nor past the deadline,
// nor after stop. Thread-safe; blocks. Source: aws-client.md 3, 8.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/aws_clock.h"
#include "aws/credentials_provider.h"
#include "aws/error_body.h"
#include "aws/fault.h"
#include "aws/retry_budget.h"
#include "aws/sigv4.h"
#include "base/clock.h"
#include "base/stop.h"
#include "net/http_client.h"
#include "telemetry/log.h"

namespace dray::aws {

// What every client of a session shares. The references outlive the clients.
struct Surroundings {
  net::HttpClient& http;
  Clock& clock;
  AwsClock& aws_clock;
  telemetry::Logger logger;
  std::uint64_t seed = 0;  // of the waits' jitter
};

enum class ErrorFormat { xml, json };

struct ServiceTraits {
  std::string service;  // as in the credential scope
  ErrorFormat errors = ErrorFormat::xml;
  PathRule path_rule = PathRule::normalized;
  bool sends_payload_hash = false;  // S3 wants x-amz-content-sha256
  int attempts_max = 4;
};

struct ServiceCall {
  std::string_view method = "GET";
  std::string origin;  // "https://host[:port]"
  std::string path = "/";
  std::string query;
  std::string region;
  std::vector<net::HttpHeader> headers;  // besides Host, the date, the token and the signature
  std::string_view body;
  net::HttpTimeouts timeouts;
  std::size_t body_bytes_max = std::size_t{64} * 1024;
  // A long poll waits even when the budget is empty, lest its caller spins.
  bool is_long_poll = false;
};

struct Outcome {
  net::HttpResponse response;  // 2xx, unless there is a fault
  std::optional<Fault> fault;
};

class ServiceClient {
 public:
  ServiceClient(ServiceTraits traits, const Surroundings& surroundings);

  Outcome call(const ServiceCall& call, CredentialsProvider& credentials, net::HttpBodySink* sink, const Stop& stop);

  [[nodiscard]] const RetryBudget& budget() const { return budget_; }

 private:
  Outcome attempt(const ServiceCall& call, const Credentials& credentials, net::HttpBodySink* sink, const Stop& stop);
  net::HttpRequest signed_request(const ServiceCall& call, const Credentials& credentials);
  Fault fault_of(const net::HttpResponse& response) const;
  bool is_our_clock(const Fault& fault, const net::HttpResponse& response);
  Duration wait_before_retry(const Outcome& outcome, int tries);
  Status pause(Duration wait, TimePoint deadline, const Stop& stop);

  const ServiceTraits traits_;
  const Surroundings surroundings_;
  SigningKeys keys_;
  RetryBudget budget_;
  std::atomic<std::uint64_t> draws_{0};
};

// Waits until then, or less if stop is requested; looks every 100 ms.
void sleep_unless_stopped(Clock& clock, TimePoint until, const Stop& stop);

}  // namespace dray::aws
