#include "chain.h"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include "config/definition_parser.h"

namespace dray::golden {

service::Definition definition_of(const std::string& format, const std::string& config, const std::string& more) {
  const std::string text = "file_format: {type: " + format + ", config: " + config + "}\n" + more + "\n";
  config::Complaints complaints;
  auto parsed =
      config::parse_definition("custom_service", YAML::Load(text), nullptr, "quirk.yaml", "quirk", complaints);
  EXPECT_TRUE(parsed) << complaints.text() << "\n" << text;
  return parsed.value_or(service::Definition{});
}

Chained chained(const service::Definition& definition, std::string_view stored, std::size_t chunk,
                const std::string& key) {
  flow::ObjectRef object;
  object.bucket = "corp-logs";
  object.key = key;
  const DecodedObject decoded = decode_object(definition, object, stored, chunk);
  Chained out;
  for (const Event& event : decoded.events) out.events.push_back(event.text);
  if (decoded.error) out.code = decoded.error->code;
  return out;
}

void expect_chained(const service::Definition& definition, std::string_view stored,
                    const std::vector<std::string>& events, const std::string& code) {
  for (const std::size_t chunk : {stored.size() + 1, std::size_t{1}, std::size_t{7}}) {
    SCOPED_TRACE("in pieces of " + std::to_string(chunk));
    const Chained got = chained(definition, stored, chunk);
    EXPECT_EQ(got.events, events);
    EXPECT_EQ(got.code, code);
  }
}

}  // namespace dray::golden
