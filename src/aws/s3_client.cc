#include "aws/s3_client.h"

#include <charconv>

#include <fmt/core.h>

#include "base/encoding.h"

namespace dray::aws {
namespace {

constexpr std::size_t kRememberedBucketsMax = 1024;

ServiceTraits s3_traits() {
  ServiceTraits traits;
  traits.service = "s3";
  traits.errors = ErrorFormat::xml;
  traits.path_rule = PathRule::as_sent;
  traits.sends_payload_hash = true;
  return traits;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [rest, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || fault != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return value;
}

std::string unquoted(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  return std::string(etag);
}

struct Range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint64_t size = 0;
};

// "bytes 100-199/1000"; a size of '*' tells nothing and is refused like any other spelling.
std::optional<Range> parse_content_range(std::string_view text) {
  constexpr std::string_view kUnit = "bytes ";
  const std::size_t dash = text.find('-');
  const std::size_t slash = text.find('/');
  if (!text.starts_with(kUnit) || dash == std::string_view::npos || slash == std::string_view::npos || slash < dash) {
    return std::nullopt;
  }
  const auto first = number(text.substr(kUnit.size(), dash - kUnit.size()));
  const auto last = number(text.substr(dash + 1, slash - dash - 1));
  const auto size = number(text.substr(slash + 1));
  if (!first || !last || !size || *first > *last || *last >= *size) return std::nullopt;
  return Range{*first, *last, *size};
}

std::string range_header(const GetRequest& request) {
  if (request.from_end) return fmt::format("bytes=-{}", request.length);
  if (request.length > 0) return fmt::format("bytes={}-{}", request.offset, request.offset + request.length - 1);
  return request.offset > 0 ? fmt::format("bytes={}-", request.offset) : std::string();
}

// S3 gives what there is of a range, always from its first byte on.
bool is_asked_for(const Range& range, const GetRequest& request) {
  const std::uint64_t length = range.last - range.first + 1;
  if (request.length > 0 && length > request.length) return false;
  return request.from_end ? range.last + 1 == range.size : range.first == request.offset;
}

Error bad_answer(std::string message) {
  return {ErrorKind::transient, "bad_answer", std::move(message)};
}

Result<ObjectHead> read_head(const net::HttpResponse& response, const GetRequest& request) {
  ObjectHead head;
  head.etag = unquoted(response.header("etag"));
  const auto length = number(response.header("content-length"));
  if (!length) return bad_answer("the answer has no Content-Length, so a cut could not be noticed");
  if (response.status == 206) {
    const auto range = parse_content_range(response.header("content-range"));
    if (!range || !is_asked_for(*range, request) || range->last - range->first + 1 != *length) {
      return bad_answer(fmt::format("asked for {}, the answer says Content-Range '{}' and Content-Length {}",
                                    range_header(request), response.header("content-range").substr(0, 100), *length));
    }
    head.offset = range->first;
    head.size = range->size;
  } else if (response.status == 200) {
    head.size = *length;
  } else {
    return bad_answer(fmt::format("status {} to a GET", response.status));
  }
  return head;
}

// From the transport's view to the object's.
class ObjectSink final : public net::HttpBodySink {
 public:
  ObjectSink(const GetRequest& request, BodySink& sink) : request_(request), sink_(sink) {}

  Status begin(const net::HttpResponse& response) override {
    Result<ObjectHead> head = read_head(response, request_);
    if (!head.ok()) {
      faulty_head_ = true;
      return std::move(head).error();
    }
    return sink_.begin(*head);
  }
  Status write(std::string_view chunk) override { return sink_.write(chunk); }

  [[nodiscard]] bool faulty_head() const { return faulty_head_; }

