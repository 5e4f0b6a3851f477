// Which predefined service takes which key, if all of them stand in one input: exactly one, but for the twins listed
// here, which are several names for the same objects. Every predefined service has a golden case, whose key is an
// example for it.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/predefined.h"
#include "decoded_object.h"
#include "route/router.h"

namespace dray::golden {
namespace {

namespace fs = std::filesystem;

// The first takes objects of the second as well, by intent.
constexpr std::pair<std::string_view, std::string_view> kTwins[] = {
    {"aws_sqs_cloudtrail", "aws_sqs_cloudtrail_insights"},
    {"aws_sqs_cloudtrail_insights", "aws_sqs_cloudtrail"},
    {"aws_sqs_alb", "aws_sqs_elb"},  // a connection log, which aws_sqs_elb reads only where it stands alone
    {"aws_sqs_elb", "aws_sqs_nlb"},
    {"aws_sqs_nlb", "aws_sqs_elb"},
    {"aws_sqs_vpc", "aws_sqs_transit_gateway"},
    {"aws_sqs_transit_gateway", "aws_sqs_vpc"},
    {"aws_sqs_fdr", "aws_sqs_fdr_large"},
    {"aws_sqs_fdr_large", "aws_sqs_fdr"},
    {"aws_sqs_palo_alto", "aws_sqs_palo_alto_json"},
    {"aws_sqs_rds", "aws_sqs_rds_kinesis"},
    {"aws_sqs_rds_kinesis", "aws_sqs_rds"},
    {"aws_sqs_redshift", "aws_sqs_redshift_activity"},
    {"aws_sqs_redshift_activity", "aws_sqs_redshift"},
    {"aws_sqs_cloudflare_logpush", "aws_sqs_cloudflare_audit"},  // put the audit log's before it
};

bool twins(std::string_view taker, std::string_view of) {
  return std::find(std::begin(kTwins), std::end(kTwins), std::pair(taker, of)) != std::end(kTwins);
}

struct Takers {
  std::set<std::string> names;
  bool excluded = false;  // by one at least
};

// By its key alone, and not through others: aws_sqs_auto and aws_sqs_control_tower take what their members take.
bool takes_by_key(const service::Definition& definition) {
  return definition.key_pattern && (definition.any_of.empty() || !definition.file_format.type.empty());
}

Takers takers_of(const std::string& key) {
  Takers takers;
  for (const service::Definition& definition : config::all_predefined()) {
    if (!takes_by_key(definition)) continue;
    const auto service = *route::CompiledService::compile(definition);
    if (!service->matches_key(key)) continue;
    if (service->excludes_key(key)) {
      takers.excluded = true;
    } else {
      takers.names.insert(definition.name);
    }
  }
  return takers;
}

std::vector<std::string> example_keys(const std::string& service) {
  std::vector<std::string> keys;
  const fs::path folder = fs::path(DRAY_SOURCE_DIR "/tests/golden/services") / service;
  if (!fs::exists(folder)) return keys;
  for (const auto& one : fs::directory_iterator(folder)) {
    std::string key = read_file(one.path() / "key.txt");
    key.pop_back();  // its LF
    keys.push_back(std::move(key));
  }
  return keys;
}

TEST(PredefinedServices, EachHasAGoldenCase) {
  for (const service::Definition& definition : config::all_predefined()) {
    if (definition.file_format.type == "parquet_processor") continue;  // its input is made by the tests of parquet
    EXPECT_FALSE(example_keys(definition.name).empty())
        << definition.name << " has no case in tests/golden/services/" << definition.name;
  }
}

TEST(PredefinedServices, ShareTheKeysAmongThemselves) {
  for (const service::Definition& definition : config::all_predefined()) {
    if (!takes_by_key(definition)) continue;
    bool taken = false;
    for (const std::string& key : example_keys(definition.name)) {
      const Takers takers = takers_of(key);
      EXPECT_FALSE(takers.names.empty()) << key;
      taken = taken || takers.names.contains(definition.name);
      for (const std::string& other : takers.names) {
        if (other == definition.name || twins(other, definition.name)) continue;
        ADD_FAILURE() << other << " takes a key of " << definition.name << ": " << key;
      }
    }
    if (definition.file_format.type == "parquet_processor") continue;  // no case, see above
    EXPECT_TRUE(taken) << definition.name << " takes none of its own examples";
  }
}

// docs/services.md tells of every service what it is read by and where it goes.
TEST(PredefinedServices, StandInTheDocumentation) {
  const std::string page = read_file(DRAY_SOURCE_DIR "/docs/services.md");
  for (const service::Definition& definition : config::all_predefined()) {
    const std::size_t begin = page.find("\n| `" + definition.name + "` | " + definition.summary + " |");
    ASSERT_NE(begin, std::string::npos) << definition.name << " has no row with its summary in docs/services.md";
    const std::string row = page.substr(begin + 1, page.find('\n', begin + 1) - begin - 1);
    EXPECT_NE(row.find(definition.file_format.type), std::string::npos) << row;
    EXPECT_NE(row.find(definition.routing_template), std::string::npos) << row;
    for (const service::RoutingCase& other : definition.routing_cases) {
      EXPECT_NE(row.find("`" + other.routing_template + "`"), std::string::npos) << row;
    }
  }
}

struct Chosen {
  const char* key;
  std::set<std::string> services;  // empty if none takes it, "-" if it is excluded: done, no events
};

// Forms of keys that the golden cases do not show.
TEST(PredefinedServices, TakeOtherFormsOfTheirKeys) {
  const Chosen keys[] = {
      {"p/AWSLogs/o-ab12cd34/111122223333/CloudTrail-Insight/eu-west-1/2024/03/05/"
       "111122223333_CloudTrail-Insight_eu-west-1_20240305T0910Z_Ab.json.gz",
       {"aws_sqs_cloudtrail", "aws_sqs_cloudtrail_insights"}},
      {"AWSLogs/111122223333/vpcflowlogs/eu-west-1/2024/03/05/09/111122223333_vpcflowlogs_eu-west-1_fl-0a_x.log.gz",
       {"aws_sqs_transit_gateway", "aws_sqs_vpc"}},
      {"AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2024/month=03/day=05/"
       "111122223333_vpcflowlogs_eu-west-1_fl-0a_x.log.gz",
       {"aws_sqs_transit_gateway", "aws_sqs_vpc"}},
      {"AWSLogs/111122223333/vpcflowlogs/eu-west-1/2024/03/05/111122223333_vpcflowlogs_eu-west-1_fl-0a_x.log.parquet",
       {"aws_sqs_transit_gateway", "aws_sqs_vpc"}},
      {"AWSLogs/111122223333/elasticloadbalancing/us-gov-west-1/2024/03/05/"
       "111122223333_elasticloadbalancing_us-gov-west-1_net.edge.0a1b_20240305T0910Z_1a.log.gz",
       {"aws_sqs_elb", "aws_sqs_nlb"}},
      {"aws/CLOUD_TRAIL_MGMT/2.0/region=eu-west-1/accountId=111122223333/eventDay=20240305/0a1b.gz.parquet",
       {"aws_sqs_security_lake"}},
      {"ext/edr/region=eu-west-1/accountId=111122223333/eventDay=20240305/0a1b2c3d.parquet", {"aws_sqs_security_lake"}},
      {"AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=eu-west-1/eventDay=20240305/"
       "111122223333_vpcflowlogs_eu-west-1_fl-0a_x.log.parquet",
       {"aws_sqs_transit_gateway", "aws_sqs_vpc"}},
      {"apps/checkout/part 1.ndjson", {}},
      {"apps/checkout/2024-03-05.log.gz", {}},
  };
  for (const Chosen& chosen : keys) EXPECT_EQ(takers_of(chosen.key).names, chosen.services) << chosen.key;
}

// formats.md 4.18: what is no log is done without an event, and never left on the queue.
TEST(PredefinedServices, ControlObjectsAreDoneWithoutAnEvent) {
  const char* keys[] = {
      "AWSLogs/",
      "AWSLogs/111122223333/",
      "AWSLogs/o-ab12cd34/111122223333/",
      "AWSLogs/111122223333/CloudTrail/",
      "AWSLogs/111122223333/CloudTrail-Digest/",
      "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2024/03/05/1_CloudTrail-Digest_eu-west-1_t_20240305Z.json.gz",
      "AWSLogs/111122223333/Config/",
      "AWSLogs/111122223333/Config/ConfigWritabilityCheckFile",
      "AWSLogs/111122223333/ELBAccessLogTestFile",
      "AWSLogs/111122223333/ELBConnectionLogTestFile",
      "AWSLogs/111122223333/ELBHealthCheckLogTestFile",
      "AWSLogs/111122223333/GuardDuty/eu-west-1/",
      "AWSLogs/111122223333/WAFLogs/",
      "AWSLogs/111122223333/elasticloadbalancing/",
      "AWSLogs/111122223333/network-firewall/alert/",
      "AWSLogs/111122223333/vpcdnsquerylogs/",
      "AWSLogs/111122223333/vpcflowlogs/",
      "data/0a1b2c3d-1111-4222-8333-444455556666/_SUCCESS",
      "data/0a1b2c3d-1111-4222-8333-444455556666/_started",
      "data/0a1b2c3d-1111-4222-8333-444455556666/_committed_7",
      "data/0a1b2c3d-1111-4222-8333-444455556666/",
      "http/ownership-challenge-0a1b2c3d.txt",
      "http/20240305/test.txt.gz",
  };
  for (const char* key : keys) {
    const Takers takers = takers_of(key);
    EXPECT_TRUE(takers.excluded) << key << " is left on the queue";
    EXPECT_EQ(takers.names, std::set<std::string>{}) << key;
  }
}

}  // namespace
}  // namespace dray::golden
