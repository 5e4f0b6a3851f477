// Real samples that others published, read in place; the counts and sums are those of their INDEX.md and manifests.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

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

// Forms that this version reads; the rest is left on the queue with one clear line.
bool is_read_now(std::string_view form) {
  return form == "S3 event" || form == "SNS envelope around an S3 event" || form == "s3:TestEvent";
}

TEST_F(PublishedSamples, NotificationsAreReadAcknowledgedOrLeft) {
  std::size_t files = 0;
  const Json listed = manifest(root_ / "notifications");
  for (const auto& [name, facts] : *listed["files"].if_object()) {
    ++files;
    const auto decoded = intake::decode_notification(read_file(root_ / "notifications" / name));
    if (!is_read_now(facts.text("form"))) {
      ASSERT_FALSE(decoded) << name;
      EXPECT_EQ(decoded.error().kind, ErrorKind::poison) << name;
      EXPECT_EQ(decoded.error().message.find('\n'), std::string::npos) << name;
      EXPECT_LT(decoded.error().message.size(), 400U) << name << ": " << decoded.error().message;
      continue;
    }
    ASSERT_TRUE(decoded) << name << ": " << decoded.error().message;
    const Json::Array none;
    const Json::Array& objects = facts["objects"].if_array() == nullptr ? none : *facts["objects"].if_array();
    ASSERT_EQ(decoded->size(), objects.size()) << name;
    for (std::size_t i = 0; i < objects.size(); ++i) {
      const flow::ObjectRef& object = (*decoded)[i];
      EXPECT_EQ(object.bucket, objects[i].text("bucket")) << name;
      EXPECT_EQ(object.key, objects[i].text("key")) << name;
      EXPECT_EQ(object.version_id, objects[i].text("versionId")) << name;
      const auto size = objects[i]["size"].if_integer();
      if (size) {
        EXPECT_EQ(object.size, static_cast<std::uint64_t>(*size)) << name;
      }
    }
  }
  EXPECT_EQ(files, 39U);
}

}  // namespace
}  // namespace dray::golden
