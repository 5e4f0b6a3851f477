// Within an input: who we are (credentials) and where AWS is (base_url, region, endpoints, proxy, ca_file).
#include <fmt/format.h>

#include <algorithm>

#include "base/secret.h"
#include "config/sections.h"
#include "config/url.h"

namespace dray::config {
namespace {

// Of AWS's secret access keys; ids have 20 characters.
constexpr std::size_t kSecretLength = 40;
constexpr std::string_view kQueueForm = "https://sqs.REGION.amazonaws.com/ACCOUNT/QUEUE";

std::optional<std::string> variable(const Fields& fields, const std::string& name) {
  const Environment& environment = fields.reading().around.environment;
  auto value = environment ? environment(name) : std::nullopt;
  if (value && value->empty()) return std::nullopt;
  return value;
}

std::string role(const Fields& fields, std::string_view name) {
  const auto arn = fields.text(name);
  if (!arn) return {};
  if (!arn->starts_with("arn:") || arn->find(":role/") == std::string::npos) {
    fields.error(name,
                 fmt::format("{} is no role; it looks like arn:aws:iam::123456789012:role/NAME", in_quotes(*arn)));
  }
  return *arn;
}

// The same variables as aws/credentials_provider.cc reads, which has no other source.
void check_environment_credentials(const Fields& input) {
  const bool id = variable(input, "AWS_ACCESS_KEY_ID").has_value();
  const bool secret = variable(input, "AWS_SECRET_ACCESS_KEY").has_value();
  if (id && secret) return;
  if (id != secret) {
    input.error("credentials",
                fmt::format("the environment has AWS_{0} without AWS_{1}; set both, or write "
                            "aws_access_key_id and aws_secret_access_key here",
                            id ? "ACCESS_KEY_ID" : "SECRET_ACCESS_KEY", id ? "SECRET_ACCESS_KEY" : "ACCESS_KEY_ID"));
  } else {
    input.error("credentials",
                "no access key: write aws_access_key_id and aws_secret_access_key here, or set AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY; roles are assumed with that key");
  }
}

std::string endpoint(const Fields& fields, std::string_view name) {
  const auto written = fields.text(name);
  if (!written) return {};
  const auto url = parse_url(*written);
  if (!url || (!url->path.empty() && url->path != "/")) {
    fields.error(name, fmt::format("{} is no endpoint; it looks like https://host or http://host:port",
                                   in_quotes(without_userinfo(*written))));
    return {};
  }
  if (url->scheme == "http") fields.warning(name, "http: what is read and who reads it crosses the network in clear");
  return url->origin();
}

void read_region(const Fields& fields, const std::string& of_host, Input& into) {
  const auto written = fields.text("region");
  if (written) into.region = *written;
  if (written && !of_host.empty() && of_host != *written) {
    fields.warning(
        "region", fmt::format("{} is not the region in base_url; {} is used", in_quotes(*written), in_quotes(of_host)));
  }
  if (!of_host.empty()) into.region = of_host;
  if (into.region.empty()) into.region = variable(fields, "AWS_REGION").value_or("");
  if (into.region.empty()) into.region = variable(fields, "AWS_DEFAULT_REGION").value_or("");
  if (into.region.empty() && !fields.has("region")) {
    fields.missing("region", "the queue's region, such as us-east-1; base_url does not tell it");
  }
  const bool proper = std::all_of(into.region.begin(), into.region.end(),
                                  [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (!proper) fields.error("region", fmt::format("{} is no region; one looks like us-east-1", in_quotes(into.region)));
}

void read_queue(const Fields& fields, Input& into) {
  std::string of_host;
  const auto written = fields.text("base_url");
  if (!written && !fields.has("base_url")) fields.missing("base_url", fmt::format("the queue's URL, {}", kQueueForm));
  const auto url = written ? parse_url(*written) : std::nullopt;
  if (written && (!url || url->path.size() < 2)) {
    fields.error("base_url", fmt::format("{} is no queue; its URL looks like {}", in_quotes(without_userinfo(*written)),
                                         kQueueForm));
  } else if (url) {
    into.base_url = *written;
    of_host = region_of_sqs_host(url->host);
    if (url->scheme == "http")
      fields.warning("base_url", "http: what is read and who reads it crosses the network in clear");
    if (into.endpoints.sqs.empty() && !is_aws_host(url->host)) into.endpoints.sqs = url->origin();
  }
  read_region(fields, of_host, into);
}

}  // namespace

Credentials read_credentials(const Fields& input) {
  const Fields fields = input.child("credentials", Section::credentials);
  Credentials out;
  out.access_key_id = std::string(fields.secret("aws_access_key_id").reveal());
  out.secret_access_key = fields.secret("aws_secret_access_key");
  out.session_token = fields.secret("aws_session_token");
  out.base_account_role = role(fields, "aws_base_account_role");
  out.cross_account_role = role(fields, "aws_cross_account_role");
  out.external_id = fields.secret("aws_external_id");
  const auto given = [&](const std::string& name) { return fields.has(name) || fields.has(name + "_file"); };
  const bool id = given("aws_access_key_id");
  const bool secret = given("aws_secret_access_key");
  if (id && !secret) fields.missing("aws_secret_access_key", "aws_access_key_id needs it");
  if (secret && !id) fields.missing("aws_access_key_id", "aws_secret_access_key needs it");
  if (given("aws_session_token") && !id && !secret) {
    fields.error("aws_session_token", "belongs to a key: give aws_access_key_id and aws_secret_access_key too");
  }
  if (!id && !secret) check_environment_credentials(input);
  if (out.access_key_id.size() >= kSecretLength) {
    fields.error(
        "aws_access_key_id",
        "has the length of a secret key: the two seem to be exchanged (an id looks like AKIAIOSFODNN7EXAMPLE)");
    out.access_key_id.clear();
  }
  if (!out.external_id.empty() && out.cross_account_role.empty()) {
    fields.warning("aws_external_id", "is only used with aws_cross_account_role, which is not given");
  }
  return out;
}

void read_addresses(const Fields& input, Input& into) {
  const Fields endpoints = input.child("endpoints", Section::endpoints);
  into.endpoints.sqs = endpoint(endpoints, "sqs");
  into.endpoints.s3 = endpoint(endpoints, "s3");
  into.endpoints.sts = endpoint(endpoints, "sts");
  read_queue(input, into);
  if (const auto proxy = input.text("proxy")) {
    into.proxy = *proxy;
    if (!parse_url(*proxy)) {
      input.error(
          "proxy",
          "is no proxy of the form http://host:port; a name and password go into the environment's HTTPS_PROXY");
    }
  }
  if (const auto ca = input.text("ca_file")) {
    into.ca_file = placed(input.reading().around, "certs", *ca);
    check_pem(input, "ca_file", into.ca_file, "CERTIFICATE");
  }
}

}  // namespace dray::config
