#include "app/services_command.h"

#include <gtest/gtest.h>

#include "config/load.h"
#include "config/predefined.h"

namespace dray::app {
namespace {

constexpr std::string_view kBefore = R"(globals: {id: "1", name: paste}
outputs: {screen: {type: console, config: {destination: stdout}}}
inputs:
  queue:
    id: "12"
    base_url: https://sqs.eu-west-1.amazonaws.com/111122223333/q
    credentials: {aws_access_key_id: AKIAEXAMPLE, aws_secret_access_key: example-secret}
)";

service::Definition comparable(service::Definition definition) {
  definition.predefined = false;
  for (service::DefinitionTest& test : definition.tests) {
    test.file.clear();
    test.line = 0;
  }
  return definition;
}

config::Surroundings nothing_around() {
  config::Surroundings around;
  around.environment = [](const std::string&) { return std::nullopt; };
  around.read_file = [](const std::string&) -> Result<config::FileText> {
    return Error{ErrorKind::config, "bad_file", "there are no files here"};
  };
  return around;
}

TEST(PrintedService, PastedBelowAnInputIsTheSameDefinition) {
  for (const service::CatalogueEntry& entry : service::catalogue()) {
    const std::string text = std::string(kBefore) + pasteable(entry);
    const config::Loaded loaded = config::load_text(text, "config.yaml", nothing_around());
    ASSERT_TRUE(loaded.config) << loaded.complaints.text();
    ASSERT_EQ(loaded.config->inputs.front().services.size(), 1U);
    const service::Definition& pasted = loaded.config->inputs.front().services.front();
    const service::Definition* shipped = config::predefined(entry.name);
    ASSERT_NE(shipped, nullptr);
    EXPECT_EQ(comparable(pasted), comparable(*shipped)) << entry.name;
  }
}

TEST(PrintedService, TakesNothingFromTheEnvironment) {
  EXPECT_EQ(pasteable({"x", "key_pattern: ^a${\n\nsummary: b\n"}),
            "    services:\n      x:\n        key_pattern: ^a$${\n\n        summary: b\n");
}

}  // namespace
}  // namespace dray::app
