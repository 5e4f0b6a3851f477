#include "aws/endpoints.h"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/encoding.h"
#include "base/secret.h"

namespace dray::aws {
namespace {

struct Partition {
  std::string_view region_prefix;
  std::string_view suffix;
};

constexpr auto kPartitions = std::to_array<Partition>({{"cn-", "amazonaws.com.cn"},
                                                       {"us-isob-", "sc2s.sgov.gov"},
                                                       {"us-isof-", "csp.hci.ic.gov"},
                                                       {"eu-isoe-", "cloud.adc-e.uk"},
                                                       {"us-iso-", "c2s.ic.gov"},
                                                       {"eusc-", "amazonaws.eu"}});
constexpr std::string_view kDefaultSuffix = "amazonaws.com";

bool is_host_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_' || c == ':' || c == '[' || c == ']';
}

bool is_label_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

// A bucket that can stand before the host name and under its wildcard certificate (no dots).
bool is_host_label(std::string_view bucket) {
  return bucket.size() >= 3 && bucket.size() <= 63 && bucket.front() != '-' && bucket.back() != '-' &&
         std::all_of(bucket.begin(), bucket.end(), is_label_char);
}

std::string_view host_name(std::string_view origin) {
  const std::string_view authority = origin.substr(origin.find("://") + 3);
  return authority.starts_with('[') ? authority : authority.substr(0, authority.find(':'));
}

bool is_amazon(std::string_view host) {
  const auto under = [&](std::string_view suffix) { return host.ends_with(std::string(".").append(suffix)); };
  return under(kDefaultSuffix) || under("api.aws") ||
         std::any_of(kPartitions.begin(), kPartitions.end(), [&](const Partition& p) { return under(p.suffix); });
}

Result<Endpoint> by_region(std::string_view service, const std::string& region) {
  return Endpoint{fmt::format("https://{}.{}.{}", service, region, dns_suffix(region)), ""};
}

// The setting or variable that names an endpoint for the service, and its value.
struct Named {
  std::string name;
  std::string url;
};

Named from_environment(std::string_view service, const EnvironmentLookup& environment) {
  if (environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").value_or("") == "true") return {};
  for (const std::string& name : {fmt::format("AWS_ENDPOINT_URL_{}", service), std::string("AWS_ENDPOINT_URL")}) {
    std::string url = environment(name).value_or("");
    if (!url.empty()) return {name, std::move(url)};
  }
  return {};
}

// The queue's own host, unless it is one of the legacy names that do not speak the JSON protocol.
Result<Endpoint> sqs_by_queue(const EndpointSettings& settings, const std::string& region) {
  Result<Endpoint> own = Endpoint::parse(settings.queue_url, "base_url");
  if (!own.ok()) return own;
  const std::string_view host = host_name(own->origin);
  const bool legacy = host.find("queue.amazonaws.com") != std::string_view::npos;
  if (legacy) return by_region("sqs", region);
  return Endpoint{own->origin, ""};
}

}  // namespace

std::string_view dns_suffix(std::string_view region) {
  for (const Partition& partition : kPartitions) {
    if (region.starts_with(partition.region_prefix)) return partition.suffix;
  }
  return kDefaultSuffix;
}

bool is_region_name(std::string_view text) {
  return !text.empty() && text.size() <= 40 && text.front() != '-' &&
         std::all_of(text.begin(), text.end(), is_label_char);
}

std::string_view region_of_queue_url(std::string_view queue_url) {
  const std::size_t scheme = queue_url.find("://");
  if (scheme == std::string_view::npos) return {};
  std::string_view host = queue_url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/:"));
  if (!is_amazon(host)) return {};
  std::string_view before;
  while (!host.empty()) {
    const std::string_view label = host.substr(0, host.find('.'));
    host.remove_prefix(std::min(host.size(), label.size() + 1));
    if (before == "sqs" || before == "sqs-fips" || (before.empty() && host.starts_with("queue."))) {
      if (is_region_name(label)) return label;
    }
    before = label;
  }
  return {};
}

Result<Endpoint> Endpoint::parse(std::string_view url, std::string_view name) {
  const Error fault{
      ErrorKind::config, "endpoint",
      fmt::format("{}: '{}' is not of the form https://host[:port]", name, without_userinfo(url).substr(0, 200))};
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return fault;
  if (url.substr(0, scheme) != "http" && url.substr(0, scheme) != "https") return fault;
  const std::size_t slash = std::min(url.find('/', scheme + 3), url.size());
  const std::string_view authority = url.substr(scheme + 3, slash - scheme - 3);
  if (authority.empty() || !std::all_of(authority.begin(), authority.end(), is_host_char)) return fault;
  std::string_view prefix = url.substr(slash);
  while (prefix.ends_with('/')) prefix.remove_suffix(1);
  if (prefix.find_first_of("?# ") != std::string_view::npos) return fault;
  return Endpoint{std::string(url.substr(0, slash)), std::string(prefix)};
}

Result<Endpoints> Endpoints::resolve(const EndpointSettings& settings, const EnvironmentLookup& environment) {
  Endpoints out;
  out.path_style_ = settings.path_style;
  out.region_ = settings.region;
  if (out.region_.empty()) out.region_ = region_of_queue_url(settings.queue_url);
  if (out.region_.empty()) out.region_ = environment("AWS_REGION").value_or("");
  if (out.region_.empty()) out.region_ = environment("AWS_DEFAULT_REGION").value_or("");
  if (!is_region_name(out.region_)) {
    return Error{
        ErrorKind::config, "region",
        fmt::format("region '{}' is not an AWS region: set `region` of the input, such as us-east-1", out.region_)};
  }
  const auto chosen = [&](std::string_view service, const std::string& setting, std::string_view key) {
    return setting.empty() ? from_environment(service, environment) : Named{std::string(key), setting};
  };

  Named sqs = chosen("SQS", settings.sqs, "endpoints.sqs");
  const Result<Endpoint> queue = Endpoint::parse(settings.queue_url, "base_url");
  if (settings.sqs.empty() && queue.ok() && !is_amazon(host_name(queue->origin))) sqs = {"base_url", queue->origin};
  Result<Endpoint> sqs_endpoint =
      sqs.url.empty() ? sqs_by_queue(settings, out.region_) : Endpoint::parse(sqs.url, sqs.name);
  if (!sqs_endpoint.ok()) return std::move(sqs_endpoint).error();
  out.sqs_ = std::move(sqs_endpoint).value();

  const Named sts = chosen("STS", settings.sts, "endpoints.sts");
  Result<Endpoint> sts_endpoint = sts.url.empty() ? by_region("sts", out.region_) : Endpoint::parse(sts.url, sts.name);
  if (!sts_endpoint.ok()) return std::move(sts_endpoint).error();
  out.sts_ = std::move(sts_endpoint).value();

  const Named s3 = chosen("S3", settings.s3, "endpoints.s3");
  if (!s3.url.empty()) {
    Result<Endpoint> s3_endpoint = Endpoint::parse(s3.url, s3.name);
    if (!s3_endpoint.ok()) return std::move(s3_endpoint).error();
    out.s3_ = std::move(s3_endpoint).value();
  }
  return out;
}

BucketAddress Endpoints::bucket(std::string_view bucket, std::string_view region) const {
  const Endpoint base =
      s3_.has_value() ? *s3_ : Endpoint{fmt::format("https://s3.{}.{}", region, dns_suffix(region)), ""};
  const bool in_path = path_style_.value_or(s3_.has_value()) || !is_host_label(bucket);
  if (in_path) return {base.origin, fmt::format("{}/{}", base.prefix, percent_encode(bucket, false))};
  const std::size_t host = base.origin.find("://") + 3;
  return {fmt::format("{}{}.{}", base.origin.substr(0, host), bucket, base.origin.substr(host)), base.prefix};
}

}  // namespace dray::aws
