#include "config/url.h"

#include <gtest/gtest.h>

namespace dray::config {
namespace {

TEST(Url, HasItsParts) {
  const auto url = parse_url("HTTPS://SQS.Eu-West-1.amazonaws.com:8443/123/Queue");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->origin(), "https://sqs.eu-west-1.amazonaws.com:8443");
  EXPECT_EQ(url->path, "/123/Queue");
  EXPECT_EQ(parse_url("http://[::1]:4566/1/q")->origin(), "http://[::1]:4566");
  EXPECT_EQ(parse_url("http://localhost")->path, "");
}

TEST(Url, RefusesWhatIsNone) {
  for (const char* text : {"", "sqs.eu-west-1.amazonaws.com/1/q", "ftp://host/", "http://", "http:///path",
                           "https://host:0/", "https://host:99999/", "https://host:/", "https://user:word@host/",
                           "https://ho st/", "https://h/?a", "https://h/a b", "https://h/\n"}) {
    EXPECT_FALSE(parse_url(text)) << text;
  }
}

TEST(SqsHost, TellsItsRegion) {
  EXPECT_EQ(region_of_sqs_host("sqs.us-east-1.amazonaws.com"), "us-east-1");
  EXPECT_EQ(region_of_sqs_host("us-west-1.queue.amazonaws.com"), "us-west-1");
  EXPECT_EQ(region_of_sqs_host("queue.amazonaws.com"), "us-east-1");
  EXPECT_EQ(region_of_sqs_host("sqs.cn-north-1.amazonaws.com.cn"), "cn-north-1");
  EXPECT_EQ(region_of_sqs_host("sqs-fips.us-gov-west-1.amazonaws.com"), "us-gov-west-1");
  EXPECT_EQ(region_of_sqs_host("vpce-0a1b-2c3d.sqs.ap-south-2.vpce.amazonaws.com"), "ap-south-2");
  EXPECT_EQ(region_of_sqs_host("sqs.eu-south-1.api.aws"), "eu-south-1");
  EXPECT_EQ(region_of_sqs_host("sqs.us-east-1.example.com"), "");
  EXPECT_EQ(region_of_sqs_host("notamazonaws.com"), "");
}

}  // namespace
}  // namespace dray::config
