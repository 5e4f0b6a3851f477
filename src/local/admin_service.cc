#include "local/admin_service.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

#include "base/encoding.h"
#include "base/json.h"
#include "local/cloud.h"

namespace dray::local {
namespace {

constexpr std::size_t kRequestBytesMax = 256 * 1024 * 1024;

using Answer = Result<Json::Object>;

struct Route {
  std::string_view method, path;
  Answer (*serve)(Cloud&, const Json&);
};

Error refused(std::string message) {
  return {ErrorKind::poison, "BadRequest", std::move(message)};
}

Answer done(const Status& status) {
  if (!status) return status.error();
  return Json::Object{};
}

Json::Object numbers(std::initializer_list<std::pair<const char*, std::uint64_t>> members) {
  Json::Object out;
  for (const auto& [name, value] : members) out[name] = static_cast<std::int64_t>(value);
  return out;
}

double fraction_of(const Json& value, double usual) {
  const auto* const text = value.if_number();
  if (text == nullptr) return usual;
  double parsed = usual;
  std::from_chars(text->text.data(), text->text.data() + text->text.size(), parsed);
  return parsed;
}

Answer health(Cloud& cloud, const Json& /*in*/) {
  Json::Object out;
  out["status"] = "ok";
  out["url"] = cloud.url();
  out["region"] = cloud.region();
  return out;
}

Answer counters(Cloud& cloud, const Json& /*in*/) {
  Json::Object queues;
  for (const std::string& name : cloud.queues()) {
    const auto found = cloud.queue_counters(name);
    if (!found) continue;
    queues[name] = numbers({{"sent", found.value().sent},
                            {"received", found.value().received},
                            {"deleted", found.value().deleted},
                            {"moved", found.value().moved},
                            {"visible", found.value().visible},
                            {"in_flight", found.value().in_flight},
                            {"delayed", found.value().delayed},
                            {"left", found.value().left()}});
  }
  const CloudCounters all = cloud.counters();
  Json::Object out = numbers({{"gets", all.gets},
                              {"puts", all.puts},
                              {"bytes_out", all.bytes_out},
                              {"faults", all.faults},
                              {"requests", all.requests}});
  out["queues"] = std::move(queues);
  return out;
}

Answer add_fault(Cloud& cloud, const Json& in) {
  if (const auto* const many = in.if_array()) {
    for (const Json& one : *many) {
      if (auto added = add_fault(cloud, one); !added) return added;
    }
    return Json::Object{};
  }
  const auto kind = fault_kind(in.text("kind"));
  if (!kind) return refused(fmt::format("there is no fault of kind \"{}\"", in.text("kind")));
  Fault fault;
  fault.kind = *kind;
  fault.operation = in.text("operation");
  fault.subject = in.text("subject");
  fault.times = in["times"].if_integer().value_or(1);
  fault.value = static_cast<std::uint64_t>(in["value"].if_integer().value_or(0));
  fault.probability = fraction_of(in["probability"], 1.0);
  cloud.faults().add(std::move(fault));
  return Json::Object{};
}

Answer clear_faults(Cloud& cloud, const Json& /*in*/) {
  cloud.faults().clear();
  return Json::Object{};
}

Answer add_bucket(Cloud& cloud, const Json& in) {
  return done(cloud.add_bucket(std::string(in.text("name")), std::string(in.text("region"))));
}

Answer put_objects(Cloud& cloud, const Json& in) {
  const auto* const objects = in["objects"].if_array();
  if (objects == nullptr) return refused("\"objects\" must be an array");
  for (const Json& object : *objects) {
    std::string bytes(object.text("body"));
    if (const auto* const encoded = object["body_base64"].if_string()) {
      auto decoded = from_base64(*encoded);
      if (!decoded) return refused(fmt::format("body_base64 of {} is not base64", object.text("key")));
      bytes = std::move(*decoded);
    }
    if (auto put = cloud.put_object(in.text("bucket"), std::string(object.text("key")), std::move(bytes)); !put) {
      return put.error();
    }
  }
  return numbers({{"put", objects->size()}});
}

Answer create_queue(Cloud& cloud, const Json& in) {
  QueueAttributes attributes;
  if (const auto* const members = in["attributes"].if_object()) {
    for (const auto& [name, value] : *members) {
      if (const auto* const text = value.if_string()) attributes[name] = *text;
    }
  }
  const std::string name(in.text("name"));
  const auto url = cloud.create_queue(name, attributes);
  if (!url) return url.error();
  Json::Object out;
  out["url"] = url.value();
  out["arn"] = cloud.queue_arn(name);
  return out;
}

Answer notify(Cloud& cloud, const Json& in) {
  NotifyOptions options;
  options.form = in.text("form") == "sns" ? NotificationForm::sns : NotificationForm::plain;
  options.prefix = in.text("prefix");
  options.suffix = in.text("suffix");
  const bool* const test_event = in["test_event"].if_bool();
  options.test_event = test_event != nullptr && *test_event;
  return done(cloud.notify(in.text("bucket"), in.text("queue"), options));
}

Answer send_messages(Cloud& cloud, const Json& in) {
  const auto* const bodies = in["bodies"].if_array();
  if (bodies == nullptr) return refused("\"bodies\" must be an array of strings");
  for (const Json& body : *bodies) {
    const auto* const text = body.if_string();
    if (text == nullptr) return refused("\"bodies\" must be an array of strings");
    if (auto sent = cloud.send_message(in.text("queue"), *text); !sent) return sent.error();
  }
  return Json::Object{};
}

Answer add_key(Cloud& cloud, const Json& in) {
  AccessKey key;
  key.id = in.text("id");
  key.secret = Secret(std::string(in.text("secret")));
  key.session_token = Secret(std::string(in.text("session_token")));
  key.arn = in.text("arn");
  if (const auto expires_in = in["expires_in"].if_integer()) {
    key.expires = WallTime{SystemClock().wall_now().micros + *expires_in * 1'000'000};
  }
  if (key.id.empty() || key.secret.empty()) return refused(R"(a key needs "id" and "secret")");
  cloud.add_key(std::move(key));
  return Json::Object{};
}

Answer add_role(Cloud& cloud, const Json& in) {
  Role role;
  role.arn = in.text("arn");
  role.external_id = in.text("external_id");
  if (const auto* const trusted = in["trusted"].if_array()) {
    for (const Json& one : *trusted) {
      if (const auto* const text = one.if_string()) role.trusted.push_back(*text);
    }
  }
  cloud.add_role(std::move(role));
  return Json::Object{};
}

Answer run(Cloud& cloud, net::ServerExchange& exchange) {
  static constexpr std::array<Route, 11> kRoutes{{
      {"GET", "/_dray/health", health},
      {"GET", "/_dray/counters", counters},
      {"POST", "/_dray/faults", add_fault},
      {"DELETE", "/_dray/faults", clear_faults},
      {"POST", "/_dray/buckets", add_bucket},
      {"POST", "/_dray/objects", put_objects},
      {"POST", "/_dray/queues", create_queue},
      {"POST", "/_dray/notifications", notify},
      {"POST", "/_dray/messages", send_messages},
      {"POST", "/_dray/keys", add_key},
      {"POST", "/_dray/roles", add_role},
  }};
  const auto body = exchange.read_whole_body(kRequestBytesMax);
  if (!body) return body.error();
  Json in;
  if (!body.value().empty()) {
    auto parsed = Json::parse(body.value());
    if (!parsed) return parsed.error();
    in = std::move(parsed).value();
  }
  for (const Route& route : kRoutes) {
    if (route.method == exchange.method() && route.path == exchange.path()) return route.serve(cloud, in);
  }
  return refused(fmt::format("there is no {} {}", exchange.method(), exchange.path()));
}

}  // namespace

void serve_admin(Cloud& cloud, net::ServerExchange& exchange) {
  const Answer answer = run(cloud, exchange);
  const net::ServerHeaders headers{{"Content-Type", "application/json"}};
  if (answer) {
    static_cast<void>(exchange.answer(200, headers, Json(answer.value()).dump()));
  } else {
    static_cast<void>(exchange.answer(400, headers, Json(Json::Object{{"error", answer.error().message}}).dump()));
  }
}

}  // namespace dray::local
