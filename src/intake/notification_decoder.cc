#include "intake/notification_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/encoding.h"
#include "base/json.h"

namespace dray::intake {
namespace {

using flow::ObjectRef;

constexpr int kEnvelopesMax = 4;  // SNS may stand in SNS: a topic that is fed by a function that is fed by a topic
constexpr std::size_t kExcerptBytes = 80;
// A message has at most 1 MiB, so real ones (a CrowdStrike batch takes 150 bytes an entry) name fewer. What is held for
// an object until the whole message is proven is some 500 bytes; this keeps one made-up message from taking 50 MB.
constexpr std::size_t kObjectsMax = 10'000;

using Objects = std::vector<ObjectRef>;

Error poison(std::string code, std::string message) {
  return {ErrorKind::poison, std::move(code), std::move(message)};
}

Error left(std::string_view what) {
  return poison("unknown_notification",
                fmt::format("the message looks like {}; the forms that are read are listed in docs/notifications.md, "
                            "all else is left on the queue",
                            what));
}

// The first characters, fit for one log line.
std::string excerpt(std::string_view text) {
  std::size_t end = std::min(text.size(), kExcerptBytes);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  std::string line(text.substr(0, end));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == '\x7F'; }, ' ');
  return line;
}

bool is_account(std::string_view text) {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The first step of a path, which is taken off.
std::string_view next_step(std::string_view& path) {
  const std::size_t slash = std::min(path.find('/'), path.size());
  const std::string_view step = path.substr(0, slash);
  path.remove_prefix(std::min(slash + 1, path.size()));
  return step;
}

}  // namespace

// AWS's own deliveries stand under AWSLogs/<account>/, AWSLogs/<organization>/<account>/ or, with Hive-compatible
// prefixes, AWSLogs/aws-account-id=<account>/. Nothing in an event names the account whose logs they are.
std::string account_of(std::string_view key) {
  constexpr std::string_view hive = "aws-account-id=";
  while (!key.empty()) {
    if (next_step(key) != "AWSLogs") continue;
    std::string_view rest = key;
    std::string_view step = next_step(rest);
    if (step.starts_with("o-")) step = next_step(rest);
    if (step.starts_with(hive)) step.remove_prefix(hive.size());
    if (is_account(step)) return std::string(step);
  }
  return {};
}

namespace {

// "ObjectCreated:Put"; MinIO and Ceph put "s3:" before.
bool is_creation(std::string_view event_name) {
  if (event_name.starts_with("s3:")) event_name.remove_prefix(3);
  constexpr std::string_view family = "ObjectCreated";
  return event_name.starts_with(family) && (event_name.size() == family.size() || event_name[family.size()] == ':');
}

// Absent (some imitations of S3 leave it out) or 2.x; in another major version keys may be written in another way.
bool is_known_version(const Json& version) {
  return version.is_null() || (version.if_string() != nullptr && version.if_string()->starts_with("2."));
}

Result<ObjectRef> object_at(std::string_view bucket, std::string key, const std::string& place) {
  if (bucket.empty()) return poison("bad_notification", place + " names no bucket");
  if (key.empty()) return poison("bad_notification", place + " names no key");
  ObjectRef ref;
  ref.bucket = bucket;
  ref.key = std::move(key);
  ref.account = account_of(ref.key);
  return ref;
}

void note_size(ObjectRef& ref, const Json& size) {
  if (const auto bytes = size.if_integer(); bytes && *bytes >= 0) ref.size = static_cast<std::uint64_t>(*bytes);
}

void note_etag(ObjectRef& ref, std::string_view etag) {
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  ref.etag = etag;
}

void note_version(ObjectRef& ref, std::string_view version_id) {
  if (version_id != "null") ref.version_id = version_id;  // how some write "not versioned"
}

// ------------------------------------------------------------------------------------------------- S3's own event

Result<ObjectRef> created_object(const Json& record, const std::string& place) {
  const Json& object = record["s3"]["object"];
  auto ref = object_at(record["s3"]["bucket"].text("name"), decode_event_key(object.text("key")), place);
  if (!ref) return ref;
  ref->region = record.text("awsRegion");
  note_size(*ref, object["size"]);
  note_etag(*ref, object.text("eTag"));
  note_version(*ref, object.text("versionId"));
  ref->sequencer = object.text("sequencer");
  return ref;
}

Result<Objects> decode_records(const Json::Array& records) {
  Objects objects;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Json& record = records[i];
    const std::string place = fmt::format("Records[{}] of the S3 event", i);
    if (record["s3"].if_object() == nullptr) {
      return left(record["eventSource"].if_string() != nullptr && record["eventID"].if_string() != nullptr
                      ? "CloudTrail records themselves, not a notification about an object"
                      : fmt::format("a Records array whose item {} has no s3 member", i));
    }
    if (!is_known_version(record["eventVersion"])) {
      return poison("bad_notification", fmt::format("{} has eventVersion \"{}\"; known is 2.x", place,
                                                    excerpt(record["eventVersion"].dump())));
    }
    if (record["eventName"].if_string() == nullptr) return poison("bad_notification", place + " has no eventName");
    if (!is_creation(record.text("eventName"))) continue;
    auto object = created_object(record, place);
    if (!object) return std::move(object).error();
    objects.push_back(std::move(*object));
  }
  return objects;
}

