// The object half of S3Service: reading, storing, copying and deleting objects, and uploads in parts.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/digest.h"
#include "base/encoding.h"
#include "local/s3_service.h"

namespace dray::local {
namespace {

constexpr std::size_t kObjectBytesMax = 5ULL << 30U;  // S3's own bound for one PUT
constexpr std::uint64_t kSlowPiecesPerSecond = 20;

std::string quoted(std::string_view etag) {
  return fmt::format("\"{}\"", etag);
}

// Does a list of If-Match / If-None-Match name this ETag?
bool names_etag(std::string_view list, std::string_view etag) {
  while (!list.empty()) {
    std::string_view one = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), one.size() + 1));
    const std::size_t first = one.find_first_not_of(" \"");
    if (first == std::string_view::npos) continue;
    one = one.substr(first, one.find_last_not_of(" \"") - first + 1);
    if (one == "*" || one == etag) return true;
  }
  return false;
}

bool parse_number(std::string_view text, std::uint64_t& value) {
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

}  // namespace

// "bytes=5-", "bytes=5-9", "bytes=-4". Several ranges, or nonsense, mean the whole object (RFC 9110 14.2).
Result<S3Service::Span> S3Service::span_of(const Request& request, std::uint64_t size) {
  const Span whole{0, size, false};
  std::string_view text = request.exchange.header("range");
  if (!text.starts_with("bytes=") || text.find(',') != std::string_view::npos) return whole;
  text.remove_prefix(6);
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return whole;
  std::uint64_t first = 0;
  std::uint64_t last = size - 1;
  const std::string_view from = text.substr(0, dash);
  const std::string_view to = text.substr(dash + 1);
  if (from.empty()) {
    std::uint64_t tail = 0;
    if (!parse_number(to, tail)) return whole;
    first = size - std::min(tail, size);
    if (tail == 0) first = size;
  } else if (!parse_number(from, first) || (!to.empty() && !parse_number(to, last))) {
    return whole;
  }
  if (first >= size) return Error{ErrorKind::poison, "InvalidRange", "The requested range is not satisfiable"};
  if (last < first) return whole;
  return Span{first, std::min(last, size - 1) - first + 1, true};
}

Status S3Service::get_object(Request& request) {
  const auto found = buckets_.find(request.bucket, request.key);
  if (!found) return found.error();
  const StoredObject& object = *found.value();
  const std::string_view if_match = request.exchange.header("if-match");
  if (!if_match.empty() && !names_etag(if_match, object.etag)) {
    return Error{ErrorKind::transient, "PreconditionFailed",
                 "At least one of the pre-conditions you specified did not hold"};
  }
  const std::string_view if_none = request.exchange.header("if-none-match");
  if (!if_none.empty() && names_etag(if_none, object.etag)) return Error{ErrorKind::poison, "NotModified", ""};
  const auto span = span_of(request, object.content->size());
  if (!span) return span.error();
  return send_body(request, object, span.value());
}

Status S3Service::send_body(Request& request, const StoredObject& object, Span span) {
  net::ServerExchange& exchange = request.exchange;
  net::ServerHeaders headers{{"x-amz-request-id", context_.ids.upper_hex(16)},
                             {"Last-Modified", http_date(object.modified)},
                             {"ETag", quoted(object.etag)},
                             {"Accept-Ranges", "bytes"},
                             {"Date", http_date(context_.clock.wall_now())}};
  headers.insert(headers.end(), object.headers.begin(), object.headers.end());
  if (!span.partial && exchange.header("x-amz-checksum-mode") == "ENABLED") {
    headers.insert(headers.end(), object.checksums.begin(), object.checksums.end());
  }
  if (span.partial) {
    headers.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", span.begin, span.begin + span.length - 1,
                                                      object.content->size()));
  }
  if (auto begun = exchange.begin_answer(span.partial ? 206 : 200, headers, span.length); !begun) return {};
  if (exchange.method() == "HEAD" || span.length == 0) return {};
  counters_.gets.fetch_add(1, std::memory_order_relaxed);

  const auto cut = context_.faults.take(FaultKind::cut_body, request.operation, request.key);
  const auto rate = context_.faults.take(FaultKind::slow_body, request.operation, request.key);
  const std::uint64_t length = cut ? std::min(*cut, span.length) : span.length;
  const auto send_slowly = [&](std::string_view bytes) -> Status {
    const auto piece = static_cast<std::size_t>(std::max<std::uint64_t>(1, *rate / kSlowPiecesPerSecond));
    while (!bytes.empty()) {
      if (auto sent = exchange.write_answer(bytes.substr(0, piece)); !sent) return sent;
      if (auto flushed = exchange.flush(); !flushed) return flushed;
      bytes.remove_prefix(std::min(piece, bytes.size()));
      context_.clock.sleep_until(context_.clock.now() + seconds(1) / kSlowPiecesPerSecond);
    }
    return {};
  };
  const auto send = [&](std::string_view bytes) -> Status {
    counters_.bytes_out.fetch_add(bytes.size(), std::memory_order_relaxed);
    return rate ? send_slowly(bytes) : exchange.write_answer(bytes);
  };
  // The head is out: from here a fault can only end the body short, which closes the connection.
  static_cast<void>(object.content->read(span.begin, length, send));
  return {};
}

