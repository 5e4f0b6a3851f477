// The demo's sample objects: what they promise is what the services make of them.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <map>
#include <set>

#include "app/samples.h"
#include "base/json.h"
#include "config/definition_parser.h"
#include "config/predefined.h"
#include "decoded_object.h"
#include "route/selector.h"

namespace dray::golden {
namespace {

std::vector<service::Definition> sample_services() {
  std::vector<service::Definition> definitions;
  config::Complaints complaints;
  for (const auto& one : YAML::Load(std::string(app::kSampleServices))) {
    const std::string name = one.first.Scalar();
    auto definition =
        config::parse_definition(name, one.second, config::predefined(name), "demo", "services." + name, complaints);
    if (definition) definitions.push_back(std::move(*definition));
  }
  EXPECT_EQ(complaints.text(), "");
  return definitions;
}

TEST(Samples, AreDecodedByTheirServiceIntoTheEventsTheyPromise) {
  const auto definitions = sample_services();
  std::vector<std::shared_ptr<const route::CompiledService>> compiled;
  for (const auto& definition : definitions) compiled.push_back(*route::CompiledService::compile(definition));
  const route::Selector selector(compiled);

  std::map<std::string, std::size_t> events_by_tag;
  std::size_t events = 0;
  for (const app::SampleObject& sample : app::make_samples(1)) {
    const route::Selection selection = selector.select(sample.key);
    if (sample.expected_events == 0) {
      EXPECT_EQ(selection.kind, route::Selection::Kind::excluded) << sample.key;
      continue;
    }
    ASSERT_EQ(selection.kind, route::Selection::Kind::taken) << sample.key;
    EXPECT_EQ(definitions[selection.index].name, sample.service);
    flow::ObjectRef object;
    object.bucket = sample.bucket;
    object.key = sample.key;
    const DecodedObject decoded = decode_object(definitions[selection.index], object, sample.bytes, 4096);
    EXPECT_FALSE(decoded.error) << sample.key << ": " << decoded.error->message;
    EXPECT_EQ(decoded.events.size(), sample.expected_events) << sample.key;
    for (const Event& event : decoded.events) {
      ++events_by_tag[event.tag];
      if (event.text.starts_with("{")) {
        EXPECT_TRUE(Json::parse(event.text)) << event.text;
      }
    }
    events += decoded.events.size();
  }
  EXPECT_GT(events, 2000U);
  EXPECT_LT(events, 10000U);
  for (const char* tag :
       {"cloud.aws.cloudtrail.s3", "cloud.aws.cloudtrail.waf_regional", "cloud.aws.cloudtrail.insights",
        "cloud.aws.vpc.flow", "web.aws.alb.access", "web.aws.alb.connection", "my.app.checkout.info"}) {
    EXPECT_GT(events_by_tag[tag], 0U) << tag;
  }
  EXPECT_EQ(events_by_tag.count("my.app.checkout.debug"), 0U);
}

TEST(Samples, AreTheSameForTheSameSeedAndHaveKeysOfTheirOwn) {
  const auto once = app::make_samples(7);
  const auto again = app::make_samples(7);
  ASSERT_EQ(once.size(), again.size());
  std::set<std::string> keys;
  for (std::size_t i = 0; i < once.size(); ++i) {
    EXPECT_EQ(once[i].key, again[i].key);
    EXPECT_EQ(once[i].bytes, again[i].bytes);
    keys.insert(once[i].key);
  }
  EXPECT_EQ(keys.size(), once.size());
  EXPECT_NE(app::make_samples(8).front().bytes, once.front().bytes);
}

}  // namespace
}  // namespace dray::golden
