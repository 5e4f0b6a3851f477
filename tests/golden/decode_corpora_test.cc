// rooms: codec format json
// Real and damaged samples through decompressor and splitter, against the counts and hashes of their manifests. The
// samples are read where they lie ($DRAY_CORPORA, else ../shared/corpora beside the checkout); without them the tests
// are skipped.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/json.h"
#include "codec/decompressor.h"
#include "format/splitter.h"
#include "json/members.h"

namespace dray {
namespace {

namespace fs = std::filesystem;

fs::path corpora() {
  const char* configured = std::getenv("DRAY_CORPORA");
  return configured != nullptr && *configured != '\0' ? fs::path(configured)
                                                      : fs::path(DRAY_SOURCE_DIR) / ".." / "shared" / "corpora";
}

std::string contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return std::move(out).str();
}

class Kept final : public flow::RecordSink {
 public:
  Status accept(const flow::Record& record) override {
    records.emplace_back(record.bytes);
    all_json = all_json && record.is_json;
    return {};
  }
  std::vector<std::string> records;
  bool all_json = true;
};

struct Decoded {
  Kept kept;
  std::string code;
  bool garbage = false;
};

Decoded decode(std::string_view stored, const char* format, const Settings& options, std::size_t step = 65536) {
  Decoded decoded;
  const auto splitter = format::find_format(format)->make({.options = options}, decoded.kept);
  const auto decompressor = codec::make_decompressor({codec::Encoding::detect}, *splitter);
  Status status;
  for (std::size_t at = 0; status.ok() && at < stored.size(); at += step) {
    status = decompressor->write(stored.substr(at, step));
  }
  if (status) {
    status = decompressor->finish();
  }
  decoded.code = status ? "" : status.error().code;
  decoded.garbage = decompressor->trailing_garbage();
  return decoded;
}

std::string hash_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    text += line + "\n";
  }
  return hex(sha256(text));
}

class DecodeCorpora : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!fs::is_directory(corpora())) {
      GTEST_SKIP() << "no sample corpora; set DRAY_CORPORA";
    }
  }
};

// The manifest's class of a fault: "a_or_b" allows both.
bool is_class(const std::string& allowed, const Decoded& decoded) {
  if (allowed == "limit_ratio_or_size") {
    return decoded.code == "limit_ratio" || decoded.code == "oversize_record";
  }
  return !decoded.code.empty() && allowed.find(decoded.code) != std::string::npos;
}

void check_row(const std::string& name, const Json& row, std::size_t step) {
  SCOPED_TRACE(name + " in pieces of " + std::to_string(step));
  const fs::path folder = corpora() / "gzip";
  const Decoded decoded = decode(contents(folder / name), "line_split_processor", {}, step);
  const std::vector<std::string>& lines = decoded.kept.records;
  if (row.text("expect") == "ok") {
    EXPECT_EQ(decoded.code, "");
    EXPECT_EQ(static_cast<std::int64_t>(lines.size()), row["lines"].if_integer());
    EXPECT_EQ(hash_of(lines), row.text("lines_sha256"));
    EXPECT_EQ(decoded.garbage, row.text("warn") == "trailing_garbage");
    return;
  }
  EXPECT_TRUE(is_class(std::string(row.text("error")), decoded)) << decoded.code;
  if (const auto most = row["complete_lines_before_error_max"].if_integer()) {
    EXPECT_EQ(static_cast<std::int64_t>(lines.size()), *most);
    EXPECT_EQ(hash_of(lines), row.text("complete_lines_sha256"));
  }
  if (const auto sound = row["sound_prefix_lines"].if_integer()) {
    EXPECT_GE(static_cast<std::int64_t>(lines.size()), *sound);
  }
}

TEST_F(DecodeCorpora, EveryCompressedRowGivesItsLinesOrItsFault) {
  const auto manifest = Json::parse(contents(corpora() / "gzip" / "manifest.json"));
  ASSERT_TRUE(manifest.ok());
  int rows = 0;
  for (const auto& [name, row] : *(*manifest)["files"].if_object()) {
    ++rows;
    // The bomb is slow to be taken in small pieces and says nothing more by it.
    const bool slow = row["decoded_bytes"].if_integer().value_or(0) > 1000000;
    for (const std::size_t step : {std::size_t{65536}, std::size_t{7}, std::size_t{1}}) {
      if (step == 65536 || !slow) check_row(name, row, step);
    }
  }
  EXPECT_EQ(rows, 81);
}