// The object that a PUT's headers describe; content and ETag are still to come.
StoredObject S3Service::described(const Request& request) const {
  StoredObject object;
  object.modified = context_.clock.wall_now();
  object.sequencer =
      fmt::format("{:016X}{}", static_cast<std::uint64_t>(object.modified.micros), context_.ids.upper_hex(2));
  bool typed = false;
  for (const auto& [name, value] : request.exchange.headers()) {
    if (name == "content-encoding") {
      // "aws-chunked" was a matter of the transfer: S3 API, "Transferring payload in multiple chunks".
      std::string kept =
          value.starts_with("aws-chunked") ? value.substr(std::min<std::size_t>(value.size(), 11)) : value;
      kept.erase(0, kept.find_first_not_of(", "));
      if (!kept.empty()) object.headers.emplace_back("Content-Encoding", kept);
    } else if (name == "content-type" || name.starts_with("x-amz-meta-") || name == "cache-control" ||
               name == "content-disposition") {
      typed = typed || name == "content-type";
      object.headers.emplace_back(name, value);
    }
  }
  if (!typed) object.headers.emplace_back("content-type", "binary/octet-stream");
  return object;
}

Status S3Service::put_object(Request& request) {
  if (!request.exchange.header("x-amz-copy-source").empty()) return copy_object(request);
  auto body = read_upload(request.exchange, request.caller, kObjectBytesMax);
  if (!body) return body.error();
  if (const std::string_view if_none = request.exchange.header("if-none-match");
      if_none == "*" && buckets_.find(request.bucket, request.key)) {
    return Error{ErrorKind::poison, "PreconditionFailed",
                 "At least one of the pre-conditions you specified did not hold"};
  }
  StoredObject object = described(request);
  object.etag = hex(md5(body.value().bytes));
  object.checksums = std::move(body.value().checksums);
  object.content = memory_content(std::move(body.value().bytes));
  net::ServerHeaders headers{{"ETag", quoted(object.etag)}, {"x-amz-request-id", context_.ids.upper_hex(16)}};
  headers.insert(headers.end(), object.checksums.begin(), object.checksums.end());
  if (auto stored = buckets_.put(request.bucket, request.key, object); !stored) return stored;
  counters_.puts.fetch_add(1);
  events_.publish(request.bucket, request.key, object, "ObjectCreated:Put");
  return request.exchange.answer(200, headers, "");
}

Status S3Service::put(std::string_view bucket, const std::string& key, Content content, std::string etag) {
  StoredObject object;
  object.content = std::move(content);
  object.etag = std::move(etag);
  object.modified = context_.clock.wall_now();
  object.sequencer =
      fmt::format("{:016X}{}", static_cast<std::uint64_t>(object.modified.micros), context_.ids.upper_hex(2));
  object.headers.emplace_back("content-type", "binary/octet-stream");
  if (auto stored = buckets_.put(bucket, key, object); !stored) return stored;
  counters_.puts.fetch_add(1);
  events_.publish(bucket, key, object, "ObjectCreated:Put");
  return {};
}

