// Url: the parts of an http(s) address in the configuration, and what an SQS queue's host name tells.
//
// Syntax: RFC 3986 without user, query and fragment. Host names of SQS: AWS General Reference, "Amazon SQS
// endpoints". Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dray::config {

struct Url {
  std::string scheme;  // http or https
  std::string host;    // lower case; an IPv6 address in brackets
  std::string port;    // "" if none is written
  std::string path;    // with its leading '/', or ""

  [[nodiscard]] std::string origin() const;  // scheme://host[:port]
};

// Empty if it is no such URL.
std::optional<Url> parse_url(std::string_view text);

bool is_aws_host(std::string_view host);
// The region in the name of an SQS host, "" if it has none (sqs.eu-west-1.amazonaws.com, eu-west-1.queue.amazonaws.com,
// queue.amazonaws.com, VPC endpoints, FIPS and dual-stack names).
std::string region_of_sqs_host(std::string_view host);

}  // namespace dray::config
