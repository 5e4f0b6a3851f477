// Every published sample of a log source, read in place by the service that fits: the counts and sums are those of the
// manifests beside them.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/json.h"
#include "config/predefined.h"
#include "decoded_object.h"

namespace dray::golden {
namespace {

namespace fs = std::filesystem;

// A folder or file of the corpora and who reads it.
struct Reading {
  const char* path;     // what the file's path begins with
  const char* ending;   // and ends with
  const char* service;  // "" = read by `type` alone, it is of no source that we ship
  const char* type;     // a format in place of the service's own, "" = that one
  Settings options;
  const char* tag;              // what every tag begins with
  const char* line_end = "\n";  // what the sums of the manifest count behind every event
};

const Settings kJson = {{"json", "true"}};

// The files of panther are JSON whatever the source writes: where that is something else they are read with another
// format; filters, variables and tags stay the service's.
const Reading kReadings[] = {
    {"otel/cloudtraillog/", "_cw.json", "aws_sqs_cloudtrail_kinesis", "", {}, "cloud.aws.cloudtrail.s3"},
    {"otel/cloudtraillog/", ".json", "aws_sqs_cloudtrail", "", {}, "cloud.aws.cloudtrail."},
    {"otel/elb-access-log/alb", ".log", "aws_sqs_alb", "", {}, "web.aws.alb.access"},
    {"otel/elb-access-log/clb", ".log", "aws_sqs_elb", "", {}, "web.aws.elb.access"},
    {"otel/network-firewall-log/",
     ".json",
     "aws_sqs_network_firewall",
     "unseparated_json_processor",
     {},
     "cloud.aws.firewall."},
    {"otel/s3-access-log/", ".log", "aws_sqs_s3_access", "", {}, "web.aws.s3.access"},
    {"otel/subscription-filter/", ".json", "aws_sqs_cloudwatch", "", {}, "cloud.aws.cloudwatch.logs"},
    {"otel/vpc-flow-log/", ".log", "aws_sqs_vpc", "", {}, "cloud.aws.vpc.flow"},
    {"otel/vpc-flow-log/", ".json", "aws_sqs_cloudwatch_vpc", "", {}, "cloud.aws.vpc.flow"},
    {"otel/waf/", ".json", "aws_sqs_waf", "", {}, "cloud.aws.waf.logs"},
    {"panther/aws_cloudtrail.ndjson", "", "aws_sqs_cloudtrail", "line_split_processor", kJson, "cloud.aws.cloudtrail."},
    {"panther/aws_vpc_flow.ndjson", "", "aws_sqs_vpc", "line_split_processor", kJson, "cloud.aws.vpc.flow"},
    {"panther/aws_waf.ndjson", "", "aws_sqs_waf", "", {}, "cloud.aws.waf.logs"},
    {"panther/aws_s3_access.ndjson", "", "aws_sqs_s3_access", "", {}, "web.aws.s3.access"},
    {"panther/aws_guardduty.ndjson", "", "aws_sqs_guard_duty", "", {}, "cloud.aws.guardduty.findings"},
    {"panther/crowdstrike_fdr.ndjson", "", "aws_sqs_fdr", "", {}, "edr.crowdstrike.cannon"},
    {"panther/cisco_umbrella.ndjson", "", "aws_sqs_cisco_umbrella", "line_split_processor", kJson,
     "sig.cisco.umbrella.dns"},
    {"panther/cloudflare.ndjson", "", "aws_sqs_cloudflare_logpush", "", {}, "cloud.cloudflare.logpush.http"},
    {"panther/okta.ndjson", "", "aws_sqs_okta", "", {}, "my.app.okta.system"},
    {"panther/github.ndjson", "", "aws_sqs_github", "", {}, "my.app.github.audit"},
    {"panther/sentinelone.ndjson", "", "aws_sqs_s1_funnel", "", {}, "edr.sentinelone.dv"},
    {"cloudtrail/AWSLogs/", ".json.gz", "aws_sqs_cloudtrail", "", {}, "cloud.aws.cloudtrail."},
    {"cloudtrail/unpacked/", ".json", "aws_sqs_cloudtrail", "line_split_processor", kJson, "cloud.aws.cloudtrail."},
    {"cloudtrail/ec2_proxy_s3_exfiltration.zip", "", "aws_sqs_cloudtrail", "line_split_processor", kJson,
     "cloud.aws.cloudtrail."},
    {"cloudtrail/aws_s3_honeybucketlogs.zip",
     "",
     "",
     "csv_processor",
     {{"header", "first_line"}},
     "my.app.a.b",
     "\r\n"},
};

const Reading* reading_of(const std::string& path) {
  for (const Reading& reading : kReadings) {
    if (path.starts_with(reading.path) && path.ends_with(reading.ending)) return &reading;
  }
  return nullptr;
}

service::Definition definition_of(const Reading& reading) {
  service::Definition definition;
  definition.name = "samples";
  definition.routing_template = "my.app.a.b";
  if (*reading.service != '\0') {
    const service::Definition* shipped = config::predefined(reading.service);
    EXPECT_NE(shipped, nullptr) << reading.service;
    if (shipped != nullptr) definition = *shipped;
  }
  if (*reading.type != '\0') definition.file_format = {reading.type, reading.options};
  return definition;
}

std::string sum_of(const DecodedObject& decoded, const char* line_end) {
  std::string lines;
  for (const Event& event : decoded.events) lines += event.text + line_end;
  return hex(sha256(lines));
}

void check(const fs::path& file, const std::string& path, const Reading& reading, const Json& facts) {
  SCOPED_TRACE(path);
  flow::ObjectRef object;
  object.bucket = "corpora";
  object.key = path.substr(path.find('/') + 1);
  const DecodedObject decoded = decode_object(definition_of(reading), object, read_file(file), 8192);
  EXPECT_FALSE(decoded.error) << decoded.error->message;
  EXPECT_EQ(static_cast<std::int64_t>(decoded.events.size()), facts["events"].if_integer());
  for (const Event& event : decoded.events) {
    EXPECT_TRUE(event.tag.starts_with(reading.tag)) << event.tag;
    EXPECT_EQ(event.text.find('\n'), std::string::npos);
  }
  for (const char* sum : {"records_sha256", "lines_sha256", "lines_sha256_without_header"}) {
    if (!facts.text(sum).empty()) {
      EXPECT_EQ(sum_of(decoded, reading.line_end), facts.text(sum)) << sum;
    }
  }
}

class PublishedSources : public testing::TestWithParam<const char*> {};

TEST_P(PublishedSources, GiveTheCountsAndSumsOfTheirManifest) {
  const fs::path root = corpora();
  if (root.empty()) GTEST_SKIP() << "skipped: no sample corpora (set DRAY_CORPORA)";
  const std::string folder = GetParam();
  const auto manifest = Json::parse(read_file(root / folder / "manifest.json"));
  ASSERT_TRUE(manifest);
  std::size_t files = 0;
  for (const auto& [name, facts] : *(*manifest)["files"].if_object()) {
    const std::string path = (fs::path(folder) / name).string();
    const Reading* reading = reading_of(path);
    ASSERT_NE(reading, nullptr) << "nobody reads " << path;
    check(root / path, path, *reading, facts);
    ++files;
  }
  EXPECT_GT(files, 5U);
}

INSTANTIATE_TEST_SUITE_P(Corpora, PublishedSources, testing::Values("otel", "panther", "cloudtrail"),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace dray::golden