// ------------------------------------------------------------------------------------------------- EventBridge

// Security Lake's subscribers get events without detail-type; input transformers may drop it too.
bool is_bridge_event(const Json& body) {
  return body["detail"]["bucket"]["name"].if_string() != nullptr &&
         body["detail"]["object"]["key"].if_string() != nullptr;
}

bool is_creation_reason(std::string_view reason) {
  return reason.empty() || reason == "PutObject" || reason == "POST Object" || reason == "CopyObject" ||
         reason == "CompleteMultipartUpload";
}

Result<Objects> decode_bridge_event(const Json& body) {
  const std::string_view type = body.text("detail-type");
  const Json& detail = body["detail"];
  if (type.empty() && !is_creation_reason(detail.text("reason"))) {
    if (detail["deletion-type"].if_string() != nullptr) return Objects{};
    return left(fmt::format("an EventBridge event of an unknown kind (reason {})", excerpt(detail.text("reason"))));
  }
  if (!type.empty() && type != "Object Created") {
    // "Object Deleted", "Object Tags Added"…: nothing was written.
    if (body.text("source") == "aws.s3" && type.starts_with("Object ")) return Objects{};
    return left(fmt::format("an EventBridge event ({})", excerpt(type)));
  }
  const Json& object = detail["object"];
  // The key stands as it is, other than in S3's own event: decoding would read another object than a+b or a%20b.
  auto ref = object_at(detail["bucket"].text("name"), std::string(object.text("key")), "the EventBridge event");
  if (!ref) return std::move(ref).error();
  ref->region = body.text("region");
  note_size(*ref, object["size"]);
  note_etag(*ref, object.text("etag"));
  note_version(*ref, object.text("version-id"));
  ref->sequencer = object.text("sequencer");
  return Objects{std::move(*ref)};
}

// ------------------------------------------------------------------------------------------------- CrowdStrike FDR

bool is_fdr_batch(const Json& body) {
  return body["bucket"].if_string() != nullptr && body["files"].if_array() != nullptr;
}

// Paths are whole keys, as they are: pathPrefix is in them. fileCount and totalSize are not held against them; batches
// are seen where they differ.
Result<Objects> decode_fdr_batch(const Json& body) {
  Objects objects;
  const Json::Array& files = *body["files"].if_array();
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::string place = fmt::format("files[{}] of the FDR batch", i);
    auto ref = object_at(body.text("bucket"), std::string(files[i].text("path")), place);
    if (!ref) return std::move(ref).error();
    note_size(*ref, files[i]["size"]);
    // The MD5 of the file tells its bytes as well as an ETag does: a batch that comes again, half done, goes on.
    ref->etag = files[i].text("checksum");
    objects.push_back(std::move(*ref));
  }
  return objects;
}

// ------------------------------------------------------------------------------------------------- CloudTrail, Config

Result<Objects> decode_delivery(const Json& body) {
  const Json& keys = body["s3ObjectKey"];
  Json::Array one;
  if (keys.if_string() != nullptr) one.push_back(keys);
  const Json::Array& all = keys.if_array() != nullptr ? *keys.if_array() : one;
  if (all.empty()) return poison("bad_notification", "the delivery notice names no key (s3ObjectKey)");
  Objects objects;
  for (const Json& key : all) {
    const std::string* text = key.if_string();
    auto ref = object_at(body.text("s3Bucket"), text == nullptr ? std::string() : *text, "the delivery notice");
    if (!ref) return std::move(ref).error();
    objects.push_back(std::move(*ref));
  }
  return objects;
}

bool is_config_notice(const Json& body) {
  return body["messageType"].if_string() != nullptr && body["recordVersion"].if_string() != nullptr;
}

