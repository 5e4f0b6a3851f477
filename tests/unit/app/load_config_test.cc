#include "app/run_command.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace dray::app {
namespace {

// `dray run`, `check` and `try` all load their configuration through this one door.
TEST(LoadConfig, TellsFaultsOfDefinitionsWithTheirLines) {
  const std::filesystem::path file =
      std::filesystem::path(::testing::TempDir()) / ("faults-" + std::to_string(::getpid()) + ".yaml");
  std::ofstream(file) << R"(globals: {id: "1", name: faults}
outputs: {screen: {type: console, config: {destination: stdout}}}
inputs:
  q:
    id: "12"
    base_url: https://sqs.eu-west-1.amazonaws.com/111122223333/q
    credentials: {aws_access_key_id: AKIAEXAMPLE, aws_secret_access_key: example-secret}
    services:
      aws_sqs_vpc:
        key_pattern: '('
        routing_template: my.app.[record-x]
)";
  const config::Loaded loaded = load_config({file.string(), "", ""});
  std::filesystem::remove(file);
  EXPECT_FALSE(loaded.config);
  const std::string text = loaded.complaints.text();
  EXPECT_NE(text.find(":10: error: inputs.q.services.aws_sqs_vpc.key_pattern: "), std::string::npos) << text;
  EXPECT_NE(text.find(":11: error: inputs.q.services.aws_sqs_vpc.routing_template: "), std::string::npos) << text;
}

}  // namespace
}  // namespace dray::app
