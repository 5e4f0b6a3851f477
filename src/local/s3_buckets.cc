// The bucket half of S3Service: buckets, listing, notifications, deletion in lists.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/encoding.h"
#include "local/s3_service.h"

namespace dray::local {
namespace {

constexpr std::size_t kKeysMax = 1000;

// Keys may hold what XML cannot; clients ask for encoding-type=url because of that.
std::string listed(std::string_view key, bool url) {
  return url ? percent_encode(key, true) : xml_escape(key);
}

std::size_t keys_max(std::string_view text) {
  std::size_t value = kKeysMax;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return std::min(value, kKeysMax);
}

std::string entries(const ListPage& page, bool url) {
  std::string out;
  auto put = std::back_inserter(out);
  for (const auto& [key, object] : page.objects) {
    fmt::format_to(put,
                   "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>&quot;{}&quot;</ETag><Size>{}</Size>"
                   "<StorageClass>STANDARD</StorageClass></Contents>",
                   listed(key, url), iso_time(object->modified), object->etag, object->content->size());
  }
  for (const std::string& prefix : page.common_prefixes) {
    fmt::format_to(put, "<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>", listed(prefix, url));
  }
  return out;
}

}  // namespace

Status S3Service::list_buckets(Request& request) {
  std::string inner = fmt::format("<Owner><ID>A{}</ID></Owner><Buckets>", context_.account);
  for (const std::string& name : buckets_.names()) {
    fmt::format_to(std::back_inserter(inner), "<Bucket><Name>{}</Name><CreationDate>{}</CreationDate></Bucket>", name,
                   iso_time(context_.clock.wall_now()));
  }
  return answer_xml(request, "ListAllMyBucketsResult", inner + "</Buckets>");
}

Status S3Service::create_bucket(Request& request) {
  const auto document = read_xml(request);
  if (!document) return document.error();
  const std::string_view wanted = document.value().text_of("LocationConstraint");
  const std::string region(wanted.empty() ? std::string_view(request.caller.region) : wanted);
  if (auto created = buckets_.create(request.bucket, region); !created) return created;
  return request.exchange.answer(200, {{"Location", "/" + request.bucket}}, "");
}

Status S3Service::head_bucket(Request& request) {
  const auto region = buckets_.region(request.bucket);
  if (!region) return region.error();
  return request.exchange.answer(200, {{"x-amz-bucket-region", region.value()}}, "");
}

Status S3Service::delete_bucket(Request& request) {
  if (auto removed = buckets_.remove(request.bucket); !removed) return removed;
  return request.exchange.answer(204, {}, "");
}

Status S3Service::bucket_location(Request& request) {
  const auto region = buckets_.region(request.bucket);
  if (!region) return region.error();
  // us-east-1 is told as nothing: S3 API, GetBucketLocation.
  return answer_xml(request, "LocationConstraint", region.value() == "us-east-1" ? std::string() : region.value());
}

Status S3Service::bucket_versioning(Request& request) {
  return answer_xml(request, "VersioningConfiguration", "");
}

Status S3Service::get_notifications(Request& request) {
  const auto rules = buckets_.rules(request.bucket);
  if (!rules) return rules.error();
  return request.exchange.answer(200, {{"Content-Type", "application/xml"}},
                                 notification_configuration_xml(rules.value()));
}

Status S3Service::put_notifications(Request& request) {
  const auto document = read_xml(request);
  if (!document) return document.error();
  auto rules = parse_notification_configuration(document.value(), context_.ids);
  if (!rules) return rules.error();
  if (auto set = events_.configure(request.bucket, rules.value()); !set) return set;
  return request.exchange.answer(200, {}, "");
}

Status S3Service::list_objects(Request& request) {
  const bool url = request.field("encoding-type") == "url";
  ListQuery query{std::string(request.field("prefix")), std::string(request.field("delimiter")),
                  std::string(request.field("marker")), keys_max(request.field("max-keys"))};
  const auto page = buckets_.list(request.bucket, query);
  if (!page) return page.error();
  std::string inner = fmt::format(
      "<Name>{}</Name><Prefix>{}</Prefix><Marker>{}</Marker><MaxKeys>{}</MaxKeys><IsTruncated>{}</IsTruncated>",
      request.bucket, listed(query.prefix, url), listed(query.after, url), query.keys_max, page.value().truncated);
  if (!query.delimiter.empty()) inner += fmt::format("<Delimiter>{}</Delimiter>", listed(query.delimiter, url));
  if (url) inner += "<EncodingType>url</EncodingType>";
  if (page.value().truncated) inner += fmt::format("<NextMarker>{}</NextMarker>", listed(page.value().last, url));
  return answer_xml(request, "ListBucketResult", inner + entries(page.value(), url));
}

Status S3Service::list_objects_v2(Request& request) {
  const bool url = request.field("encoding-type") == "url";
  ListQuery query{std::string(request.field("prefix")), std::string(request.field("delimiter")),
                  std::string(request.field("start-after")), keys_max(request.field("max-keys"))};
  const std::string_view token = request.field("continuation-token");
  if (!token.empty()) {
    const auto last = from_base64(token);
    if (!last) return Error{ErrorKind::poison, "InvalidArgument", "The continuation token provided is incorrect"};
    query.after = *last;
  }
  const auto page = buckets_.list(request.bucket, query);
  if (!page) return page.error();
  std::string inner = fmt::format(
      "<Name>{}</Name><Prefix>{}</Prefix><MaxKeys>{}</MaxKeys><KeyCount>{}</KeyCount><IsTruncated>{}</IsTruncated>",
      request.bucket, listed(query.prefix, url), query.keys_max,
      page.value().objects.size() + page.value().common_prefixes.size(), page.value().truncated);
  if (!query.delimiter.empty()) inner += fmt::format("<Delimiter>{}</Delimiter>", listed(query.delimiter, url));
  if (url) inner += "<EncodingType>url</EncodingType>";
  if (!token.empty()) inner += fmt::format("<ContinuationToken>{}</ContinuationToken>", xml_escape(token));
  if (page.value().truncated) {
    inner += fmt::format("<NextContinuationToken>{}</NextContinuationToken>", base64(page.value().last));
  }
  return answer_xml(request, "ListBucketResult", inner + entries(page.value(), url));
}

Status S3Service::delete_objects(Request& request) {
  const auto document = read_xml(request);
  if (!document) return document.error();
  const bool quiet = document.value().text_of("Quiet") == "true";
  std::string inner;
  for (const XmlElement& one : document.value().children) {
    if (one.name != "Object") continue;
    const std::string key(one.text_of("Key"));
    if (auto erased = buckets_.erase(request.bucket, key); !erased) return erased;
    StoredObject gone;
    gone.sequencer = context_.ids.upper_hex(16);
    events_.publish(request.bucket, key, gone, "ObjectRemoved:Delete");
    if (!quiet) fmt::format_to(std::back_inserter(inner), "<Deleted><Key>{}</Key></Deleted>", xml_escape(key));
  }
  return answer_xml(request, "DeleteResult", inner);
}

}  // namespace dray::local
