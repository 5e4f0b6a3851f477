#include "local/sqs_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/digest.h"
#include "base/encoding.h"

namespace dray::local {
namespace {

constexpr std::size_t kRequestBytesMax = 16 * 1024 * 1024;
constexpr std::size_t kBatchMax = 10;
constexpr std::size_t kBatchIdMax = 80;

Error invalid(std::string_view name, std::string_view why) {
  return {ErrorKind::poison, "InvalidParameterValue",
          fmt::format("Value for parameter {} is invalid. Reason: {}", name, why)};
}

Error missing(std::string_view name) {
  return {ErrorKind::poison, "MissingParameter", fmt::format("The request must contain the parameter {}.", name)};
}

// SQS's codes of today with those of its query protocol, which x-amzn-query-error carries (aws-client.md 4).
struct ErrorRow {
  std::string_view code, type, query_code;
  int status;
};
constexpr std::string_view kSqs = "com.amazonaws.sqs#";
constexpr std::string_view kCoral = "com.amazon.coral.service#";
constexpr std::string_view kNone = "";
constexpr std::array<ErrorRow, 17> kErrors{{
    {"QueueDoesNotExist", "QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue", 400},
    {"QueueNameExists", "QueueNameExists", "QueueAlreadyExists", 400},
    {"MessageNotInflight", "MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight", 400},
    {"EmptyBatchRequest", "EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest", 400},
    {"TooManyEntriesInBatchRequest", "TooManyEntriesInBatchRequest",
     "AWS.SimpleQueueService.TooManyEntriesInBatchRequest", 400},
    {"BatchEntryIdsNotDistinct", "BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct", 400},
    {"InvalidBatchEntryId", "InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId", 400},
    {"UnsupportedOperation", "UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation", 400},
    {"SlowDown", "RequestThrottled", "RequestThrottled", 403},
    {"InternalError", "InternalFailure", "InternalFailure", 500},
    {"OverLimit", "OverLimit", "OverLimit", 403},
    {"AccessDenied", "MissingAuthenticationTokenException", "MissingAuthenticationToken", 403},
    {"AuthorizationHeaderMalformed", "IncompleteSignatureException", "IncompleteSignature", 403},
    {"InvalidAccessKeyId", "UnrecognizedClientException", "InvalidClientTokenId", 403},
    {"InvalidToken", "UnrecognizedClientException", "InvalidClientTokenId", 403},
    {"ExpiredToken", "ExpiredTokenException", "ExpiredToken", 403},
    {"SignatureDoesNotMatch", "InvalidSignatureException", "SignatureDoesNotMatch", 403},
}};

ErrorRow row_of(const Error& error) {
  for (const ErrorRow& row : kErrors) {
    if (row.code == error.code) return row;
  }
  if (error.code == "RequestTimeTooSkewed") return {kNone, "InvalidSignatureException", "SignatureDoesNotMatch", 403};
  return {error.code, error.code, error.code, 400};
}

// Which XML 1.0 characters SQS takes (SendMessage, MessageBody). UTF-8 itself was checked when the JSON was read.
bool valid_body(std::string_view body) {
  return std::none_of(body.begin(), body.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r';
  });
}

bool valid_batch_id(std::string_view id) {
  return !id.empty() && id.size() <= kBatchIdMax && std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

Result<seconds> seconds_of(const Json& in, std::string_view name, seconds usual, std::int64_t most) {
  const Json& given = in[name];
  if (given.is_null()) return usual;
  const auto value = given.if_integer();
  if (!value || *value < 0 || *value > most)
    return invalid(name, fmt::format("Must be between 0 and {}, if provided.", most));
  return seconds(*value);
}

void append_length(std::string& out, std::size_t size) {
  for (unsigned shift = 32; shift > 0; shift -= 8) out.push_back(static_cast<char>((size >> (shift - 8)) & 0xffU));
}

void append_sized(std::string& out, std::string_view text) {
  append_length(out, text.size());
  out.append(text);
}

// SQS Developer Guide, "Calculating the MD5 message digest for message attributes"; "" without attributes.
std::string attributes_md5(const Json& attributes) {
  const auto* const members = attributes.if_object();
  if (members == nullptr || members->empty()) return {};
  std::string text;
  for (const auto& [name, attribute] : *members) {  // a map: in the order of names
    append_sized(text, name);
    append_sized(text, attribute.text("DataType"));
    const bool binary = attribute.text("DataType").starts_with("Binary");
    text.push_back(binary ? '\2' : '\1');
    append_sized(text,
                 binary ? from_base64(attribute.text("BinaryValue")).value_or("") : attribute.text("StringValue"));
  }
  return hex(md5(text));
}

bool lists(const Json& names, std::string_view wanted) {
  const auto* const array = names.if_array();
  return array != nullptr && std::any_of(array->begin(), array->end(), [&](const Json& one) {
           const auto* const name = one.if_string();
           return name != nullptr && (*name == "All" || *name == ".*" || *name == wanted);
         });
}

QueueAttributes attributes_in(const Json& in) {
  QueueAttributes out;
  if (const auto* const members = in["Attributes"].if_object()) {
    for (const auto& [name, value] : *members) {
      if (const auto* const text = value.if_string()) out[name] = *text;
    }
  }
  return out;
}

}  // namespace

std::string SqsService::queue_url(std::string_view name) const {
  return fmt::format("{}/{}/{}", context_.url, context_.account, name);
}

void SqsService::serve(net::ServerExchange& exchange, std::string_view action) {
  const auto body = exchange.read_whole_body(kRequestBytesMax);
  if (!body) return refuse(exchange, invalid("body", body.error().message));
  const auto caller = verify_signature(exchange, hex(sha256(body.value())), context_.identities, context_.clock);
  if (!caller) return refuse(exchange, caller.error());
  if (caller.value().service != "sqs" || caller.value().region != context_.region) {
    return refuse(exchange,
                  {ErrorKind::denied, "SignatureDoesNotMatch",
                   fmt::format("Credential should be scoped to a valid region and service: {}/sqs", context_.region)});
  }
  const auto in = Json::parse(body.value().empty() ? "{}" : std::string_view(body.value()));
  if (!in) return refuse(exchange, {ErrorKind::poison, "SerializationException", in.error().message});
  const Answer out = run(exchange, action, in.value());
  if (!out) return refuse(exchange, out.error());
  const std::string_view url = in.value().text("QueueUrl");
  if (context_.faults.take(FaultKind::lost_response, action, url.substr(url.rfind('/') + 1)))
    return exchange.reset_connection();
  static_cast<void>(
      exchange.answer(200, {{"Content-Type", "application/x-amz-json-1.0"}, {"x-amzn-RequestId", context_.ids.uuid()}},
                      out.value().dump()));
}

void SqsService::refuse(net::ServerExchange& exchange, const Error& error) const {
  const ErrorRow row = row_of(error);
  const bool of_door = row.status == 403 && row.type.ends_with("Exception");
  Json::Object body;
  body["__type"] = std::string(of_door ? kCoral : kSqs) + std::string(row.type);
  body["message"] = error.message;
  static_cast<void>(exchange.answer(
      row.status,
      {{"Content-Type", "application/x-amz-json-1.0"},
       {"x-amzn-RequestId", context_.ids.uuid()},
       {"x-amzn-query-error", fmt::format("{};{}", row.query_code, row.status >= 500 ? "Receiver" : "Sender")}},
      Json(std::move(body)).dump()));
}

SqsService::Answer SqsService::run(net::ServerExchange& exchange, std::string_view action, const Json& in) {
  static constexpr std::array<ActionRow, 14> kActions{{
      {"ReceiveMessage", &SqsService::receive, true},
      {"DeleteMessageBatch", &SqsService::remove_batch, true},
      {"ChangeMessageVisibilityBatch", &SqsService::change_visibility_batch, true},
      {"DeleteMessage", &SqsService::remove, true},
      {"ChangeMessageVisibility", &SqsService::change_visibility, true},
      {"SendMessage", &SqsService::send, true},
      {"SendMessageBatch", &SqsService::send_batch, true},
      {"GetQueueAttributes", &SqsService::get_attributes, true},
      {"SetQueueAttributes", &SqsService::set_attributes, true},
      {"PurgeQueue", &SqsService::purge, true},
      {"DeleteQueue", &SqsService::delete_queue, true},
      {"CreateQueue", &SqsService::create_queue, false},
      {"GetQueueUrl", &SqsService::get_queue_url, false},
      {"ListQueues", &SqsService::list_queues, false},
  }};
  const auto row =
      std::find_if(kActions.begin(), kActions.end(), [&](const ActionRow& one) { return one.name == action; });
  if (row == kActions.end()) {
    return Error{ErrorKind::poison, "UnsupportedOperation", fmt::format("The local cloud has no {}.", action)};
  }
  const std::string_view url = in.text("QueueUrl");
  Call call{in, exchange, action, std::string(url.substr(url.rfind('/') + 1)), {}};
  if (auto door = fault_at_the_door(context_, action, call.queue_name); !door) return door.error();
  if (row->needs_queue) {
    if (url.empty()) return missing("QueueUrl");
    auto found = queues_.find(call.queue_name);
    if (!found) return found.error();
    call.queue = std::move(found).value();
  }
  return (this->*row->action)(call);
}

SqsService::Answer SqsService::create_queue(Call& call) {
  const std::string name(call.in.text("QueueName"));
  if (auto created = queues_.create(name, attributes_in(call.in)); !created) return created.error();
  return Json(Json::Object{{"QueueUrl", queue_url(name)}});
}

SqsService::Answer SqsService::delete_queue(Call& call) {
  if (auto removed = queues_.remove(call.queue_name); !removed) return removed.error();
  return Json(Json::Object{});
}

SqsService::Answer SqsService::get_queue_url(Call& call) {
  const auto found = queues_.find(call.in.text("QueueName"));
  if (!found) return found.error();
  return Json(Json::Object{{"QueueUrl", queue_url(found.value().queue->name())}});
}

SqsService::Answer SqsService::list_queues(Call& call) {
  Json::Array urls;
  for (const std::string& name : queues_.names(call.in.text("QueueNamePrefix"))) urls.emplace_back(queue_url(name));
  return urls.empty() ? Json(Json::Object{}) : Json(Json::Object{{"QueueUrls", std::move(urls)}});
}

SqsService::Answer SqsService::get_attributes(Call& call) {
  auto all = queues_.attributes(call.queue_name);
  if (!all) return all.error();
  all.value()["QueueArn"] = fmt::format("arn:aws:sqs:{}:{}:{}", context_.region, context_.account, call.queue_name);
  Json::Object wanted;
  for (const auto& [name, value] : all.value()) {
    if (lists(call.in["AttributeNames"], name)) wanted[name] = value;
  }
  return wanted.empty() ? Json(Json::Object{}) : Json(Json::Object{{"Attributes", std::move(wanted)}});
}

SqsService::Answer SqsService::set_attributes(Call& call) {
  if (auto set = queues_.set_attributes(call.queue_name, attributes_in(call.in)); !set) return set.error();
  return Json(Json::Object{});
}

SqsService::Answer SqsService::purge(Call& call) {
  call.queue.queue->purge();
  return Json(Json::Object{});
}

SqsService::Answer SqsService::send(Call& call) {
  return send_one(call, call.in);
}
SqsService::Answer SqsService::send_batch(Call& call) {
  return batch(call, &SqsService::send_one);
}
SqsService::Answer SqsService::remove(Call& call) {
  return remove_one(call, call.in);
}
SqsService::Answer SqsService::remove_batch(Call& call) {
  return batch(call, &SqsService::remove_one);
}
SqsService::Answer SqsService::change_visibility(Call& call) {
  return change_one(call, call.in);
}
SqsService::Answer SqsService::change_visibility_batch(Call& call) {
  return batch(call, &SqsService::change_one);
}

SqsService::Answer SqsService::send_one(Call& call, const Json& entry) {
  const auto* const body = entry["MessageBody"].if_string();
  if (body == nullptr || body->empty()) return missing("MessageBody");
  if (body->size() > call.queue.defaults.message_bytes_max) {
    return invalid("MessageBody",
                   fmt::format("Message must be shorter than {} bytes.", call.queue.defaults.message_bytes_max));
  }
  if (!valid_body(*body))
    return Error{ErrorKind::poison, "InvalidMessageContents",
                 "The message contains characters outside the allowed set."};
  const auto delay = seconds_of(entry, "DelaySeconds", call.queue.defaults.delay, 900);
  if (!delay) return delay.error();
  const QueueMessage sent = call.queue.queue->send(*body, delay.value(), entry["MessageAttributes"]);
  Json::Object out{{"MessageId", sent.id}, {"MD5OfMessageBody", sent.md5}};
  if (std::string digest = attributes_md5(sent.attributes); !digest.empty()) out["MD5OfMessageAttributes"] = digest;
  return Json(std::move(out));
}

SqsService::Answer SqsService::receive(Call& call) {
  const Json& most = call.in["MaxNumberOfMessages"];
  const std::int64_t count = most.is_null() ? 1 : most.if_integer().value_or(0);
  if (count < 1 || count > 10) return invalid("MaxNumberOfMessages", "Must be between 1 and 10, if provided.");
  const auto visibility = seconds_of(call.in, "VisibilityTimeout", call.queue.defaults.visibility, 43'200);
  if (!visibility) return visibility.error();
  const auto wait = seconds_of(call.in, "WaitTimeSeconds", call.queue.defaults.wait, 20);
  if (!wait) return wait.error();

  ReceiveCall receive;
  receive.messages_max = static_cast<std::size_t>(count);
  receive.visibility = visibility.value();
  receive.deadline = context_.clock.now() + wait.value();
  receive.caller_is_gone = [&] { return call.exchange.peer_is_gone(); };
  receive.duplicate = [&] {
    return context_.faults.take(FaultKind::duplicate_delivery, call.action, call.queue_name).has_value();
  };
  const auto got = call.queue.queue->receive(receive);
  if (!got) return got.error();
  if (got.value().empty()) return Json(Json::Object{});
  Json::Array messages;
  messages.reserve(got.value().size());
  for (const DeliveredMessage& one : got.value()) messages.push_back(delivered(one, call.in));
  return Json(Json::Object{{"Messages", std::move(messages)}});
}

Json SqsService::delivered(const DeliveredMessage& one, const Json& in) const {
  const QueueMessage& message = one.message;
  Json::Object out{{"MessageId", message.id},
                   {"ReceiptHandle", one.receipt_handle},
                   {"MD5OfBody", message.md5},
                   {"Body", message.body}};
  const std::array<std::pair<std::string_view, std::string>, 4> known{{
      {"ApproximateReceiveCount", std::to_string(message.receive_count)},
      {"SentTimestamp", std::to_string(message.sent_at.micros / 1000)},
      {"ApproximateFirstReceiveTimestamp", std::to_string(message.first_received_at.micros / 1000)},
      {"SenderId", context_.account},
  }};
  Json::Object attributes;
  for (const auto& [name, value] : known) {
    if (lists(in["MessageSystemAttributeNames"], name) || lists(in["AttributeNames"], name))
      attributes[std::string(name)] = value;
  }
  if (!attributes.empty()) out["Attributes"] = std::move(attributes);
  Json::Object wanted;
  if (const auto* const members = message.attributes.if_object()) {
    for (const auto& [name, value] : *members) {
      if (lists(in["MessageAttributeNames"], name)) wanted[name] = value;
    }
  }
  if (!wanted.empty()) {
    out["MD5OfMessageAttributes"] = attributes_md5(Json(wanted));
    out["MessageAttributes"] = std::move(wanted);
  }
  return Json(std::move(out));
}

SqsService::Answer SqsService::remove_one(Call& call, const Json& entry) {
  auto removed = call.queue.queue->remove(entry.text("ReceiptHandle"));
  if (!removed) return removed.error();
  if (removed.value() && context_.on_delete) context_.on_delete({call.queue_name, std::move(*removed.value())});
  return Json(Json::Object{});
}

SqsService::Answer SqsService::change_one(Call& call, const Json& entry) {
  if (entry["VisibilityTimeout"].is_null()) return missing("VisibilityTimeout");
  const auto visibility = seconds_of(entry, "VisibilityTimeout", seconds(0), 43'200);
  if (!visibility) return visibility.error();
  if (auto changed = call.queue.queue->change_visibility(entry.text("ReceiptHandle"), visibility.value()); !changed) {
    return changed.error();
  }
  return Json(Json::Object{});
}

SqsService::Answer SqsService::batch(Call& call, EntryAction action) {
  const auto* const entries = call.in["Entries"].if_array();
  if (entries == nullptr || entries->empty()) {
    return Error{ErrorKind::poison, "EmptyBatchRequest", "There should be at least one entry in the request."};
  }
  if (entries->size() > kBatchMax) {
    return Error{ErrorKind::poison, "TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10."};
  }
  std::set<std::string_view> ids;
  for (const Json& entry : *entries) {
    const std::string_view id = entry.text("Id");
    if (!valid_batch_id(id))
      return Error{ErrorKind::poison, "InvalidBatchEntryId",
                   "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at "
                   "most 80 letters long."};
    if (!ids.insert(id).second)
      return Error{ErrorKind::poison, "BatchEntryIdsNotDistinct", fmt::format("Id {} repeated.", id)};
  }
  Json::Array good;
  Json::Array bad;
  for (const Json& entry : *entries) {
    const bool fails = context_.faults.take(FaultKind::partial_failure, call.action, call.queue_name).has_value();
    Answer one = fails ? Answer(Error{ErrorKind::transient, "InternalError", "The entry failed."})
                       : (this->*action)(call, entry);
    if (one) {
      Json::Object out = one.value().if_object() != nullptr ? *one.value().if_object() : Json::Object{};
      out["Id"] = entry["Id"];
      good.emplace_back(std::move(out));
    } else {
      bad.emplace_back(Json::Object{{"Id", entry["Id"]},
                                    {"SenderFault", Json(one.error().kind != ErrorKind::transient)},
                                    {"Code", one.error().code},
                                    {"Message", one.error().message}});
    }
  }
  return Json(Json::Object{{"Successful", std::move(good)}, {"Failed", std::move(bad)}});
}

}  // namespace dray::local
