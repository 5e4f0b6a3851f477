// The golden cases: services/<service>/<case>/ holds key.txt (the object's key), input (plain), expected.tsv (tag,
// TAB, event) and perhaps service.yaml (the definition, where the service is not predefined) and error.txt (the
// stream must end with an error after the expected events). Each runs plain and as gzip, in one piece, in single
// bytes and in pieces between.
#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <filesystem>

#include "config/definition_parser.h"
#include "config/predefined.h"
#include "decoded_object.h"
#include "route/router.h"

namespace dray::golden {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> cases() {
  std::vector<fs::path> found;
  for (const auto& service : fs::directory_iterator(DRAY_SOURCE_DIR "/tests/golden/services")) {
    for (const auto& one : fs::directory_iterator(service.path())) found.push_back(one.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

service::Definition definition_of(const fs::path& folder) {
  const std::string name = folder.parent_path().filename().string();
  const service::Definition* shipped = config::predefined(name);
  if (!fs::exists(folder / "service.yaml")) return shipped == nullptr ? service::Definition{} : *shipped;
  config::Complaints complaints;
  auto own = config::parse_definition(name, YAML::LoadFile((folder / "service.yaml").string()), shipped, "service.yaml",
                                      name, complaints);
  EXPECT_TRUE(own) << complaints.text();
  return own.value_or(service::Definition{});
}

class GoldenCases : public testing::TestWithParam<fs::path> {};

TEST_P(GoldenCases, BecomeTheExpectedTagsAndEvents) {
  const fs::path& folder = GetParam();
  const service::Definition definition = definition_of(folder);
  flow::ObjectRef object;
  object.bucket = "corp-logs";
  object.key = read_file(folder / "key.txt");
  object.key.pop_back();  // its LF
  object.region = "eu-west-1";
  object.account = "111122223333";

  const auto service = route::CompiledService::compile(definition);
  ASSERT_TRUE(service) << service.error().message;
  EXPECT_FALSE((*service)->excludes_key(object.key));

  const std::string plain = read_file(folder / "input");
  const std::string expected = read_file(folder / "expected.tsv");
  for (const std::string& stored : {plain, gzip(plain)}) {
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{63}, std::size_t{1} << 20U}) {
      const DecodedObject decoded = decode_object(definition, object, stored, chunk);
      EXPECT_EQ(decoded.text(), expected) << "pieces of " << chunk;
      EXPECT_EQ(decoded.error.has_value(), fs::exists(folder / "error.txt"))
          << (decoded.error ? decoded.error->message : "no error");
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Services, GoldenCases, testing::ValuesIn(cases()), [](const auto& one) {
  return one.param.parent_path().filename().string() + "_" + one.param.filename().string();
});

}  // namespace
}  // namespace dray::golden
