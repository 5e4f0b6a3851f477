// inputs.<name>: one queue, how to read it, and what its objects are.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "config/definition_faults.h"
#include "config/definition_parser.h"
#include "config/predefined.h"
#include "config/sections.h"

namespace dray::config {
namespace {

// SQS's own limits: API reference, ReceiveMessage and SetQueueAttributes.
constexpr Range kVisibility{1, 43200};
constexpr Range kWait{0, 20};
constexpr Range kMessages{1, 10};

void read_acknowledging(const Fields& fields, Input& into) {
  const auto acks = fields.boolean("ack_messages");
  into.do_not_send = fields.boolean("do_not_send").value_or(false);
  into.ack_messages = acks.value_or(!into.do_not_send);
  if (into.do_not_send && acks.value_or(false)) {
    fields.error("ack_messages",
                 "with do_not_send: true it would delete notifications whose events were never sent; write false, "
                 "or remove do_not_send");
  } else if (into.do_not_send && !acks) {
    fields.warning("do_not_send", "implies ack_messages: false: nothing is sent and nothing is deleted");
  }
}

void read_queue_numbers(const Fields& fields, Input& into) {
  if (const auto visibility = fields.integer("sqs_visibility_timeout", kVisibility)) {
    into.visibility = seconds(*visibility);
    fields.advise_range("sqs_visibility_timeout", *visibility, {120, 43200});
  }
  if (const auto wait = fields.integer("sqs_wait_timeout", kWait)) {
    into.wait = seconds(*wait);
    fields.advise_range("sqs_wait_timeout", *wait, {20, 20});
  }
  if (const auto messages = fields.integer("sqs_max_messages", kMessages)) {
    into.messages_max = static_cast<int>(*messages);
    fields.advise_range("sqs_max_messages", *messages, {1, 6});
  }
}

// `delete` loses what it names, by the user's own word: said at every start.
void read_on_error(const Fields& fields, OnError& into) {
  static constexpr std::array<std::string_view, 1> kLeave = {"leave"};
  if (const auto refuses = fields.choice("receiver_refuses", kLeave)) into.receiver_refuses = *refuses;
  std::vector<std::string_view> names;
  names.reserve(std::size(flow::kDispositions));
  for (const flow::DispositionName& one : flow::kDispositions) names.push_back(one.name);
  for (const flow::TroubleName& trouble : flow::kTroubles) {
    const auto chosen = fields.choice(trouble.name, names);
    if (!chosen) continue;
    for (const flow::DispositionName& one : flow::kDispositions) {
      if (one.name == *chosen) into.dispositions.set(trouble.trouble, one.disposition);
    }
    if (into.dispositions.of(trouble.trouble) == flow::Disposition::remove) {
      fields.warning(trouble.name, "delete: what is in this trouble is lost, its notification is deleted");
    }
  }
}

void read_own_keys(const Fields& fields, Input& into) {
  static constexpr std::array<std::string_view, 3> kProofs = {"auto", "strict", "kernel"};
  static constexpr std::array<std::string_view, 1> kForms = {"auto"};
  if (const auto proof = fields.choice("delivery_proof", kProofs)) {
    if (*proof == "strict") into.delivery_proof = DeliveryProof::strict;
    if (*proof == "kernel") {
      into.delivery_proof = DeliveryProof::kernel;
      fields.warning("delivery_proof",
                     "kernel: an event counts as delivered once the receiving machine's kernel has it; if the receiver "
                     "dies before "
                     "reading it, the event is lost and its notification deleted");
    }
  }
  into.path_style = fields.boolean("path_style");
  if (const auto bytes = fields.bytes("record_bytes_max", {1024, std::int64_t{1} << 30})) {
    into.record_bytes_max = static_cast<std::uint64_t>(*bytes);
  }
  if (const auto bytes = fields.bytes("object_bytes_max", {1024, std::int64_t{1} << 50})) {
    into.object_bytes_max = static_cast<std::uint64_t>(*bytes);
  }
  if (const auto workers = fields.integer("workers", {1, 1024})) into.workers = static_cast<int>(*workers);
  (void)fields.choice("notification", kForms);
  read_on_error(fields.child("on_error", Section::on_error), into.on_error);
}

// compressed_events: true makes gzip the encoding of every service that names none.
void say_gzip(std::vector<service::Definition>& services) {
  for (service::Definition& one : services) {
    if (one.encoding.empty()) one.encoding = "gzip";
    say_gzip(one.members);
  }
}

// A service that takes every object: those behind it in the file are never asked.
bool takes_everything(const service::Definition& service) {
  // One of several services takes the keys of these, unless it has a format of its own to fall back on.
  if (!service.any_of.empty() && service.file_format.type.empty()) return false;
  const bool any_key = !service.key_pattern || service.key_pattern->empty() || *service.key_pattern == ".*";
  return any_key && service.filename_filter_rules.empty();
}

void warn_of_the_unreachable(const Fields& input, const std::vector<Named>& nodes,
                             const std::vector<service::Definition>& services) {
  const auto taker = std::find_if(services.begin(), services.end(), takes_everything);
  if (taker == services.end()) return;
  for (auto behind = taker + 1; behind != services.end(); ++behind) {
    const auto node = std::find_if(nodes.begin(), nodes.end(), [&](const Named& n) { return n.name == behind->name; });
    input.reading().out.warning(
        input.reading().file, node == nodes.end() ? 0 : node->line,
        fmt::format("{}.{}", input.path_of("services"), behind->name),
        fmt::format(
            "is never asked: {} stands before it and takes every object; put it first, or give {} a key_pattern",
            taker->name, taker->name));
  }
}

}  // namespace

std::vector<service::Definition> read_services(const Fields& input) {
  const Reading& reading = input.reading();
  const std::string path = input.path_of("services");
  std::vector<service::Definition> services;
  if (input.has("services") && input.node("services").IsSequence()) {
    input.error("services", "must be a mapping, such as {aws_sqs_vpc: {}}, not a list");
    return services;
  }
  const auto nodes = named_children(reading, input.node("services"), path, "services");
  if (nodes.empty()) {
    input.missing("services",
                  "name at least one, such as {aws_sqs_vpc: {}}; `dray services` lists those that are predefined, any "
                  "other name is a definition of your own");
  }
  for (const Named& node : nodes) {
    const std::string key_path = fmt::format("{}.{}", path, node.name);
    const WrittenDefinition written{node.name, node.value, predefined(node.name), reading.file, key_path, node.line};
    service::Definition service;
    bool good = read_definition(written, service, reading.out);
    resolve_members(service);
    if (reading.around.faults_of) {
      good = tell_faults(reading.around.faults_of(service), written, reading.out) && good;
    }
    if (good) services.push_back(std::move(service));
  }
  warn_of_the_unreachable(input, nodes, services);
  return services;
}

std::optional<Input> read_input(const Reading& reading, const Named& node, const std::string& path, bool debug) {
  if (!is_enabled(reading, node, Section::input)) return std::nullopt;
  Fields fields(reading, Section::input, node.value, path);
  fields.stands_at(node.line);
  (void)fields.boolean("enabled");
  Input input;
  input.name = node.name;
  if (const auto id = fields.text("id")) {
    input.id = *id;
    fields.advise_length("id", *id, {1, 5});
  } else if (!fields.has("id")) {
    fields.missing("id", "a number of your own for this input, such as 12345; no two inputs share one");
  }
  input.debug = fields.boolean("debug").value_or(debug);
  input.debug_md5 = fields.boolean("debug_md5").value_or(false);
  input.compressed_events = fields.boolean("compressed_events");
  if (fields.boolean("direct_mode").value_or(false)) {
    fields.error(
        "direct_mode",
        "true is not in this version: logs are taken from the S3 objects that messages tell of; write false or "
        "remove the key");
  }
  input.credentials = read_credentials(fields);
  read_addresses(fields, input);
  read_acknowledging(fields, input);
  read_queue_numbers(fields, input);
  read_own_keys(fields, input);
  input.services = read_services(fields);
  if (input.compressed_events.value_or(false)) say_gzip(input.services);
  return input;
}

}  // namespace dray::config
