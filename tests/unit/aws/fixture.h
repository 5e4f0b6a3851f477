// What the tests of the AWS clients share: a clock that leaps, prepared answers, static keys.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "aws/endpoints.h"
#include "aws/service_client.h"
#include "manual_clock.h"
#include "scripted_http.h"
#include "telemetry/log.h"

namespace dray::aws {

inline constexpr const char* kQueueUrl = "https://sqs.eu-west-1.amazonaws.com/123456789012/q";

class AwsTest : public testing::Test {
 protected:
  static Credentials keys() { return {"AKIDEXAMPLE", Secret("secret-of-the-test"), Secret(), std::nullopt}; }
  static std::optional<std::string> no_environment(const std::string&) { return std::nullopt; }
  static Endpoints endpoints(EndpointSettings settings = {}) {
    settings.queue_url = kQueueUrl;
    auto resolved = Endpoints::resolve(settings, no_environment);
    EXPECT_TRUE(resolved.ok());
    return std::move(resolved).value();
  }
  static std::string xml_error(const std::string& code, const std::string& more = "") {
    return "<?xml version=\"1.0\"?>\n<Error><Code>" + code + "</Code><Message>the text</Message>" + more + "</Error>";
  }

  ManualClock clock_;
  ScriptedHttp http_;
  AwsClock aws_clock_{clock_};
  const int null_ = open("/dev/null", O_WRONLY | O_CLOEXEC);
  telemetry::Log log_{clock_, null_, telemetry::Format::text, telemetry::Level::debug};
  Surroundings surroundings_{http_, clock_, aws_clock_, telemetry::Logger(log_, "test"), 42};
  StaticCredentials credentials_{keys()};
  Stop stop_;

  ~AwsTest() override { close(null_); }
};

}  // namespace dray::aws
