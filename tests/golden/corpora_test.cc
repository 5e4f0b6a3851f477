// Real samples that others published, read in place; the counts and sums are those of their INDEX.md and manifests.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/json.h"
#include "config/predefined.h"
#include "decoded_object.h"
#include "intake/notification_decoder.h"

namespace dray::golden {
namespace {

namespace fs = std::filesystem;

Json manifest(const fs::path& folder) {
  auto parsed = Json::parse(read_file(folder / "manifest.json"));
  EXPECT_TRUE(parsed);
  return parsed ? *parsed : Json();
}

class PublishedSamples : public testing::Test {
 protected:
  void SetUp() override {
    if (root_.empty()) GTEST_SKIP() << "skipped: no sample corpora (set DRAY_CORPORA)";
  }

  static DecodedObject decode(const std::string& service, const fs::path& file, const std::string& key) {
    flow::ObjectRef object;
    object.bucket = "corpora";
    object.key = key;
    return decode_object(*config::predefined(service), object, read_file(file), 8192);
  }

  const fs::path root_ = corpora();
};

TEST_F(PublishedSamples, CloudTrailInDeliveryFormComesOutByteForByte) {
  std::size_t files = 0;
  const Json listed = manifest(root_ / "cloudtrail");
  for (const auto& [name, facts] : *listed["files"].if_object()) {
    if (!name.starts_with("AWSLogs/")) continue;
    ++files;
    const DecodedObject decoded = decode("aws_sqs_cloudtrail", root_ / "cloudtrail" / name, name);
    EXPECT_FALSE(decoded.error) << decoded.error->message;
    EXPECT_EQ(static_cast<std::int64_t>(decoded.events.size()), facts["events"].if_integer()) << name;
    std::string lines;
    for (const Event& event : decoded.events) {
      lines += event.text + '\n';
      std::string level(Json::parse(event.text)->text("eventSource"));
      level.resize(std::min(level.find('.'), level.size()));
      std::replace(level.begin(), level.end(), '-', '_');
      EXPECT_EQ(event.tag, "cloud.aws.cloudtrail." + level);
    }
    EXPECT_EQ(hex(sha256(lines)), facts.text("records_sha256")) << name;
  }
  EXPECT_EQ(files, 3U);
}

// The folder, what counts in it, and the service that reads it.
struct Kind {
  const char* folder;
  const char* ending;
  const char* service;
  std::set<std::string> tags;
};

TEST_F(PublishedSamples, TheOtherAwsSamplesGiveTheCountsOfTheirIndex) {
  const Kind kinds[] = {{"cloudtraillog/", ".json", "aws_sqs_cloudtrail", {"cloud.aws.cloudtrail."}},
                        {"vpc-flow-log/", ".log", "aws_sqs_vpc", {"cloud.aws.vpc.flow"}},
                        {"elb-access-log/", ".log", "aws_sqs_elb", {"web.aws.elb.access"}},
                        {"elb-access-log/", ".log", "aws_sqs_alb", {"web.aws.alb.access"}}};
  std::size_t files = 0;
  const Json listed = manifest(root_ / "otel");
  for (const Kind& kind : kinds) {
    for (const auto& [name, facts] : *listed["files"].if_object()) {
      if (!name.starts_with(kind.folder) || !name.ends_with(kind.ending) || name.ends_with("_cw.json")) continue;
      ++files;
      const DecodedObject decoded = decode(kind.service, root_ / "otel" / name, name);
      EXPECT_FALSE(decoded.error) << name << ": " << decoded.error->message;
      EXPECT_EQ(static_cast<std::int64_t>(decoded.events.size()), facts["events"].if_integer()) << name;
      for (const Event& event : decoded.events) {
        EXPECT_TRUE(event.tag.starts_with(*kind.tags.begin())) << event.tag;
        EXPECT_EQ(event.text.find('\n'), std::string::npos);
      }
    }
  }
  EXPECT_EQ(files, 3U + 2U + 5U + 5U);
}

void expect_objects(const std::vector<flow::ObjectRef>& found, const Json& listed) {
  const Json::Array none;
  const Json::Array& objects = listed.if_array() == nullptr ? none : *listed.if_array();
  ASSERT_EQ(found.size(), objects.size());
  for (std::size_t i = 0; i < objects.size(); ++i) {
    EXPECT_EQ(found[i].bucket, objects[i].text("bucket"));
    EXPECT_EQ(found[i].key, objects[i].text("key"));
    EXPECT_EQ(found[i].version_id, objects[i].text("versionId"));
    if (const auto size = objects[i]["size"].if_integer()) {
      EXPECT_EQ(found[i].size, static_cast<std::uint64_t>(*size));
    }
  }
}

TEST_F(PublishedSamples, NotificationsAreReadAcknowledgedOrLeft) {
  std::map<std::string, int> actions;
  const Json listed = manifest(root_ / "notifications");
  for (const auto& [name, facts] : *listed["files"].if_object()) {
    SCOPED_TRACE(name);
    ++actions[std::string(facts.text("action"))];
    const auto decoded = intake::decode_notification(read_file(root_ / "notifications" / name));
    if (facts.text("action") == "reject") {
      ASSERT_FALSE(decoded);
      EXPECT_EQ(decoded.error().kind, ErrorKind::poison);
      EXPECT_EQ(decoded.error().message.find('\n'), std::string::npos);
      EXPECT_LT(decoded.error().message.size(), 400U) << decoded.error().message;
      continue;
    }
    ASSERT_TRUE(decoded) << decoded.error().message;
    if (name == "crowdstrike_fdr_single_escaped.json") {
      // Disputed: its origin decodes the path, we and CrowdStrike's own script do not.
      ASSERT_EQ(decoded->size(), 1U);
      EXPECT_TRUE(decoded->front().key.starts_with("year%3D2025%2F"));
      continue;
    }
    expect_objects(*decoded, facts["objects"]);
  }
  EXPECT_EQ(actions, (std::map<std::string, int>{{"read", 21}, {"ack", 14}, {"reject", 4}}));
}

}  // namespace
}  // namespace dray::golden
