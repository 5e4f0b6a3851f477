#include "aws/service_client.h"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "aws/dates.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/random.h"

namespace dray::aws {
namespace {

constexpr milliseconds kLookForStop{100};
constexpr milliseconds kTransientBase{50};
constexpr milliseconds kThrottleBase{1000};
constexpr seconds kWaitMax{20};
constexpr seconds kServerHintSlack{5};

// Notes whether the caller's sink was reached, and whether it was the one that ended the transfer.
class WatchedSink final : public net::HttpBodySink {
 public:
  explicit WatchedSink(net::HttpBodySink* sink) : sink_(sink) {}
  Status begin(const net::HttpResponse& head) override {
    begun_ = true;
    return note(sink_->begin(head));
  }
  Status write(std::string_view chunk) override { return note(sink_->write(chunk)); }

  [[nodiscard]] bool begun() const { return begun_; }
  [[nodiscard]] bool refused() const { return refused_; }

 private:
  Status note(Status status) {
    refused_ = refused_ || !status.ok();
    return status;
  }
  net::HttpBodySink* const sink_;
  bool begun_ = false;
  bool refused_ = false;
};

std::string_view host_of(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  return scheme == std::string_view::npos ? origin : origin.substr(scheme + 3);
}

std::string_view request_id_of(const net::HttpResponse& response) {
  for (const std::string_view name : {"x-amz-request-id", "x-amzn-requestid", "x-amz-id-2"}) {
    if (const std::string_view id = response.header(name); !id.empty()) return id.substr(0, 128);
  }
  return {};
}

// x-amz-retry-after in milliseconds; 0 without one.
milliseconds server_hint(const net::HttpResponse& response) {
  const std::string_view text = response.header("x-amz-retry-after");
  std::int64_t value = 0;
  const auto [rest, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || rest != text.data() + text.size() || value < 0) return milliseconds(0);
  return milliseconds(std::min<std::int64_t>(value, 60'000));
}

bool is_worth_repeating(FaultClass fault_class) {
  return fault_class == FaultClass::transient || fault_class == FaultClass::throttle;
}

Fault transport_fault(Error error, bool refused_by_sink, bool begun) {
  Fault fault;
  if (refused_by_sink) {
    fault.fault_class = FaultClass::caller;
  } else if (error.kind == ErrorKind::stopped) {
    fault.fault_class = FaultClass::stopped;
  } else if (error.kind != ErrorKind::transient) {
    fault.fault_class = FaultClass::rejected;
  }
  fault.error = std::move(error);
  fault.body_begun = begun;
  return fault;
}

}  // namespace

void sleep_unless_stopped(Clock& clock, TimePoint until, const Stop& stop) {
  while (!stop.requested()) {
    const TimePoint now = clock.now();
    if (now >= until) return;
    clock.sleep_until(std::min(until, now + kLookForStop));
  }
}

ServiceClient::ServiceClient(ServiceTraits traits, const Surroundings& surroundings)
    : traits_(std::move(traits)), surroundings_(surroundings) {}

Outcome ServiceClient::call(const ServiceCall& call, CredentialsProvider& provider, net::HttpBodySink* sink,
                            const Stop& stop) {
  bool renewed_credentials = false;
  bool corrected_clock = false;
  int last_cost = 0;
  for (int tries = 0;;) {
    Result<SharedCredentials> credentials = provider.current(stop, call.timeouts.deadline);
    if (!credentials.ok()) return {{}, Fault{FaultClass::rejected, std::move(credentials).error(), 0, {}, false}};
    Outcome outcome = attempt(call, **credentials, sink, stop);
    if (!outcome.fault.has_value()) {
      budget_.refund(last_cost);
      return outcome;
    }
    const Fault& fault = *outcome.fault;
    if (fault.body_begun || fault.fault_class == FaultClass::caller) return outcome;
    if (fault.fault_class == FaultClass::expired && !renewed_credentials && provider.refused(*credentials)) {
      renewed_credentials = true;
      continue;
    }
    if (!corrected_clock && is_our_clock(fault, outcome.response)) {
      corrected_clock = true;
      continue;
    }
    if (!is_worth_repeating(fault.fault_class) || ++tries >= traits_.attempts_max) return outcome;
    const Duration wait = wait_before_retry(outcome, tries - 1);
    const int cost =
        fault.fault_class == FaultClass::throttle ? RetryBudget::kThrottleCost : RetryBudget::kTransientCost;
    if (!budget_.spend(cost)) {
      if (call.is_long_poll) sleep_unless_stopped(surroundings_.clock, surroundings_.clock.now() + wait, stop);
      return outcome;
    }
    last_cost = cost;
    if (!pause(wait, call.timeouts.deadline, stop).ok()) return outcome;
  }
}

Outcome ServiceClient::attempt(const ServiceCall& call, const Credentials& credentials, net::HttpBodySink* sink,
                               const Stop& stop) {
  WatchedSink watched(sink);
  const net::HttpRequest request = signed_request(call, credentials);
  Result<net::HttpResponse> answer = surroundings_.http.send(request, sink == nullptr ? nullptr : &watched, stop);
  if (!answer.ok()) return {{}, transport_fault(std::move(answer).error(), watched.refused(), watched.begun())};
  Outcome outcome{std::move(answer).value(), std::nullopt};
  if (outcome.response.status < 200 || outcome.response.status > 299) outcome.fault = fault_of(outcome.response);
  return outcome;
}

net::HttpRequest ServiceClient::signed_request(const ServiceCall& call, const Credentials& credentials) {
  net::HttpRequest request;
  request.method = call.method;
  request.url = call.origin + call.path;
  if (!call.query.empty()) request.url.append("?").append(call.query);
  request.body = call.body;
  request.timeouts = call.timeouts;
  request.body_bytes_max = call.body_bytes_max;

  const std::string timestamp = signing_timestamp(surroundings_.aws_clock.now());
  const std::string payload_hash = call.body.empty() ? std::string(kEmptyPayloadHash) : hex(sha256(call.body));
  std::vector<net::HttpHeader>& headers = request.headers;
  headers.reserve(call.headers.size() + 5);
  headers.push_back({"Host", std::string(host_of(call.origin))});
  headers.insert(headers.end(), call.headers.begin(), call.headers.end());
  headers.push_back({"X-Amz-Date", timestamp});
  if (traits_.sends_payload_hash) headers.push_back({"X-Amz-Content-Sha256", payload_hash});
  if (!credentials.session_token.empty()) {
    headers.push_back({"X-Amz-Security-Token", std::string(credentials.session_token.reveal())});
  }

  std::vector<HeaderView> views;
  views.reserve(headers.size());
  for (const net::HttpHeader& header : headers) views.push_back({header.name, header.value});
  Authorization authorization{
      credentials.access_key_id, {timestamp.substr(0, 8), call.region, traits_.service}, names_to_sign(views), {}};
  const std::string canonical = canonical_request(
      {call.method, call.path, call.query, views, payload_hash, traits_.path_rule}, authorization.signed_headers);
  authorization.signature = signature(keys_.key_for(credentials.secret_access_key, authorization.scope),
                                      string_to_sign(timestamp, authorization.scope, canonical));
  headers.push_back({"Authorization", authorization.text()});
  return request;
}

Fault ServiceClient::fault_of(const net::HttpResponse& response) const {
  ErrorBody body;
  if (traits_.errors == ErrorFormat::json)
    body = parse_json_error(response.body, response.header("x-amzn-query-error"));
  // Gateways and emulators answer in XML whatever the service speaks.
  if (body.code.empty()) body = parse_xml_error(response.body);
  Fault fault;
  fault.status = response.status;
  fault.fault_class = classify(response.status, body.code);
  const std::string_view region = response.header("x-amz-bucket-region");
  fault.region_hint = region.empty() ? body.region : std::string(region);
  const std::string_view id = request_id_of(response);
  if (!id.empty()) body.request_id = id;
  fault.error.kind = kind_of(fault.fault_class);
  fault.error.code = body.code.empty() ? fmt::format("http_{}", response.status) : body.code;
  fault.error.message = fmt::format("{}{}{}{}{}", response.status, body.code.empty() ? "" : " ", body.code,
                                    body.message.empty() ? "" : ": ", body.message);
  if (!body.request_id.empty()) fault.error.message += fmt::format(" (request id {})", body.request_id);
  return fault;
}

bool ServiceClient::is_our_clock(const Fault& fault, const net::HttpResponse& response) {
  const bool may_be = fault.fault_class == FaultClass::clock_skew || fault.error.code == "SignatureDoesNotMatch" ||
                      fault.error.code == "InvalidSignatureException";
  if (!may_be) return false;
  const std::optional<WallTime> server = parse_http_date(response.header("date"));
  if (!server.has_value() || !surroundings_.aws_clock.learn(*server)) return false;
  surroundings_.logger.warning(
      fmt::format("This machine's clock differs from AWS's by more than {} s; signatures use AWS's time now: check the "
                  "machine's time service",
                  AwsClock::kToleratedSkew.count()));
  return true;
}

Duration ServiceClient::wait_before_retry(const Outcome& outcome, int tries) {
  const Duration base =
      outcome.fault->fault_class == FaultClass::throttle ? Duration(kThrottleBase) : Duration(kTransientBase);
  const Duration bound = std::min<Duration>(base * (std::int64_t{1} << std::min(tries, 10)), kWaitMax);
  Random random(surroundings_.seed ^ (draws_.fetch_add(1, std::memory_order_relaxed) << 20U));
  const auto drawn = Duration(static_cast<Duration::rep>(static_cast<double>(bound.count()) * random.fraction()));
  const Duration hint = server_hint(outcome.response);
  return hint.count() == 0 ? drawn : std::clamp<Duration>(drawn, hint, hint + kServerHintSlack);
}

Status ServiceClient::pause(Duration wait, TimePoint deadline, const Stop& stop) {
  const TimePoint until = surroundings_.clock.now() + wait;
  if (until >= deadline) return Error{ErrorKind::transient, "timeout", "no time is left for another try"};
  sleep_unless_stopped(surroundings_.clock, until, stop);
  if (stop.requested()) return Error{ErrorKind::stopped, "stopped", "the program was asked to stop"};
  return {};
}

}  // namespace dray::aws
