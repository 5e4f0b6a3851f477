#include "aws/sqs_queue.h"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/json.h"

namespace dray::aws {
namespace {

constexpr std::size_t kEntriesMax = 10;
// Ten messages of 1 MiB, every byte of which may be escaped as \u00XX, would be 60 MiB; real ones are far below.
constexpr std::size_t kAnswerBytesMax = std::size_t{64} * 1024 * 1024;
constexpr milliseconds kPauseMin{200};
constexpr milliseconds kResponseSlack{10000};

ServiceTraits sqs_traits() {
  ServiceTraits traits;
  traits.service = "sqs";
  traits.errors = ErrorFormat::json;
  return traits;
}

std::int64_t integer_text(std::string_view text, std::int64_t fallback) {
  std::int64_t value = 0;
  const auto [rest, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  return text.empty() || fault != std::errc() || rest != text.data() + text.size() ? fallback : value;
}

// An attribute is text on AWS; emulators also send numbers.
std::int64_t integer_attribute(const Json& attributes, std::string_view name, std::int64_t fallback) {
  if (const auto number = attributes[name].if_integer()) return *number;
  return integer_text(attributes.text(name), fallback);
}

Status entry_fault(const Json& failed) {
  const std::string code(failed.text("Code"));
  const FaultClass fault_class = classify(0, code);
  const bool known = fault_class != FaultClass::rejected;
  const bool* senders = failed["SenderFault"].if_bool();
  const ErrorKind otherwise = senders != nullptr && *senders ? ErrorKind::later : ErrorKind::transient;
  return Error{known ? kind_of(fault_class) : otherwise, code.empty() ? "failed_entry" : code,
               fmt::format("{}: {}", code, failed.text("Message").substr(0, 500))};
}

// The index that we gave as the entry's Id; entries if it is none of ours.
std::size_t index_of(const Json& entry, std::size_t entries) {
  const std::int64_t index = integer_text(entry.text("Id"), -1);
  return index >= 0 && static_cast<std::size_t>(index) < entries ? static_cast<std::size_t>(index) : entries;
}

}  // namespace

SqsQueue::SqsQueue(std::string queue_url, const Endpoints& endpoints, const Surroundings& surroundings,
                   CredentialsProvider& credentials)
    : queue_url_(std::move(queue_url)),
      endpoint_(endpoints.sqs()),
      region_(endpoints.region()),
      clock_(surroundings.clock),
      credentials_(credentials),
      logger_(surroundings.logger),
      client_(sqs_traits(), surroundings) {}

Result<std::string> SqsQueue::call(const Action& action, const Stop& stop) {
  ServiceCall call;
  call.method = "POST";
  call.origin = endpoint_.origin;
  call.path = endpoint_.prefix + "/";
  call.region = region_;
  call.headers = {{"Content-Type", "application/x-amz-json-1.0"},
                  {"X-Amz-Target", fmt::format("AmazonSQS.{}", action.name)},
                  {"X-Amzn-Query-Mode", "true"}};
  call.body = action.body;
  call.body_bytes_max = kAnswerBytesMax;
  call.timeouts.response = action.response_max;
  call.timeouts.deadline = action.deadline;
  call.is_long_poll = action.is_long_poll;
  Outcome outcome = client_.call(call, credentials_, nullptr, stop);
  if (!outcome.fault.has_value()) return std::move(outcome.response.body);
  // A queue that answers 404 is not there; there is no object to be missing.
  if (outcome.fault->fault_class == FaultClass::missing) outcome.fault->error.kind = ErrorKind::denied;
  return with_context(std::move(outcome.fault->error), fmt::format("{} of {}", action.name, queue_url_));
}

Result<std::vector<ReceivedMessage>> SqsQueue::receive(const ReceiveRequest& request, const Stop& stop) {
  DRAY_ASSERT(request.messages_max >= 1 && request.messages_max <= static_cast<int>(kEntriesMax));
  Json::Array attributes{"ApproximateReceiveCount", "SentTimestamp"};
  Json::Object body{{"QueueUrl", queue_url_},
                    {"MaxNumberOfMessages", request.messages_max},
                    {"VisibilityTimeout", static_cast<std::int64_t>(request.visibility.count())},
                    {"WaitTimeSeconds", static_cast<std::int64_t>(request.wait.count())},
                    {"MessageSystemAttributeNames", std::move(attributes)}};
  Action action{"ReceiveMessage", Json(std::move(body)).dump(), kResponseSlack + request.wait, TimePoint::never(),
                true};
  const TimePoint started = clock_.now();
  Result<std::string> answer = call(action, stop);
  Result<std::vector<ReceivedMessage>> messages = std::vector<ReceivedMessage>();
  if (answer.ok()) {
    messages = read_messages(*answer);
  } else {
    Error error = std::move(answer).error();
    // InvalidParameterValue speaks of a receipt handle in the other calls; here there is none to lose.
    if (error.kind == ErrorKind::lost) error.kind = ErrorKind::later;
    messages = std::move(error);
  }
  if (!messages.ok()) {
    sleep_unless_stopped(clock_, clock_.now() + kPauseMin, stop);
  } else if (messages->empty()) {
    sleep_unless_stopped(clock_, started + kPauseMin, stop);
  }
  return messages;
}

Result<std::vector<ReceivedMessage>> SqsQueue::read_messages(std::string_view answer) {
  std::vector<ReceivedMessage> messages;
  Result<Json> json = Json::parse(answer);
  if (!json.ok()) {
    return Error{ErrorKind::transient, "bad_answer",
                 fmt::format("ReceiveMessage of {}: {}", queue_url_, json.error().message)};
  }
  const Json::Array* list = (*json)["Messages"].if_array();
  if (list == nullptr) return messages;  // {} and {"Messages":null} are empty polls
  messages.reserve(list->size());
  for (const Json& entry : *list) {
    ReceivedMessage message;
    message.message_id = entry.text("MessageId");
    message.receipt_handle = entry.text("ReceiptHandle");
    message.body = entry.text("Body");
    message.md5_of_body = hex(md5(message.body));
    const std::string_view told = entry.text("MD5OfBody");
    if (message.receipt_handle.empty() || (!told.empty() && told != message.md5_of_body)) {
      logger_.warning(
          fmt::format("A message of {} came damaged ({}) and is left on the queue: MessageId {}", queue_url_,
                      message.receipt_handle.empty() ? "no receipt handle" : "its MD5 does not match its body",
                      message.message_id));
      continue;
    }
    const Json& attributes = entry["Attributes"];
    message.receive_count = static_cast<int>(
        std::clamp<std::int64_t>(integer_attribute(attributes, "ApproximateReceiveCount", 1), 1, 1'000'000));
    constexpr std::int64_t kMillisMax = 253'402'300'799'000;  // the year 9999
    message.sent_at.micros =
        std::clamp<std::int64_t>(integer_attribute(attributes, "SentTimestamp", 0), 0, kMillisMax) * 1000;
    messages.push_back(std::move(message));
  }
  return messages;
}

Result<std::vector<Status>> SqsQueue::remove(const std::vector<std::string>& receipt_handles, TimePoint deadline) {
  Json::Array entries;
  for (std::size_t i = 0; i < receipt_handles.size(); ++i) {
    entries.emplace_back(Json::Object{{"Id", std::to_string(i)}, {"ReceiptHandle", receipt_handles[i]}});
  }
  Json::Object body{{"QueueUrl", queue_url_}, {"Entries", std::move(entries)}};
  return batch({"DeleteMessageBatch", Json(std::move(body)).dump(), kResponseSlack, deadline, false},
               receipt_handles.size());
}

Result<std::vector<Status>> SqsQueue::change_visibility(const std::vector<VisibilityChange>& changes,
                                                        TimePoint deadline) {
  Json::Array entries;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    entries.emplace_back(Json::Object{{"Id", std::to_string(i)},
                                      {"ReceiptHandle", changes[i].receipt_handle},
                                      {"VisibilityTimeout", static_cast<std::int64_t>(changes[i].visibility.count())}});
  }
  Json::Object body{{"QueueUrl", queue_url_}, {"Entries", std::move(entries)}};
  return batch({"ChangeMessageVisibilityBatch", Json(std::move(body)).dump(), kResponseSlack, deadline, false},
               changes.size());
}

Result<std::vector<Status>> SqsQueue::batch(const Action& action, std::size_t entries) {
  DRAY_ASSERT(entries >= 1 && entries <= kEntriesMax);
  Result<std::string> answer = call(action, never_);
  if (!answer.ok()) return std::move(answer).error();
  const Result<Json> json = Json::parse(*answer);
  if (!json.ok()) {
    return Error{ErrorKind::transient, "bad_answer",
                 fmt::format("{} of {}: {}", action.name, queue_url_, json.error().message)};
  }
  // What the answer does not mention has an unknown outcome, and may be repeated.
  std::vector<Status> results(entries,
                              Error{ErrorKind::transient, "no_result", "the answer does not mention the entry"});
  if (const Json::Array* done = (*json)["Successful"].if_array()) {
    for (const Json& entry : *done) {
      if (const std::size_t i = index_of(entry, entries); i < entries) results[i] = Status();
    }
  }
  if (const Json::Array* failed = (*json)["Failed"].if_array()) {
    for (const Json& entry : *failed) {
      if (const std::size_t i = index_of(entry, entries); i < entries) results[i] = entry_fault(entry);
    }
  }
  return results;
}

Result<std::map<std::string, std::string>> SqsQueue::attributes(const Stop& stop) {
  Json::Object body{{"QueueUrl", queue_url_}, {"AttributeNames", Json::Array{"All"}}};
  Result<std::string> answer =
      call({"GetQueueAttributes", Json(std::move(body)).dump(), kResponseSlack, TimePoint::never(), false}, stop);
  if (!answer.ok()) return std::move(answer).error();
  std::map<std::string, std::string> out;
  const Result<Json> json = Json::parse(*answer);
  if (!json.ok()) return Error{ErrorKind::transient, "bad_answer", "GetQueueAttributes: " + json.error().message};
  if (const Json::Object* attributes = (*json)["Attributes"].if_object()) {
    for (const auto& [name, value] : *attributes) {
      out[name] = value.if_string() != nullptr ? *value.if_string() : value.dump();
    }
  }
  return out;
}

}  // namespace dray::aws
