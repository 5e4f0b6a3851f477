#include "aws/endpoints.h"

#include <gtest/gtest.h>

#include <map>

namespace dray::aws {
namespace {

using Variables = std::map<std::string, std::string>;

Result<Endpoints> resolve(const EndpointSettings& settings, const Variables& variables = {}) {
  return Endpoints::resolve(settings, [&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

EndpointSettings on_aws() {
  EndpointSettings settings;
  settings.queue_url = "https://sqs.eu-west-1.amazonaws.com/123456789012/q";
  return settings;
}

TEST(Endpoints, WithoutSettingsTheRegionDecides) {
  const auto endpoints = resolve(on_aws());
  ASSERT_TRUE(endpoints.ok());
  EXPECT_EQ(endpoints->region(), "eu-west-1");
  EXPECT_EQ(endpoints->sqs().origin, "https://sqs.eu-west-1.amazonaws.com");
  EXPECT_EQ(endpoints->sts().origin, "https://sts.eu-west-1.amazonaws.com");
  const BucketAddress bucket = endpoints->bucket("my-logs", "us-east-2");
  EXPECT_EQ(bucket.origin, "https://my-logs.s3.us-east-2.amazonaws.com");
  EXPECT_EQ(bucket.path, "");
}

TEST(Endpoints, BucketsThatAreNoHostLabelGoIntoThePath) {
  const auto endpoints = resolve(on_aws());
  ASSERT_TRUE(endpoints.ok());
  for (const char* name : {"with.dots", "Upper", "under_score", "ab", "-edge", "edge-"}) {
    const BucketAddress bucket = endpoints->bucket(name, "us-east-2");
    EXPECT_EQ(bucket.origin, "https://s3.us-east-2.amazonaws.com") << name;
    EXPECT_EQ(bucket.path, std::string("/") + name);
  }
}

TEST(Endpoints, OtherPartitionsHaveTheirSuffixes) {
  EXPECT_EQ(dns_suffix("cn-north-1"), "amazonaws.com.cn");
  EXPECT_EQ(dns_suffix("us-gov-west-1"), "amazonaws.com");
  EXPECT_EQ(dns_suffix("us-iso-east-1"), "c2s.ic.gov");
  EXPECT_EQ(dns_suffix("us-isob-east-1"), "sc2s.sgov.gov");
  EXPECT_EQ(dns_suffix("eusc-de-east-1"), "amazonaws.eu");
}

TEST(Endpoints, ConfiguredEndpointsComeBeforeAllElse) {
  EndpointSettings settings = on_aws();
  settings.sqs = "http://127.0.0.1:4566/";
  settings.s3 = "http://127.0.0.1:4566/s3";
  settings.sts = "https://sts.internal:8443";
  const auto endpoints =
      resolve(settings, {{"AWS_ENDPOINT_URL", "http://other:1"}, {"AWS_ENDPOINT_URL_S3", "http://other:2"}});
  ASSERT_TRUE(endpoints.ok());
  EXPECT_EQ(endpoints->sqs().origin, "http://127.0.0.1:4566");
  EXPECT_EQ(endpoints->sqs().prefix, "");
  EXPECT_EQ(endpoints->sts().origin, "https://sts.internal:8443");
  const BucketAddress bucket = endpoints->bucket("logs", "us-east-1");
  EXPECT_EQ(bucket.origin, "http://127.0.0.1:4566");
  EXPECT_EQ(bucket.path, "/s3/logs");
}

TEST(Endpoints, AForeignBaseUrlIsTheSqsEndpointBeforeTheEnvironment) {
  EndpointSettings settings;
  settings.queue_url = "http://localhost:9324/000000000000/q";
  settings.region = "us-east-1";
  const auto endpoints = resolve(settings, {{"AWS_ENDPOINT_URL", "http://env:1"}});
  ASSERT_TRUE(endpoints.ok());
  EXPECT_EQ(endpoints->sqs().origin, "http://localhost:9324");
  EXPECT_EQ(endpoints->sqs().prefix, "");
  EXPECT_EQ(endpoints->sts().origin, "http://env:1");
}

TEST(Endpoints, VariablesOfAServiceComeBeforeTheGeneralOne) {
  const Variables variables = {{"AWS_ENDPOINT_URL", "http://general:1"}, {"AWS_ENDPOINT_URL_SQS", "http://queue:2"}};
  auto endpoints = resolve(on_aws(), variables);
  ASSERT_TRUE(endpoints.ok());
  EXPECT_EQ(endpoints->sqs().origin, "http://queue:2");
  EXPECT_EQ(endpoints->bucket("logs", "us-east-1").origin, "http://general:1");

  Variables ignored = variables;
  ignored["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
  endpoints = resolve(on_aws(), ignored);
  ASSERT_TRUE(endpoints.ok());
  EXPECT_EQ(endpoints->sqs().origin, "https://sqs.eu-west-1.amazonaws.com");
}

TEST(Endpoints, PathStyleCanBeSwitchedBothWays) {
  EndpointSettings settings = on_aws();
  settings.path_style = true;
  EXPECT_EQ(resolve(settings)->bucket("logs", "us-east-1").path, "/logs");
  settings.path_style = false;
  settings.s3 = "http://s3.local:9000";
  EXPECT_EQ(resolve(settings)->bucket("logs", "us-east-1").origin, "http://logs.s3.local:9000");
}

TEST(Endpoints, TheRegionComesFromTheQueueOrTheEnvironmentWhenNotConfigured) {
  EXPECT_EQ(region_of_queue_url("https://sqs.us-gov-west-1.amazonaws.com/1/q"), "us-gov-west-1");
  EXPECT_EQ(region_of_queue_url("https://us-west-2.queue.amazonaws.com/1/q"), "us-west-2");
  EXPECT_EQ(region_of_queue_url("https://vpce-1a2b.sqs.eu-central-1.vpce.amazonaws.com/1/q"), "eu-central-1");
  EXPECT_EQ(region_of_queue_url("https://sqs.cn-north-1.amazonaws.com.cn/1/q"), "cn-north-1");
  EXPECT_EQ(region_of_queue_url("http://localhost:4566/1/q"), "");
  EndpointSettings settings;
  settings.queue_url = "http://localhost:4566/1/q";
  EXPECT_EQ(resolve(settings, {{"AWS_DEFAULT_REGION", "ap-south-1"}})->region(), "ap-south-1");
  EXPECT_EQ(resolve(settings, {{"AWS_REGION", "eu-north-1"}, {"AWS_DEFAULT_REGION", "ap-south-1"}})->region(),
            "eu-north-1");
  const auto unknown = resolve(settings);
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().kind, ErrorKind::config);
}

TEST(Endpoints, TheLegacyQueueHostIsReplaced) {
  EndpointSettings settings;
  settings.queue_url = "https://us-west-2.queue.amazonaws.com/123456789012/q";
  EXPECT_EQ(resolve(settings)->sqs().origin, "https://sqs.us-west-2.amazonaws.com");
  settings.queue_url = "https://vpce-1a2b.sqs.eu-central-1.vpce.amazonaws.com/1/q";
  EXPECT_EQ(resolve(settings)->sqs().origin, "https://vpce-1a2b.sqs.eu-central-1.vpce.amazonaws.com");
}

TEST(Endpoints, WhatIsNoAddressIsNamedWithItsKey) {
  for (const char* bad :
       {"localhost:4566", "ftp://host", "http://", "http://ho st", "http://user@host", "http://host/a?b"}) {
    EndpointSettings settings = on_aws();
    settings.s3 = bad;
    const auto endpoints = resolve(settings);
    ASSERT_FALSE(endpoints.ok()) << bad;
    EXPECT_EQ(endpoints.error().kind, ErrorKind::config);
    EXPECT_NE(endpoints.error().message.find("endpoints.s3"), std::string::npos);
  }
}

TEST(Endpoints, OnlyPlainRegionNamesBecomePartOfAHost) {
  EXPECT_TRUE(is_region_name("eu-west-1"));
  for (const char* bad : {"", "eu.west", "evil.example/", "-x", "EU-WEST-1", "a:80"})
    EXPECT_FALSE(is_region_name(bad)) << bad;
}

}  // namespace
}  // namespace dray::aws
