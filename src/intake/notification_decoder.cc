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

Error poison(std::string code, std::string message) {
  return {ErrorKind::poison, std::move(code), std::move(message)};
}

Error left(std::string_view what) {
  return poison("unknown_notification",
                fmt::format("the message looks like {}; this version reads S3 event notifications, "
                            "plain or through SNS, and leaves all else on the queue",
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

Result<ObjectRef> created_object(const Json& record, const std::string& place) {
  const Json& s3 = record["s3"];
  const Json& object = s3["object"];
  ObjectRef ref;
  ref.bucket = s3["bucket"].text("name");
  ref.key = decode_event_key(object.text("key"));
  if (ref.bucket.empty()) return poison("bad_notification", place + " names no bucket (s3.bucket.name)");
  if (ref.key.empty()) return poison("bad_notification", place + " names no key (s3.object.key)");
  ref.region = record.text("awsRegion");
  ref.account = account_of(ref.key);
  if (const auto size = object["size"].if_integer(); size && *size >= 0) ref.size = static_cast<std::uint64_t>(*size);
  std::string_view etag = object.text("eTag");
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') etag = etag.substr(1, etag.size() - 2);
  ref.etag = etag;
  ref.version_id = object.text("versionId");
  if (ref.version_id == "null") ref.version_id.clear();  // how some write "not versioned"
  ref.sequencer = object.text("sequencer");
  return ref;
}

Result<std::vector<ObjectRef>> decode_records(const Json::Array& records) {
  std::vector<ObjectRef> objects;
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

bool is_envelope(const Json& body) {
  return body["Message"].if_string() != nullptr &&
         (body["TopicArn"].if_string() != nullptr || body.text("Type") == "Notification");
}

std::string names_of(const Json::Object& object) {
  std::string names;
  for (const auto& member : object) {
    if (!names.empty()) names += ", ";
    names += member.first;
  }
  return excerpt(names);
}

// Names the forms that others know (formats.md 2), so that the line tells the user what was configured.
std::string looks_like(const Json& body) {
  if (const Json::Array* array = body.if_array()) {
    const bool pointer = array->size() == 2 && array->front().if_string() != nullptr &&
                         array->front().if_string()->ends_with("PayloadS3Pointer");
    return pointer ? "a pointer of the SQS extended client (its real body lies in S3)" : "a JSON array";
  }
  const Json::Object* object = body.if_object();
  if (object == nullptr) return "a JSON value that is no object";
  if (body["detail"]["object"]["key"].if_string() != nullptr) {
    const std::string_view type = body.text("detail-type");
    return type.empty() ? "an EventBridge event about an object (Security Lake sends these)"
                        : fmt::format("an EventBridge event ({})", excerpt(type));
  }
  if (body["detail-type"].if_string() != nullptr)
    return fmt::format("an EventBridge event ({})", excerpt(body.text("detail-type")));
  if (body["bucket"].if_string() != nullptr && body["files"].if_array() != nullptr) return "a CrowdStrike FDR batch";
  if (body["s3Bucket"].if_string() != nullptr && !body["s3ObjectKey"].is_null()) {
    return body["messageType"].is_null() ? "a CloudTrail delivery notice" : "an AWS Config delivery notice";
  }
  if (body["messageType"].if_string() != nullptr && body["recordVersion"].if_string() != nullptr)
    return "an AWS Config notice";
  return object->empty() ? "an empty JSON object" : fmt::format("a JSON object with the members {}", names_of(*object));
}

Result<std::vector<ObjectRef>> decode(std::string_view text, int envelopes) {
  auto parsed = Json::parse(text);
  if (!parsed) {
    if (text == "CloudTrail validation message.")
      return left("the message that CloudTrail sends when a trail gets a topic");
    return left(fmt::format("text that is no JSON ({}): {}", parsed.error().message, excerpt(text)));
  }
  const Json& body = *parsed;
  if (const Json::Array* records = body["Records"].if_array()) return decode_records(*records);
  if (body.text("Event") == "s3:TestEvent") return std::vector<ObjectRef>{};
  if (!is_envelope(body)) return left(looks_like(body));
  if (body.text("Type") == "SubscriptionConfirmation" || body.text("Type") == "UnsubscribeConfirmation") {
    return left(fmt::format("an SNS {} (confirm it in SNS, then delete the message)", body.text("Type")));
  }
  if (envelopes == kEnvelopesMax) return left(fmt::format("SNS messages nested more than {} deep", kEnvelopesMax));
  auto inner = decode(body.text("Message"), envelopes + 1);
  if (inner || envelopes > 0) return inner;
  return with_context(std::move(inner).error(), "in an SNS message");
}

}  // namespace

Result<std::vector<ObjectRef>> decode_notification(std::string_view body) {
  return decode(body, 0);
}

}  // namespace dray::intake