// An item that is too large for a message lies in the bucket: "bucket/key".
Result<Objects> decode_oversized_item(const Json& body) {
  const Json& summary = body["s3DeliverySummary"];
  std::string_view location = summary.text("s3BucketLocation");
  if (location.empty()) {
    return left(fmt::format("an AWS Config notice about an oversized item without its place in S3 (errorCode {})",
                            excerpt(summary["errorCode"].dump())));
  }
  constexpr std::string_view scheme = "s3://";
  if (location.starts_with(scheme)) location.remove_prefix(scheme.size());
  const std::string_view bucket = next_step(location);
  auto ref = object_at(bucket, std::string(location), "s3DeliverySummary.s3BucketLocation");
  if (!ref) return std::move(ref).error();
  return Objects{std::move(*ref)};
}

// A notice of AWS Config that names no object by s3ObjectKey.
Result<Objects> decode_config_notice(const Json& body) {
  const std::string_view type = body.text("messageType");
  if (type == "OversizedConfigurationItemChangeNotification") return decode_oversized_item(body);
  // These announce what is told again when it is there.
  if (type == "ConfigurationSnapshotDeliveryStarted" || type == "ConfigRulesEvaluationStarted") return Objects{};
  return left(
      fmt::format("an AWS Config notice ({}) that carries what it tells in itself, not in an object; keep such "
                  "messages off this queue with a filter policy on the subscription",
                  excerpt(type)));
}

// ------------------------------------------------------------------------------------------------- all forms

bool is_envelope(const Json& body) {
  return body["Message"].if_string() != nullptr &&
         (body["TopicArn"].if_string() != nullptr || body.text("Type") == "Notification");
}

// Never visited: a message must not make us call an address. Deleting it loses nothing, SNS sends it anew on request.
bool is_confirmation(const Json& body) {
  const std::string_view type = body.text("Type");
  return body["TopicArn"].if_string() != nullptr &&
         (type == "SubscriptionConfirmation" || type == "UnsubscribeConfirmation");
}

std::string names_of(const Json::Object& object) {
  std::string names;
  for (const auto& member : object) {
    if (!names.empty()) names += ", ";
    names += member.first;
  }
  return excerpt(names);
}

// Names what others know, so that the line tells the user what was configured.
std::string looks_like(const Json& body) {
  if (const Json::Array* array = body.if_array()) {
    const bool pointer = array->size() == 2 && array->front().if_string() != nullptr &&
                         array->front().if_string()->ends_with("S3Pointer");
    return pointer ? "a pointer of the SQS extended client (its real body lies in S3; switch that client's payload "
                     "offloading off)"
                   : "a JSON array";
  }
  const Json::Object* object = body.if_object();
  if (object == nullptr) return "a JSON value that is no object";
  if (const std::string_view type = body.text("detail-type"); !type.empty())
    return fmt::format("an EventBridge event ({}) that names no object", excerpt(type));
  return object->empty() ? "an empty JSON object" : fmt::format("a JSON object with the members {}", names_of(*object));
}

Result<Objects> decode(std::string_view text, int envelopes);

Result<Objects> decode_envelope(const Json& body, int envelopes) {
  if (envelopes == kEnvelopesMax) return left(fmt::format("SNS messages nested more than {} deep", kEnvelopesMax));
  auto inner = decode(body.text("Message"), envelopes + 1);
  if (inner || envelopes > 0) return inner;
  return with_context(std::move(inner).error(), "in an SNS message");
}

Result<Objects> decode(std::string_view text, int envelopes) {
  auto parsed = Json::parse(text);
  if (!parsed) {
    // What CloudTrail sends when a trail gets a topic.
    if (text == "CloudTrail validation message.") return Objects{};
    return left(fmt::format("text that is no JSON ({}): {}", parsed.error().message, excerpt(text)));
  }
  const Json& body = *parsed;
  if (const Json::Array* records = body["Records"].if_array()) return decode_records(*records);
  if (body.text("Event") == "s3:TestEvent") return Objects{};
  if (is_confirmation(body)) return Objects{};
  if (is_envelope(body)) return decode_envelope(body, envelopes);
  if (is_bridge_event(body)) return decode_bridge_event(body);
  if (is_fdr_batch(body)) return decode_fdr_batch(body);
  if (body["s3Bucket"].if_string() != nullptr && !body["s3ObjectKey"].is_null()) return decode_delivery(body);
  if (is_config_notice(body)) return decode_config_notice(body);
  return left(looks_like(body));
}

}  // namespace

Result<std::vector<ObjectRef>> decode_notification(std::string_view body) {
  auto objects = decode(body, 0);
  if (objects && objects->size() > kObjectsMax) {
    return poison("bad_notification",
                  fmt::format("the message names {} objects; at most {} are taken from one, the message is left on the "
                              "queue",
                              objects->size(), kObjectsMax));
  }
  return objects;
}

}  // namespace dray::intake