 private:
  const GetRequest& request_;
  BodySink& sink_;
  bool faulty_head_ = false;
};

std::string url_of(const GetRequest& request) {
  return fmt::format("s3://{}/{}", request.bucket, request.key);
}

// Says what to do where AWS's own text does not.
void explain(const Fault& fault, Error& error) {
  if (fault.fault_class == FaultClass::archived) {
    error.message +=
        "; the object is in an archive storage class: restore it, and the next delivery of its notification reads it";
  } else if (error.message.find("kms:Decrypt") != std::string::npos) {
    error.message += "; allow kms:Decrypt on the bucket's key to the collector's role";
  } else if (fault.fault_class == FaultClass::denied && fault.status == 403 && error.code.starts_with("AccessDenied")) {
    error.message +=
        "; allow s3:GetObject to the collector's role (a missing object also answers so without s3:ListBucket)";
  } else if (fault.fault_class == FaultClass::clock_skew) {
    error.message += "; check this machine's clock";
  }
}

Error as_error(const Fault& fault, const GetRequest& request) {
  Error error = fault.error;
  if (fault.fault_class == FaultClass::changed) error.code = fault.status == 412 ? "PreconditionFailed" : error.code;
  explain(fault, error);
  return with_context(std::move(error), url_of(request));
}

}  // namespace

S3Client::S3Client(Endpoints endpoints, const Surroundings& surroundings, CredentialsProvider& credentials)
    : endpoints_(std::move(endpoints)),
      credentials_(credentials),
      logger_(surroundings.logger),
      client_(s3_traits(), surroundings) {}

Status S3Client::get(const GetRequest& request, BodySink& sink, const Stop& stop) {
  if (request.bucket.empty() || request.key.empty()) {
    return Error{ErrorKind::poison, "no_key", fmt::format("'{}' names no object", url_of(request))};
  }
  const std::string region = region_for(request);
  Outcome outcome = fetch(request, region, sink, stop);
  if (outcome.fault.has_value() && outcome.fault->fault_class == FaultClass::wrong_region) {
    const std::string found = find_region(request, *outcome.fault, region, stop);
    if (!found.empty()) {
      remember(request.bucket, found);
      outcome = fetch(request, found, sink, stop);
    }
  }
  if (!outcome.fault.has_value()) return {};
  if (outcome.fault->fault_class == FaultClass::caller) return outcome.fault->error;
  return as_error(*outcome.fault, request);
}

Outcome S3Client::fetch(const GetRequest& request, const std::string& region, BodySink& sink, const Stop& stop) {
  BucketAddress address = endpoints_.bucket(request.bucket, region);
  ServiceCall call;
  call.origin = std::move(address.origin);
  call.path = std::move(address.path);
  call.path.append("/").append(percent_encode(request.key, true));
  if (!request.version_id.empty()) call.query = "versionId=" + percent_encode(request.version_id, false);
  call.region = region;
  if (std::string range = range_header(request); !range.empty()) call.headers.push_back({"Range", std::move(range)});
  if (!request.if_match.empty()) call.headers.push_back({"If-Match", fmt::format("\"{}\"", request.if_match)});
  ObjectSink adapter(request, sink);
  Outcome outcome = client_.call(call, credentials_, &adapter, stop);
  // The head was refused by us, not by the caller: say which object.
  if (adapter.faulty_head()) outcome.fault->fault_class = FaultClass::transient;
  return outcome;
}

std::string S3Client::region_for(const GetRequest& request) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = regions_.find(request.bucket);
    if (known != regions_.end()) return known->second;
  }
  return is_region_name(request.region) ? request.region : endpoints_.region();
}

void S3Client::remember(const std::string& bucket, const std::string& region) {
  const std::lock_guard lock(mutex_);
  if (regions_.size() >= kRememberedBucketsMax) regions_.clear();
  const auto [place, fresh] = regions_.insert_or_assign(bucket, region);
  if (fresh) logger_.info(fmt::format("Bucket {} is in region {}", bucket, region));
}

std::string S3Client::find_region(const GetRequest& request, const Fault& fault, const std::string& asked,
                                  const Stop& stop) {
  std::string found = fault.region_hint;
  if (found.empty()) {
    const BucketAddress address = endpoints_.bucket(request.bucket, asked);
    ServiceCall call;
    call.method = "HEAD";
    call.origin = address.origin;
    call.path = address.path.empty() ? "/" : address.path;
    call.region = asked;
    const Outcome outcome = client_.call(call, credentials_, nullptr, stop);
    found = outcome.response.header("x-amz-bucket-region");
  }
  return is_region_name(found) && found != asked ? found : "";
}

}  // namespace dray::aws