TEST_F(DecodeCorpora, CloudTrailObjectsGiveTheirRecordsUnchanged) {
  std::vector<std::size_t> counts;
  for (const auto& entry : fs::recursive_directory_iterator(corpora() / "cloudtrail" / "AWSLogs")) {
    if (!entry.is_regular_file()) {
      continue;
    }
    const Decoded decoded = decode(contents(entry.path()), "unseparated_json_processor", {{"key", "Records"}}, 1000);
    EXPECT_EQ(decoded.code, "");
    EXPECT_TRUE(decoded.kept.all_json);
    counts.push_back(decoded.kept.records.size());
    // The container adds nothing but its brackets and commas.
    Kept plain;
    const auto splitter = format::find_format("line_split_processor")->make({}, plain);
    const auto decompressor = codec::make_decompressor({codec::Encoding::detect}, *splitter);
    ASSERT_TRUE(decompressor->write(contents(entry.path())).ok() && decompressor->finish().ok());
    ASSERT_EQ(plain.records.size(), 1U);
    std::string joined = "{\"Records\":[";
    for (const std::string& record : decoded.kept.records) {
      joined += record + ",";
    }
    joined.back() = ']';
    EXPECT_TRUE(joined + "}" == plain.records.front()) << entry.path();
  }
  std::sort(counts.begin(), counts.end());
  EXPECT_EQ(counts, (std::vector<std::size_t>{11, 42, 50}));
}

TEST_F(DecodeCorpora, UnpackedCloudTrailLinesAreJson) {
  const fs::path path = corpora() / "cloudtrail" / "unpacked" / "ec2_proxy_s3_exfiltration_2020-09-14011940.json";
  const Decoded decoded = decode(contents(path), "line_split_processor", {{"json", "true"}});
  EXPECT_EQ(decoded.kept.records.size(), 103U);
  EXPECT_TRUE(decoded.kept.all_json);
}

TEST_F(DecodeCorpora, OtelSamplesGiveTheirCounts) {
  const auto manifest = Json::parse(contents(corpora() / "otel" / "manifest.json"));
  ASSERT_TRUE(manifest.ok());
  const auto count = [](const char* file, const char* format, const Settings& options) {
    const Decoded decoded = decode(contents(corpora() / "otel" / file), format, options, 11);
    EXPECT_EQ(decoded.code, "") << file;
    return decoded.kept.records.size();
  };
  const auto trail = [&count](const char* file) {
    return count(file, "unseparated_json_processor", {{"key", "Records"}});
  };
  EXPECT_EQ(trail("cloudtraillog/cloudtrail_log.json"), 7U);
  EXPECT_EQ(trail("cloudtraillog/cloudtrail_digest.json"), 0U);
  EXPECT_EQ(trail("cloudtraillog/cloudtrail_digest_empty.json"), 0U);
  EXPECT_EQ(count("vpc-flow-log/valid_vpc_flow_log.log", "vpc_flow_processor", {}), 1U);
  EXPECT_EQ(count("vpc-flow-log/valid_tgw_flow_log.log", "vpc_flow_processor", {}), 1U);
  EXPECT_EQ(count("elb-access-log/alb_al_insufficient_fields.log", "aws_access_logs_processor", {}), 1U);
  EXPECT_EQ(count("elb-access-log/alb_al_invalid_syntax.log", "aws_access_logs_processor", {}), 1U);
  EXPECT_EQ(count("elb-access-log/alb_al_valid_logs.log", "aws_access_logs_processor", {}), 2U);
  EXPECT_EQ(count("elb-access-log/clb_al_insufficient_fields.log", "aws_access_logs_processor", {}), 1U);
  EXPECT_EQ(count("elb-access-log/clb_al_valid_logs.log", "aws_access_logs_processor", {}), 2U);
  EXPECT_EQ(count("s3-access-log/stream/valid_log_multi.log", "aws_access_logs_processor", {}), 3U);
}

TEST_F(DecodeCorpora, PrettyPrintedRecordsBecomeCompact) {
  const Decoded decoded = decode(contents(corpora() / "otel" / "cloudtraillog" / "cloudtrail_log.json"),
                                 "unseparated_json_processor", {{"key", "Records"}});
  const auto whole = Json::parse(contents(corpora() / "otel" / "cloudtraillog" / "cloudtrail_log.json"));
  ASSERT_TRUE(whole.ok());
  const Json::Array& elements = *(*whole)["Records"].if_array();
  ASSERT_EQ(decoded.kept.records.size(), elements.size());
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const auto parsed = Json::parse(decoded.kept.records[i]);
    ASSERT_TRUE(parsed.ok());
    EXPECT_EQ(*parsed, elements[i]);
    EXPECT_EQ(decoded.kept.records[i].find("\": "), std::string::npos);
  }
}

}  // namespace
}  // namespace dray
