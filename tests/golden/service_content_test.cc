// Which source an object without a telling key is, by its first bytes: what aws_sqs_auto asks of its members.
#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/predefined.h"
#include "decode/ready_service.h"
#include "decode/recognizer.h"
#include "decoded_object.h"
#include "route/pattern.h"

namespace dray::golden {
namespace {

namespace fs = std::filesystem;

// Two services that the same bytes may belong to: what is asked first takes them, and both send the same events.
constexpr std::pair<std::string_view, std::string_view> kAlike[] = {
    {"aws_sqs_cloudtrail", "aws_sqs_cloudtrail_insights"},
    {"aws_sqs_elb", "aws_sqs_nlb"},
    {"aws_sqs_vpc", "aws_sqs_transit_gateway"},
    {"aws_sqs_fdr", "aws_sqs_fdr_large"},
    {"aws_sqs_rds_kinesis", "aws_sqs_rds"},
    {"aws_sqs_redshift_activity", "aws_sqs_redshift"},
    {"aws_sqs_palo_alto_json", "aws_sqs_palo_alto"},
    {"aws_sqs_eks_audit", "aws_sqs_kubernetes"},
};

bool alike(std::string_view taker, std::string_view service) {
  for (const auto& [one, other] : kAlike) {
    if (taker == one && service == other) return true;
  }
  return taker == service;
}

struct Case {
  std::string service;
  std::string name;
  std::string first_bytes;
};

// Plain ones that hold an event; control_tower's are those of others; and rows, as parquet objects are asked by theirs.
std::vector<Case> cases() {
  std::vector<Case> found{
      {"aws_sqs_vpc", "rows",
       R"({"version":2,"account_id":"111122223333","interface_id":"eni-0aa11bb22cc33dd44","srcaddr":"192.0.2.14"})"
       "\n"},
      {"aws_sqs_vpc", "rows of columns of one's own", "{\"start\":1709630040,\"log_status\":\"OK\"}\n"},
      {"aws_sqs_security_lake", "rows",
       R"({"metadata":{"product":{"version":"1.08","name":"CloudTrail"},"version":"1.1.0"},"time":1709629811000})"
       "\n"},
      {"aws_sqs_security_lake", "rows that begin with the class", "{\"class_uid\":4001,\"time\":null}\n"}};
  for (const auto& service : fs::directory_iterator(DRAY_SOURCE_DIR "/tests/golden/services")) {
    const std::string name = service.path().filename().string();
    if (name == "custom_service" || name == "aws_sqs_control_tower" || name == "aws_sqs_auto") continue;
    for (const auto& one : fs::directory_iterator(service.path())) {
      if (read_file(one.path() / "expected.tsv").empty()) continue;
      found.push_back(
          {name, one.path().filename().string(), read_file(one.path() / "input").substr(0, decode::kRecognizedBytes)});
    }
  }
  return found;
}

TEST(PredefinedServices, TakeNoObjectOfAnotherByItsFirstBytes) {
  const auto ready = decode::prepare(*config::predefined("aws_sqs_auto"), 1U << 20U);
  ASSERT_TRUE(ready) << ready.error().message;
  std::set<std::string> known;
  for (const Case& one : cases()) {
    std::string taker;
    for (const decode::ReadyService& member : ready->members) {
      if (!taker.empty() || !member.content || !member.content->found_in(one.first_bytes)) continue;
      taker = member.service->definition().name;
    }
    if (taker.empty()) continue;
    EXPECT_TRUE(alike(taker, one.service)) << taker << " takes " << one.service << "/" << one.name;
    known.insert(one.service);
  }
  for (const service::Definition& definition : config::all_predefined()) {
    if (!definition.content_pattern) continue;
    EXPECT_TRUE(known.contains(definition.name)) << "no golden case of " << definition.name << " is recognised";
  }
}

}  // namespace
}  // namespace dray::golden
