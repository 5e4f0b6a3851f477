#include "aws/session.h"

#include <vector>

#include <fmt/core.h>

#include "aws/endpoints.h"
#include "aws/role_credentials.h"
#include "aws/s3_client.h"
#include "aws/sqs_queue.h"
#include "net/http_client.h"

namespace dray::aws {
namespace {

class OpenSession final : public Session {
 public:
  OpenSession(const SessionConfig& config, Credentials keys, Endpoints endpoints, std::unique_ptr<net::HttpClient> http,
              Clock& clock, telemetry::Log& log)
      : http_(std::move(http)),
        aws_clock_(clock),
        surroundings_{*http_, clock, aws_clock_, telemetry::Logger(log, "InputProcess::AWS"),
                      static_cast<std::uint64_t>(clock.wall_now().micros)},
        keys_(std::move(keys)),
        sts_(endpoints, surroundings_) {
    const auto on_secret = [&log](const Secret& secret) { log.add_secret(secret); };
    for (const AssumeRole& role : chain_of(config)) {
      roles_.push_back(std::make_unique<RoleCredentials>(role, credentials(), sts_, surroundings_, on_secret));
    }
    queue_ = std::make_unique<SqsQueue>(config.queue_url, endpoints, surroundings_, credentials());
    store_ = std::make_unique<S3Client>(std::move(endpoints), surroundings_, credentials());
  }

  Queue& queue() override { return *queue_; }
  ObjectStore& store() override { return *store_; }

  Status check_identity(const Stop& stop) override {
    Result<SharedCredentials> resolved = credentials().current(stop, TimePoint::never());
    if (!resolved.ok()) return std::move(resolved).error();
    return {};
  }
  Result<CallerIdentity> caller_identity(const Stop& stop) override {
    return sts_.caller_identity(credentials(), stop);
  }
  Result<std::map<std::string, std::string>> queue_attributes(const Stop& stop) override {
    return queue_->attributes(stop);
  }

 private:
  // The last link: what the queue and the store are asked with.
  CredentialsProvider& credentials() {
    if (roles_.empty()) return keys_;
    return *roles_.back();
  }

  // Base role, then cross-account role; the external id belongs to the last.
  static std::vector<AssumeRole> chain_of(const SessionConfig& config) {
    std::vector<AssumeRole> chain;
    for (const std::string& arn : {config.base_role, config.cross_account_role}) {
      if (arn.empty()) continue;
      AssumeRole role;
      role.role_arn = arn;
      role.session_name = config.session_name;
      chain.push_back(std::move(role));
    }
    if (!chain.empty()) chain.back().external_id = config.external_id;
    return chain;
  }

  const std::unique_ptr<net::HttpClient> http_;
  AwsClock aws_clock_;
  const Surroundings surroundings_;
  StaticCredentials keys_;
  StsClient sts_;
  std::vector<std::unique_ptr<RoleCredentials>> roles_;
  std::unique_ptr<SqsQueue> queue_;
  std::unique_ptr<S3Client> store_;
};

Result<Credentials> keys_of(const SessionConfig& config, const EnvironmentLookup& environment) {
  if (config.access_key_id.empty()) return credentials_from_environment(environment);
  if (config.secret_access_key.empty()) {
    return Error{ErrorKind::config, "no_credentials", "aws_access_key_id is given without aws_secret_access_key"};
  }
  return Credentials{config.access_key_id, config.secret_access_key, config.session_token, std::nullopt};
}

std::string authorities_of(const SessionConfig& config, const EnvironmentLookup& environment) {
  if (!config.ca_file.empty()) return config.ca_file;
  std::string bundle = environment("AWS_CA_BUNDLE").value_or("");
  return bundle.empty() ? environment("REQUESTS_CA_BUNDLE").value_or("") : bundle;
}

}  // namespace

Result<std::unique_ptr<Session>> Session::open(SessionConfig config, Clock& clock, telemetry::Log& log,
                                               const EnvironmentLookup& environment) {
  Result<Credentials> keys = keys_of(config, environment);
  if (!keys.ok()) return std::move(keys).error();
  for (const Secret* secret : {&keys->secret_access_key, &keys->session_token, &config.external_id, &config.proxy}) {
    log.add_secret(*secret);
  }
  Result<Endpoints> endpoints = Endpoints::resolve({config.queue_url, config.region, config.sqs_endpoint,
                                                    config.s3_endpoint, config.sts_endpoint, config.path_style},
                                                   environment);
  if (!endpoints.ok()) return std::move(endpoints).error();
  net::HttpClientOptions options;
  options.proxy = config.proxy;
  options.ca_file = authorities_of(config, environment);
  Result<std::unique_ptr<net::HttpClient>> http = net::make_http_client(options, clock);
  if (!http.ok()) return std::move(http).error();
  return std::unique_ptr<Session>(std::make_unique<OpenSession>(
      config, std::move(keys).value(), std::move(endpoints).value(), std::move(http).value(), clock, log));
}

}  // namespace dray::aws
