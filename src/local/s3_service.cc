#include "local/s3_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/digest.h"
#include "base/encoding.h"

namespace dray::local {
namespace {

constexpr std::size_t kDocumentBytesMax = 4 * 1024 * 1024;
constexpr std::string_view kNamespace = "http://s3.amazonaws.com/doc/2006-03-01/";

int status_of(std::string_view code) {
  static constexpr std::array<std::pair<std::string_view, int>, 20> kStatus{{
      {"AccessDenied", 403},          {"InvalidAccessKeyId", 403},
      {"SignatureDoesNotMatch", 403}, {"RequestTimeTooSkewed", 403},
      {"NoSuchBucket", 404},          {"NoSuchKey", 404},
      {"NoSuchUpload", 404},          {"MethodNotAllowed", 405},
      {"BucketNotEmpty", 409},        {"PreconditionFailed", 412},
      {"InvalidRange", 416},          {"InternalError", 500},
      {"NotImplemented", 501},        {"SlowDown", 503},
      {"PermanentRedirect", 301},     {"NotModified", 304},
      {"BucketAlreadyExists", 409},   {"MissingContentLength", 411},
      {"RequestTimeout", 400},        {"InvalidToken", 400},
  }};
  for (const auto& [name, status] : kStatus) {
    if (name == code) return status;
  }
  return 400;
}

// "bucket" of "bucket.s3.eu-west-1.amazonaws.com", "bucket.s3-fips.…" or "bucket.localhost"; "" of any other host.
std::string_view bucket_of_host(std::string_view host) {
  host = host.substr(0, host.find(':'));
  if (host.ends_with(".localhost")) {
    const std::string_view label = host.substr(0, host.size() - std::string_view(".localhost").size());
    return label == "s3" ? std::string_view() : label;
  }
  for (const std::string_view mark : {std::string_view(".s3."), std::string_view(".s3-")}) {
    if (const std::size_t at = host.find(mark); at != std::string_view::npos) return host.substr(0, at);
  }
  return {};
}

}  // namespace

std::string_view S3Service::Request::field(std::string_view name) const {
  const auto found = query.find(name);
  return found == query.end() ? std::string_view() : std::string_view(found->second);
}

S3Service::Request S3Service::address(net::ServerExchange& exchange) const {
  Request request{exchange, {}, {}, parse_fields(exchange.query(), false), {}, {}};
  std::string_view path = exchange.path();
  path.remove_prefix(1);
  const std::string_view virtual_bucket = bucket_of_host(exchange.header("host"));
  if (!virtual_bucket.empty()) {
    request.bucket = virtual_bucket;
  } else {
    const std::size_t slash = path.find('/');
    request.bucket = percent_decode(path.substr(0, slash));
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  request.key = percent_decode(path);
  return request;
}

const S3Service::OperationRow* S3Service::row_for(const Request& request) {
  static constexpr std::array<OperationRow, 26> kRows{{
      {"GET", true, "uploadId", "ListParts", &S3Service::not_implemented},
      {"GET", true, "", "GetObject", &S3Service::get_object},
      {"HEAD", true, "", "HeadObject", &S3Service::get_object},
      {"PUT", true, "partNumber", "UploadPart", &S3Service::upload_part},
      {"PUT", true, "tagging", "PutObjectTagging", &S3Service::not_implemented},
      {"PUT", true, "acl", "PutObjectAcl", &S3Service::not_implemented},
      {"PUT", true, "", "PutObject", &S3Service::put_object},
      {"POST", true, "uploads", "CreateMultipartUpload", &S3Service::begin_upload},
      {"POST", true, "uploadId", "CompleteMultipartUpload", &S3Service::complete_upload},
      {"DELETE", true, "uploadId", "AbortMultipartUpload", &S3Service::abort_upload},
      {"DELETE", true, "", "DeleteObject", &S3Service::delete_object},
      {"GET", false, "location", "GetBucketLocation", &S3Service::bucket_location},
      {"GET", false, "versioning", "GetBucketVersioning", &S3Service::bucket_versioning},
      {"GET", false, "notification", "GetBucketNotificationConfiguration", &S3Service::get_notifications},
      {"PUT", false, "notification", "PutBucketNotificationConfiguration", &S3Service::put_notifications},
      {"GET", false, "list-type", "ListObjectsV2", &S3Service::list_objects_v2},
      {"GET", false, "uploads", "ListMultipartUploads", &S3Service::not_implemented},
      {"GET", false, "policy", "GetBucketPolicy", &S3Service::not_implemented},
      {"PUT", false, "policy", "PutBucketPolicy", &S3Service::not_implemented},
      {"PUT", false, "versioning", "PutBucketVersioning", &S3Service::not_implemented},
      {"GET", false, "", "ListObjects", &S3Service::list_objects},
      {"HEAD", false, "", "HeadBucket", &S3Service::head_bucket},
      {"PUT", false, "", "CreateBucket", &S3Service::create_bucket},
      {"DELETE", false, "", "DeleteBucket", &S3Service::delete_bucket},
      {"POST", false, "delete", "DeleteObjects", &S3Service::delete_objects},
      {"GET", false, "", "ListBuckets", &S3Service::list_buckets},
  }};
  if (request.bucket.empty()) return request.exchange.method() == "GET" ? &kRows.back() : nullptr;
  const auto found = std::find_if(kRows.begin(), kRows.end(), [&](const OperationRow& row) {
    return row.method == request.exchange.method() && row.on_key == !request.key.empty() &&
           (row.marker.empty() || request.asks(row.marker));
  });
  return found == kRows.end() ? nullptr : &*found;
}

void S3Service::serve(net::ServerExchange& exchange) {
  Request request = address(exchange);
  if (auto done = run(request); !done) refuse(request, done.error());
}

Status S3Service::run(Request& request) {
  if (auto known = authenticate(request); !known) return known;
  const OperationRow* const row = row_for(request);
  if (row == nullptr) {
    return Error{ErrorKind::poison, "MethodNotAllowed", "The specified method is not allowed against this resource."};
  }
  request.operation = row->name;
  if (auto door = fault_at_the_door(context_, row->name, request.key); !door) return door;
  if (const auto status = context_.faults.take(FaultKind::wrong_region, row->name, request.key)) {
    return Error{ErrorKind::transient, *status == 301 ? "PermanentRedirect" : "AuthorizationHeaderMalformed",
                 "The authorization header is malformed; the region is wrong"};
  }
  if (row->operation != &S3Service::create_bucket && !request.bucket.empty()) {
    const auto region = buckets_.region(request.bucket);
    if (!region) return region.error();
    if (region.value() != request.caller.region) {
      return Error{ErrorKind::transient, "AuthorizationHeaderMalformed",
                   fmt::format("The authorization header is malformed; the region '{}' is wrong; expecting '{}'",
                               request.caller.region, region.value())};
    }
  }
  auto done = (this->*row->operation)(request);
  if (done && context_.faults.take(FaultKind::lost_response, row->name, request.key))
    request.exchange.reset_connection();
  return done;
}

Status S3Service::authenticate(Request& request) {
  const std::string_view hash = request.exchange.header("x-amz-content-sha256");
  const bool is_signed = !request.exchange.header("authorization").empty();
  if (is_signed && hash.empty()) {
    return Error{ErrorKind::poison, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256"};
  }
  auto caller = verify_signature(request.exchange, hash, context_.identities, context_.clock);
  if (!caller) return caller.error();
  if (caller.value().service != "s3") {
    return Error{
        ErrorKind::denied, "AuthorizationHeaderMalformed",
        fmt::format("The authorization header is malformed; incorrect service \"{}\"", caller.value().service)};
  }
  request.caller = std::move(caller).value();
  return {};
}

void S3Service::refuse(Request& request, const Error& error) {
  const int status = status_of(error.code);
  net::ServerHeaders headers{{"x-amz-request-id", context_.ids.upper_hex(16)},
                             {"x-amz-id-2", context_.ids.upper_hex(64)}};
  std::string extra;
  if (!request.bucket.empty()) {
    fmt::format_to(std::back_inserter(extra), "<BucketName>{}</BucketName>", xml_escape(request.bucket));
    if (!request.key.empty()) fmt::format_to(std::back_inserter(extra), "<Key>{}</Key>", xml_escape(request.key));
  }
  if (error.code == "AuthorizationHeaderMalformed" || error.code == "PermanentRedirect") {
    const auto region = buckets_.region(request.bucket);
    const std::string name = region ? region.value() : context_.region;
    headers.emplace_back("x-amz-bucket-region", name);
    fmt::format_to(std::back_inserter(extra), "<Region>{}</Region>", xml_escape(name));
  }
  const std::string body = fmt::format(
      "<?xml version=\"1.0\" "
      "encoding=\"UTF-8\"?>\n<Error><Code>{}</Code><Message>{}</Message>{}<RequestId>{}</RequestId>"
      "<HostId>{}</HostId></Error>",
      error.code, xml_escape(error.message), extra, headers[0].second, headers[1].second);
  headers.emplace_back("Content-Type", "application/xml");
  headers.emplace_back("Date", http_date(context_.clock.wall_now()));
  static_cast<void>(
      request.exchange.answer(status, headers, status == 304 ? std::string_view() : std::string_view(body)));
}

Status S3Service::answer_xml(Request& request, std::string_view root, std::string_view inner) {
  return request.exchange.answer(
      200, {{"Content-Type", "application/xml"}},
      fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{0} xmlns=\"{1}\">{2}</{0}>", root, kNamespace, inner));
}

Result<XmlElement> S3Service::read_xml(Request& request, ChecksumsOf checksums) {
  auto body = read_upload(request.exchange, request.caller, kDocumentBytesMax, checksums);
  if (!body) return body.error();
  if (body.value().bytes.empty()) return XmlElement{};
  return parse_xml(body.value().bytes);
}

Status S3Service::not_implemented(Request& request) {
  return Error{ErrorKind::poison, "NotImplemented", fmt::format("The local cloud has no {}.", request.operation)};
}

}  // namespace dray::local