Status S3Service::copy_object(Request& request) {
  std::string source = percent_decode(request.exchange.header("x-amz-copy-source"));
  if (source.starts_with('/')) source.erase(0, 1);
  const std::size_t slash = source.find('/');
  if (slash == std::string::npos)
    return Error{ErrorKind::poison, "InvalidArgument", "x-amz-copy-source is not bucket/key"};
  const auto found = buckets_.find(source.substr(0, slash), source.substr(slash + 1));
  if (!found) return found.error();
  StoredObject object = *found.value();
  const StoredObject fresh = described(request);
  object.modified = fresh.modified;
  object.sequencer = fresh.sequencer;
  if (request.exchange.header("x-amz-metadata-directive") == "REPLACE") object.headers = fresh.headers;
  if (auto stored = buckets_.put(request.bucket, request.key, object); !stored) return stored;
  counters_.puts.fetch_add(1);
  events_.publish(request.bucket, request.key, object, "ObjectCreated:Copy");
  return answer_xml(request, "CopyObjectResult",
                    fmt::format("<LastModified>{}</LastModified><ETag>&quot;{}&quot;</ETag>", iso_time(object.modified),
                                object.etag));
}

Status S3Service::delete_object(Request& request) {
  if (auto erased = buckets_.erase(request.bucket, request.key); !erased) return erased;
  StoredObject gone;
  gone.sequencer = context_.ids.upper_hex(16);
  events_.publish(request.bucket, request.key, gone, "ObjectRemoved:Delete");
  return request.exchange.answer(204, {}, "");
}

Status S3Service::begin_upload(Request& request) {
  const std::string id = context_.ids.upper_hex(32);
  if (auto begun = buckets_.begin_upload(request.bucket, id, request.key, described(request)); !begun) return begun;
  return answer_xml(request, "InitiateMultipartUploadResult",
                    fmt::format("<Bucket>{}</Bucket><Key>{}</Key><UploadId>{}</UploadId>", request.bucket,
                                xml_escape(request.key), id));
}

Status S3Service::upload_part(Request& request) {
  if (!request.exchange.header("x-amz-copy-source").empty()) return not_implemented(request);
  std::uint64_t number = 0;
  if (!parse_number(request.field("partNumber"), number) || number > 10'000) number = 0;
  auto body = read_upload(request.exchange, request.caller, kObjectBytesMax);
  if (!body) return body.error();
  const auto etag = buckets_.put_part(request.bucket, request.field("uploadId"), static_cast<int>(number),
                                      std::move(body.value().bytes));
  if (!etag) return etag.error();
  net::ServerHeaders headers{{"ETag", quoted(etag.value())}};
  headers.insert(headers.end(), body.value().checksums.begin(), body.value().checksums.end());
  return request.exchange.answer(200, headers, "");
}

Status S3Service::complete_upload(Request& request) {
  const auto document = read_xml(request, ChecksumsOf::object);
  if (!document) return document.error();
  std::vector<std::pair<int, std::string>> parts;
  for (const XmlElement& part : document.value().children) {
    if (part.name != "Part") continue;
    std::uint64_t number = 0;
    if (!parse_number(part.text_of("PartNumber"), number) || number > 10'000) number = 0;
    std::string etag(part.text_of("ETag"));
    std::erase(etag, '"');
    parts.emplace_back(static_cast<int>(number), std::move(etag));
  }
  const auto object = buckets_.complete_upload(request.bucket, request.field("uploadId"), parts);
  if (!object) return object.error();
  counters_.puts.fetch_add(1);
  events_.publish(request.bucket, request.key, *object.value(), "ObjectCreated:CompleteMultipartUpload");
  return answer_xml(
      request, "CompleteMultipartUploadResult",
      fmt::format("<Location>{}/{}/{}</Location><Bucket>{}</Bucket><Key>{}</Key><ETag>&quot;{}&quot;</ETag>",
                  context_.url, request.bucket, xml_escape(percent_encode(request.key, true)), request.bucket,
                  xml_escape(request.key), object.value()->etag));
}

Status S3Service::abort_upload(Request& request) {
  if (auto aborted = buckets_.abort_upload(request.bucket, request.field("uploadId")); !aborted) return aborted;
  return request.exchange.answer(204, {}, "");
}

}  // namespace dray::local
