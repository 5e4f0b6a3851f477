#include "aws/sigv4.h"

#include <algorithm>
#include <array>
#include <chrono>

#include <fmt/core.h>

#include "base/digest.h"
#include "base/encoding.h"

namespace dray::aws {
namespace {

constexpr std::string_view kScopeEnd = "aws4_request";
constexpr std::size_t kRememberedKeysMax = 64;

// A proxy may add, drop or rewrite these (aws-client.md 1.2).
constexpr std::array<std::string_view, 7> kNeverSigned = {
    "authorization", "connection", "expect", "user-agent", "x-amzn-trace-id", "transfer-encoding", "upgrade"};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Trimmed, and every inner run of blanks is one space.
void append_trimmed(std::string_view value, std::string& out) {
  bool pending = false;
  bool any = false;
  for (const char c : value) {
    if (is_blank(c)) {
      pending = any;
      continue;
    }
    if (pending) out.push_back(' ');
    pending = false;
    any = true;
    out.push_back(c);
  }
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// RFC 3986 5.2.4, with runs of slashes made one.
std::string normalize(std::string_view path) {
  std::vector<std::string_view> kept;
  for (const std::string_view segment : split(path, '/')) {
    if (segment == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!segment.empty() && segment != ".") {
      kept.push_back(segment);
    }
  }
  std::string out;
  for (const std::string_view segment : kept) out.append("/").append(segment);
  const bool ends_open = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
  if (out.empty() || ends_open) out.push_back('/');
  return out;
}

std::string canonical_path(std::string_view path, PathRule rule) {
  if (path.empty()) return "/";
  if (rule == PathRule::normalized) return percent_encode(normalize(path), true);
  return percent_encode(percent_decode(path), true);
}

std::string canonical_query(std::string_view query) {
  if (query.empty()) return "";
  std::vector<std::pair<std::string, std::string>> parameters;
  for (const std::string_view part : split(query, '&')) {
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    const std::string_view value = equals == std::string_view::npos ? "" : part.substr(equals + 1);
    parameters.emplace_back(percent_encode(percent_decode(part.substr(0, equals)), false),
                            percent_encode(percent_decode(value), false));
  }
  std::sort(parameters.begin(), parameters.end());
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out.push_back('&');
    out.append(name).append("=").append(value);
  }
  return out;
}

bool same_name(std::string_view header, std::string_view lower_name) {
  return header.size() == lower_name.size() &&
         std::equal(header.begin(), header.end(), lower_name.begin(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; });
}

std::string joined(std::span<const std::string> names) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out.push_back(';');
    out.append(name);
  }
  return out;
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

std::string CredentialScope::text() const {
  return fmt::format("{}/{}/{}/{}", date, region, service, kScopeEnd);
}

std::vector<std::string> names_to_sign(std::span<const HeaderView> headers) {
  std::vector<std::string> names;
  names.reserve(headers.size());
  for (const HeaderView& header : headers) {
    std::string name = lower(header.name);
    const bool skipped = std::find(kNeverSigned.begin(), kNeverSigned.end(), name) != kNeverSigned.end();
    if (!skipped && !name.starts_with("sec-websocket-")) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string canonical_request(const SignedRequestView& request, std::span<const std::string> signed_names) {
  std::string out;
  out.reserve(512 + request.path.size() + request.query.size());
  out.append(request.method).append("\n");
  out.append(canonical_path(request.path, request.path_rule)).append("\n");
  out.append(canonical_query(request.query)).append("\n");
  for (const std::string& name : signed_names) {
    out.append(name).append(":");
    bool first = true;
    for (const HeaderView& header : request.headers) {
      if (!same_name(header.name, name)) continue;
      if (!first) out.push_back(',');
      first = false;
      append_trimmed(header.value, out);
    }
    out.push_back('\n');
  }
  out.append("\n").append(joined(signed_names)).append("\n").append(request.payload_hash);
  return out;
}

std::string string_to_sign(std::string_view timestamp, const CredentialScope& scope, std::string_view canonical) {
  return fmt::format("{}\n{}\n{}\n{}", kSigningAlgorithm, timestamp, scope.text(), hex(sha256(canonical)));
}

Secret signing_key(const Secret& secret_access_key, const CredentialScope& scope) {
  const Secret start(std::string("AWS4").append(secret_access_key.reveal()));
  const Secret date_key(hmac_sha256(start.reveal(), scope.date));
  const Secret region_key(hmac_sha256(date_key.reveal(), scope.region));
  const Secret service_key(hmac_sha256(region_key.reveal(), scope.service));
  return Secret(hmac_sha256(service_key.reveal(), kScopeEnd));
}

std::string signature(const Secret& signing_key, std::string_view string_to_sign) {
  return hex(hmac_sha256(signing_key.reveal(), string_to_sign));
}

std::string signing_timestamp(WallTime when) {
  using namespace std::chrono;
  const sys_seconds second{floor<std::chrono::seconds>(microseconds(when.micros))};
  const sys_days day = floor<days>(second);
  const year_month_day date(day);
  const hh_mm_ss time(second - day);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

std::optional<WallTime> parse_signing_timestamp(std::string_view text) {
  using namespace std::chrono;
  if (text.size() != 16 || text[8] != 'T' || text[15] != 'Z') return std::nullopt;
  if (!all_digits(text.substr(0, 8)) || !all_digits(text.substr(9, 6))) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t length) {
    int value = 0;
    for (const char c : text.substr(at, length)) value = value * 10 + (c - '0');
    return value;
  };
  const year_month_day date(year(number(0, 4)), month(static_cast<unsigned>(number(4, 2))),
                            day(static_cast<unsigned>(number(6, 2))));
  if (!date.ok() || number(9, 2) > 23 || number(11, 2) > 59 || number(13, 2) > 60) return std::nullopt;
  const auto when = sys_days(date) + hours(number(9, 2)) + minutes(number(11, 2)) + std::chrono::seconds(number(13, 2));
  return WallTime{duration_cast<microseconds>(when.time_since_epoch()).count()};
}

std::string Authorization::text() const {
  return fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kSigningAlgorithm, access_key_id,
                     scope.text(), joined(signed_headers), signature);
}

std::optional<Authorization> Authorization::parse(std::string_view value) {
  if (!value.starts_with(kSigningAlgorithm)) return std::nullopt;
  value.remove_prefix(kSigningAlgorithm.size());
  Authorization out;
  for (std::string_view part : split(value, ',')) {
    while (!part.empty() && is_blank(part.front())) part.remove_prefix(1);
    while (!part.empty() && is_blank(part.back())) part.remove_suffix(1);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view name = part.substr(0, equals);
    const std::string_view text = part.substr(equals + 1);
    if (name == "Credential") {
      const auto fields = split(text, '/');
      // An access key id holds no '/', so exactly five fields.
      if (fields.size() != 5 || fields[4] != kScopeEnd) return std::nullopt;
      out.access_key_id = fields[0];
      out.scope = {std::string(fields[1]), std::string(fields[2]), std::string(fields[3])};
    } else if (name == "SignedHeaders") {
      for (const std::string_view header : split(text, ';')) out.signed_headers.emplace_back(header);
    } else if (name == "Signature") {
      out.signature = text;
    }
  }
  if (out.access_key_id.empty() || out.signed_headers.empty() || out.signature.empty()) return std::nullopt;
  return out;
}

Secret SigningKeys::key_for(const Secret& secret_access_key, const CredentialScope& scope) {
  const std::string name = scope.text();
  const std::lock_guard lock(mutex_);
  const auto known = entries_.find(name);
  if (known != entries_.end() && known->second.secret == secret_access_key) return known->second.key;
  if (entries_.size() >= kRememberedKeysMax) entries_.clear();
  Secret key = signing_key(secret_access_key, scope);
  entries_.insert_or_assign(name, Entry{secret_access_key, key});
  return key;
}

}  // namespace dray::aws
