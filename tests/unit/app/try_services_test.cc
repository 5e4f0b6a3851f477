#include "app/try_services.h"

#include <gtest/gtest.h>

#include "config/predefined.h"
#include "decode/first_bytes.h"

namespace dray::app {
namespace {

// Whose the bytes are among all services, if that differs from the one asked and is worth a word; else "".
std::string hint(const std::string& service, const std::string& bytes, const std::string& key = "sample") {
  const service::Definition& asked = *config::predefined(service);
  const auto beside = services_beside(asked);
  if (!beside) return {};
  codec::DecompressorScratch scratch;
  flow::ObjectRef object;
  object.key = key;
  const std::string recognised = decode::recognised_by_bytes(*beside, object, scratch, [&](ByteSink& sink) {
    Status status = sink.write(bytes);
    return status ? sink.finish() : std::move(status);
  });
  return is_other_source(recognised, asked) ? recognised : "";
}

const std::string kFlow =
    "2 111122223333 eni-0a1b 203.0.113.9 192.0.2.10 1 443 6 10 4249 1709629800 1709629860 ACCEPT OK\n";

TEST(OtherSource, IsFoundByItsFirstBytes) {
  EXPECT_EQ(hint("aws_sqs_alb", kFlow), "aws_sqs_vpc");
  EXPECT_EQ(hint("aws_sqs_vpc", R"({"Records":[{"eventVersion":"1.09","eventSource":"s3.amazonaws.com"}]})"),
            "aws_sqs_cloudtrail");
  EXPECT_EQ(hint("aws_sqs_vpc", kFlow), "");
  EXPECT_EQ(hint("aws_sqs_vpc", "what nobody knows\n"), "");
  EXPECT_EQ(hint("aws_sqs_vpc", ""), "");
}

TEST(OtherSource, IsNotLookedForWhereTheKeyTells) {
  EXPECT_EQ(hint("aws_sqs_alb", kFlow, "AWSLogs/111122223333/vpcflowlogs/eu-west-1/2024/03/05/x.log"), "");
  EXPECT_EQ(hint("aws_sqs_alb", kFlow, "111122223333_elasticloadbalancing_eu-west-1_app.a_1.log"), "");
}

TEST(OtherSource, OfTheSameTagIsNoOther) {
  EXPECT_EQ(hint("aws_sqs_cloudwatch_vpc", kFlow), "");
}

TEST(OtherSource, NoServiceTakesItsOwnSamplesForThoseOfAnother) {
  std::size_t samples = 0;
  for (const service::Definition& definition : config::all_predefined()) {
    for (const service::DefinitionTest& test : definition.tests) {
      if (test.events.empty() && test.count.value_or(0) == 0) continue;  // without records no word is said
      samples += test.input.empty() ? 0U : 1U;
      EXPECT_EQ(hint(definition.name, test.input), "") << definition.name << ": " << test.name;
    }
  }
  EXPECT_GT(samples, 80U);
}

TEST(NoSuchService, NamesTheOneThatWasProbablyMeant) {
  const auto first_line = [](std::string_view name) {
    const std::string text = no_such_service(name);
    return text.substr(0, text.find('\n'));
  };
  EXPECT_EQ(first_line("aws_sqs_vcp"), R"(dray: there is no service "aws_sqs_vcp"; did you mean aws_sqs_vpc?)");
  EXPECT_EQ(first_line("cloudtrial"), R"(dray: there is no service "cloudtrial"; did you mean aws_sqs_cloudtrail?)");
  EXPECT_EQ(first_line("balancer"), R"(dray: there is no service "balancer")");
  EXPECT_EQ(first_line("umbrella"), R"(dray: there is no service "umbrella"; did you mean aws_sqs_cisco_umbrella?)");
  EXPECT_EQ(first_line("nosuch"), R"(dray: there is no service "nosuch")");
}

}  // namespace
}  // namespace dray::app
