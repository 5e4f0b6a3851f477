#include "config/url.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

namespace dray::config {
namespace {

constexpr std::array<std::string_view, 6> kAwsDomains = {"amazonaws.com", "amazonaws.com.cn", "amazonaws.eu",
                                                         "api.aws",       "c2s.ic.gov",       "sc2s.sgov.gov"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

bool is_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    const std::string_view inner = host.substr(1, host.size() - 2);
    return std::all_of(inner.begin(), inner.end(),
                       [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || c == ':' || c == '.'; });
  }
  return !host.empty() && host.size() <= 253 && host.front() != '.' &&
         std::all_of(host.begin(), host.end(),
                     [](char c) { return is_digit(c) || is_letter(c) || c == '.' || c == '-' || c == '_'; });
}

bool is_port(std::string_view text) {
  int port = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), port);
  return fault == std::errc() && end == text.data() + text.size() && port > 0 && port < 65536;
}

bool is_path(std::string_view path) {
  return std::all_of(path.begin(), path.end(),
                     [](char c) { return c > ' ' && c < 0x7f && c != '?' && c != '#' && c != '"' && c != '\\'; });
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

// eu-west-1, us-gov-east-1, us-iso-b-east-1: letters and '-', then a digit at the end.
bool looks_like_region(std::string_view word) {
  return std::count(word.begin(), word.end(), '-') >= 2 && is_letter(word.front()) && is_digit(word.back());
}

std::vector<std::string_view> labels(std::string_view host) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t dot = host.find('.');
    out.push_back(host.substr(0, dot));
    if (dot == std::string_view::npos) return out;
    host.remove_prefix(dot + 1);
  }
}

}  // namespace

std::string Url::origin() const {
  return scheme + "://" + host + (port.empty() ? "" : ":" + port);
}

std::optional<Url> parse_url(std::string_view text) {
  Url url;
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  url.scheme = lower(text.substr(0, colon));
  if (url.scheme != "http" && url.scheme != "https") return std::nullopt;
  text.remove_prefix(colon + 3);
  const std::size_t slash = std::min(text.find('/'), text.size());
  std::string_view authority = text.substr(0, slash);
  url.path = text.substr(slash);
  const std::size_t bracket = authority.rfind(']');
  const std::size_t port = authority.rfind(':');
  if (port != std::string_view::npos && (bracket == std::string_view::npos || port > bracket)) {
    url.port = authority.substr(port + 1);
    if (!is_port(url.port)) return std::nullopt;
    authority = authority.substr(0, port);
  }
  url.host = lower(authority);
  if (!is_host(url.host) || !is_path(url.path)) return std::nullopt;
  return url;
}

bool is_aws_host(std::string_view host) {
  return std::any_of(kAwsDomains.begin(), kAwsDomains.end(), [&](std::string_view domain) {
    return host == domain || (host.ends_with(domain) && host[host.size() - domain.size() - 1] == '.');
  });
}

std::string region_of_sqs_host(std::string_view host) {
  if (!is_aws_host(host)) return "";
  for (const std::string_view label : labels(host)) {
    if (!label.starts_with("vpce-") && looks_like_region(label)) return std::string(label);
  }
  return host == "queue.amazonaws.com" ? "us-east-1" : "";
}

}  // namespace dray::config
