#include "local/queue_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/json.h"

namespace dray::local {
namespace {

struct NumericAttribute {
  std::string_view name;
  std::int64_t least, most, usual;
};

// SQS API, SetQueueAttributes.
constexpr std::array<NumericAttribute, 5> kNumeric{{
    {"DelaySeconds", 0, 900, 0},
    {"MaximumMessageSize", 1024, 1'048'576, 1'048'576},
    {"MessageRetentionPeriod", 60, 1'209'600, 345'600},
    {"ReceiveMessageWaitTimeSeconds", 0, 20, 0},
    {"VisibilityTimeout", 0, 43'200, 30},
}};

Error no_queue() {
  return {ErrorKind::denied, "QueueDoesNotExist", "The specified queue does not exist."};
}

Error invalid_value(std::string_view name, std::string_view why) {
  return {ErrorKind::poison, "InvalidAttributeValue", fmt::format("Invalid value for the parameter {}. {}", name, why)};
}

std::int64_t number(const QueueAttributes& attributes, const NumericAttribute& rule) {
  const auto found = attributes.find(rule.name);
  if (found == attributes.end()) return rule.usual;
  std::int64_t value = rule.least - 1;
  const char* const end = found->second.data() + found->second.size();
  const auto parsed = std::from_chars(found->second.data(), end, value);
  return parsed.ptr == end ? value : rule.least - 1;
}

bool valid_name(std::string_view name) {
  return !name.empty() && name.size() <= 80 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

// A number in a RedrivePolicy may stand in quotes.
int receives_max(const Json& policy) {
  if (const auto plain = policy["maxReceiveCount"].if_integer()) return static_cast<int>(*plain);
  int value = 0;
  const std::string_view text = policy.text("maxReceiveCount");
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

Status QueueDirectory::create(const std::string& name, const QueueAttributes& attributes) {
  if (!valid_name(name)) {
    return Error{
        ErrorKind::poison, "InvalidParameterValue",
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length (no FIFO queues here)"};
  }
  const std::lock_guard lock(mutex_);
  if (const auto found = queues_.find(name); found != queues_.end()) {
    const bool same = std::all_of(attributes.begin(), attributes.end(), [&](const auto& wanted) {
      const auto has = found->second.attributes.find(wanted.first);
      return has != found->second.attributes.end() && has->second == wanted.second;
    });
    if (same) return {};
    return Error{ErrorKind::poison, "QueueNameExists",
                 "A queue already exists with the same name and a different value for an attribute"};
  }
  Entry entry;
  entry.named.queue = std::make_shared<MessageQueue>(name, clock_, ids_);
  entry.created_at = clock_.wall_now();
  if (auto applied = apply(entry, attributes); !applied) return applied;
  queues_.emplace(name, std::move(entry));
  return {};
}

// All or nothing.
Status QueueDirectory::apply(Entry& entry, const QueueAttributes& attributes) {
  for (const NumericAttribute& rule : kNumeric) {
    const std::int64_t value = number(attributes, rule);
    if (value < rule.least || value > rule.most) {
      return invalid_value(rule.name, fmt::format("It must be between {} and {}.", rule.least, rule.most));
    }
  }
  const auto redrive = attributes.find("RedrivePolicy");
  if (redrive != attributes.end()) {
    std::shared_ptr<MessageQueue> target;
    int count = 0;
    if (!redrive->second.empty()) {
      const auto policy = Json::parse(redrive->second);
      if (!policy) return invalid_value("RedrivePolicy", "It is not JSON.");
      const std::string_view arn = policy.value().text("deadLetterTargetArn");
      const auto found = queues_.find(arn.substr(arn.rfind(':') + 1));
      count = receives_max(policy.value());
      if (found == queues_.end()) return invalid_value("RedrivePolicy", "Dead letter target does not exist.");
      if (count < 1 || count > 1000)
        return invalid_value("RedrivePolicy", "maxReceiveCount must be between 1 and 1000.");
      target = found->second.named.queue;
    }
    entry.named.queue->set_redrive(std::move(target), count);
  }
  for (const auto& [name, value] : attributes) entry.attributes[name] = value;
  entry.named.defaults.delay = seconds(number(entry.attributes, kNumeric[0]));
  entry.named.defaults.message_bytes_max = static_cast<std::size_t>(number(entry.attributes, kNumeric[1]));
  entry.named.defaults.wait = seconds(number(entry.attributes, kNumeric[3]));
  entry.named.defaults.visibility = seconds(number(entry.attributes, kNumeric[4]));
  for (const NumericAttribute& rule : kNumeric) {
    entry.attributes.try_emplace(std::string(rule.name), std::to_string(rule.usual));
  }
  return {};
}

Status QueueDirectory::set_attributes(std::string_view name, const QueueAttributes& attributes) {
  const std::lock_guard lock(mutex_);
  const auto found = queues_.find(name);
  if (found == queues_.end()) return no_queue();
  return apply(found->second, attributes);
}

Status QueueDirectory::remove(std::string_view name) {
  const std::lock_guard lock(mutex_);
  const auto found = queues_.find(name);
  if (found == queues_.end()) return no_queue();
  found->second.named.queue->stop();
  found->second.named.queue->set_redrive(nullptr, 0);
  queues_.erase(found);
  return {};
}

Result<NamedQueue> QueueDirectory::find(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = queues_.find(name);
  if (found == queues_.end()) return no_queue();
  return found->second.named;
}

Result<QueueAttributes> QueueDirectory::attributes(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  const auto found = queues_.find(name);
  if (found == queues_.end()) return no_queue();
  QueueAttributes all = found->second.attributes;
  const QueueCounters counters = found->second.named.queue->counters();
  const std::string created = std::to_string(found->second.created_at.micros / 1'000'000);
  all["ApproximateNumberOfMessages"] = std::to_string(counters.visible);
  all["ApproximateNumberOfMessagesNotVisible"] = std::to_string(counters.in_flight);
  all["ApproximateNumberOfMessagesDelayed"] = std::to_string(counters.delayed);
  all["CreatedTimestamp"] = created;
  all["LastModifiedTimestamp"] = created;
  return all;
}

std::vector<std::string> QueueDirectory::names(std::string_view prefix) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [name, entry] : queues_) {
    if (name.starts_with(prefix)) out.push_back(name);
  }
  return out;
}

void QueueDirectory::stop() {
  const std::lock_guard lock(mutex_);
  for (auto& [name, entry] : queues_) {
    entry.named.queue->stop();
    entry.named.queue->set_redrive(nullptr, 0);
  }
}

}  // namespace dray::local
