#include "local/s3_events.h"

#include <fmt/format.h>

#include <utility>

#include "base/json.h"

namespace dray::local {
namespace {

constexpr std::string_view kNamespace = "http://s3.amazonaws.com/doc/2006-03-01/";

Result<NotificationRule> parse_rule(const XmlElement& element, IdSource& ids) {
  NotificationRule rule;
  const bool topic = element.name == "TopicConfiguration";
  rule.form = topic ? NotificationForm::sns : NotificationForm::plain;
  rule.arn = element.text_of(topic ? "Topic" : "Queue");
  rule.id = element.text_of("Id");
  if (rule.id.empty()) rule.id = ids.uuid();
  for (const XmlElement& child : element.children) {
    if (child.name == "Event") rule.events.push_back(child.text);
    if (child.name != "Filter") continue;
    const XmlElement* const key = child.child("S3Key");
    if (key == nullptr) continue;
    for (const XmlElement& filter : key->children) {
      const std::string_view name = filter.text_of("Name");
      if (name == "prefix" || name == "Prefix") rule.prefix = filter.text_of("Value");
      if (name == "suffix" || name == "Suffix") rule.suffix = filter.text_of("Value");
    }
  }
  if (rule.arn.empty() || rule.events.empty()) {
    return Error{ErrorKind::poison, "MalformedXML", "A notification needs a Queue or Topic ARN and an Event."};
  }
  return rule;
}

std::string filter_xml(const NotificationRule& rule) {
  if (rule.prefix.empty() && rule.suffix.empty()) return {};
  std::string out = "<Filter><S3Key>";
  for (const auto& [name, value] :
       {std::pair<std::string_view, const std::string&>{"Prefix", rule.prefix}, {"Suffix", rule.suffix}}) {
    if (value.empty()) continue;
    fmt::format_to(std::back_inserter(out), "<FilterRule><Name>{}</Name><Value>{}</Value></FilterRule>", name,
                   xml_escape(value));
  }
  return out + "</S3Key></Filter>";
}

}  // namespace

Result<std::vector<NotificationRule>> parse_notification_configuration(const XmlElement& root, IdSource& ids) {
  std::vector<NotificationRule> rules;
  for (const XmlElement& child : root.children) {
    if (child.name == "QueueConfiguration" || child.name == "TopicConfiguration") {
      auto rule = parse_rule(child, ids);
      if (!rule) return rule.error();
      rules.push_back(std::move(rule).value());
    } else if (child.name == "CloudFunctionConfiguration" || child.name == "EventBridgeConfiguration") {
      return Error{ErrorKind::poison, "NotImplemented", fmt::format("The local cloud has no {}.", child.name)};
    }
  }
  return rules;
}

std::string notification_configuration_xml(const std::vector<NotificationRule>& rules) {
  std::string out = fmt::format("<NotificationConfiguration xmlns=\"{}\">", kNamespace);
  for (const NotificationRule& rule : rules) {
    const bool topic = rule.form == NotificationForm::sns;
    const std::string_view kind = topic ? "Topic" : "Queue";
    fmt::format_to(std::back_inserter(out), "<{0}Configuration><Id>{1}</Id><{0}>{2}</{0}>", kind, xml_escape(rule.id),
                   xml_escape(rule.arn));
    for (const std::string& event : rule.events)
      fmt::format_to(std::back_inserter(out), "<Event>{}</Event>", xml_escape(event));
    fmt::format_to(std::back_inserter(out), "{}</{}Configuration>", filter_xml(rule), kind);
  }
  return out + "</NotificationConfiguration>";
}

Status S3Events::check_target(const NotificationRule& rule) const {
  if (queues_.find(rule.target())) return {};
  return Error{ErrorKind::poison, "InvalidArgument",
               fmt::format("Unable to validate the following destination configurations: {} (there is no queue {})",
                           rule.arn, rule.target())};
}

void S3Events::send_test_event(std::string_view bucket, const NotificationRule& rule) {
  Json::Object test{{"Service", "Amazon S3"},
                    {"Event", "s3:TestEvent"},
                    {"Time", iso_time(context_.clock.wall_now())},
                    {"Bucket", bucket},
                    {"RequestId", context_.ids.upper_hex(16)},
                    {"HostId", context_.ids.upper_hex(64)}};
  deliver(rule, Json(std::move(test)).dump());
}

Status S3Events::configure(std::string_view bucket, const std::vector<NotificationRule>& rules) {
  for (const NotificationRule& rule : rules) {
    if (auto good = check_target(rule); !good) return good;
  }
  if (auto set = buckets_.set_rules(bucket, rules); !set) return set;
  for (const NotificationRule& rule : rules) send_test_event(bucket, rule);
  return {};
}

Status S3Events::add(std::string_view bucket, const NotificationRule& rule, bool test_event) {
  if (auto good = check_target(rule); !good) return good;
  auto rules = buckets_.rules(bucket);
  if (!rules) return rules.error();
  rules.value().push_back(rule);
  if (auto set = buckets_.set_rules(bucket, std::move(rules).value()); !set) return set;
  if (test_event) send_test_event(bucket, rule);
  return {};
}

void S3Events::publish(std::string_view bucket, std::string_view key, const StoredObject& object,
                       std::string_view event) {
  for (const NotificationRule& rule : buckets_.matching(bucket, key, event)) {
    deliver(rule, event_body(bucket, key, object, event, rule));
  }
}

std::string S3Events::event_body(std::string_view bucket, std::string_view key, const StoredObject& object,
                                 std::string_view event, const NotificationRule& rule) const {
  const std::string principal = "A" + context_.account;
  Json::Object where{{"name", bucket},
                     {"ownerIdentity", Json::Object{{"principalId", principal}}},
                     {"arn", fmt::format("arn:aws:s3:::{}", bucket)}};
  Json::Object what{{"key", encode_event_key(key)}, {"sequencer", object.sequencer}};
  if (event.starts_with("ObjectCreated")) {
    what["size"] = static_cast<std::int64_t>(object.content->size());
    what["eTag"] = object.etag;
  }
  const auto region = buckets_.region(bucket);
  Json::Object record{
      {"eventVersion", "2.1"},
      {"eventSource", "aws:s3"},
      {"awsRegion", region ? region.value() : context_.region},
      {"eventTime", iso_time(context_.clock.wall_now())},
      {"eventName", event},
      {"userIdentity", Json::Object{{"principalId", "AWS:" + principal}}},
      {"requestParameters", Json::Object{{"sourceIPAddress", "127.0.0.1"}}},
      {"responseElements",
       Json::Object{{"x-amz-request-id", context_.ids.upper_hex(16)}, {"x-amz-id-2", context_.ids.upper_hex(64)}}},
      {"s3", Json::Object{{"s3SchemaVersion", "1.0"},
                          {"configurationId", rule.id},
                          {"bucket", std::move(where)},
                          {"object", std::move(what)}}},
  };
  Json::Array records;
  records.emplace_back(std::move(record));
  return Json(Json::Object{{"Records", std::move(records)}}).dump();
}

void S3Events::deliver(const NotificationRule& rule, std::string message) {
  auto target = queues_.find(rule.target());
  if (!target) return;  // deleted since: S3 drops such events too
  if (rule.form == NotificationForm::sns) {
    const std::string host = fmt::format("https://sns.{}.amazonaws.com", context_.region);
    Json::Object envelope{{"Type", "Notification"},
                          {"MessageId", context_.ids.uuid()},
                          {"TopicArn", rule.arn},
                          {"Subject", "Amazon S3 Notification"},
                          {"Message", std::move(message)},
                          {"Timestamp", iso_time(context_.clock.wall_now())},
                          {"SignatureVersion", "1"},
                          {"Signature", "bG9jYWwgY2xvdWQ="},
                          {"SigningCertURL", host + "/SimpleNotificationService-local.pem"},
                          {"UnsubscribeURL", host + "/?Action=Unsubscribe"}};
    message = Json(std::move(envelope)).dump();
  }
  target.value().queue->send(std::move(message), target.value().defaults.delay, Json());
}

}  // namespace dray::local
