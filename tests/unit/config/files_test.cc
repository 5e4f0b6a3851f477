// Finding and reading the files, the Collector Server's form, the examples and the generated page.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "config/describe.h"
#include "config/keys.h"
#include "config/load.h"
#include "unit/config/fake_surroundings.h"

namespace dray::config {
namespace {

namespace fs = std::filesystem;

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// A fresh directory with certs/, config/ and credentials/; the working directory stays where it is.
class FilesTest : public testing::Test {
 protected:
  FilesTest() {
    std::string name = (fs::temp_directory_path() / "dray-config-XXXXXX").string();
    root_ = ::mkdtemp(name.data());
    for (const char* folder : {"certs", "config", "credentials"}) fs::create_directories(root_ / folder);
    put("certs/chain.crt", kCertificate);
    put("certs/your_domain.crt", kCertificate);
    put("certs/your_domain.key", kPrivateKey);
    environment_ = {{"DRAY_KEY_ID", "AKIDEXAMPLE"},
                    {"DRAY_SECRET_KEY", "hidden-key"},
                    {"DRAY_EXTERNAL_ID", "hidden-id"},
                    {"AWS_ACCESS_KEY_ID", "AKIDENV"},
                    {"AWS_SECRET_ACCESS_KEY", "hidden-2"}};
  }
  ~FilesTest() override { fs::remove_all(root_); }

  void put(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    std::ofstream(root_ / name) << text;
    ::chmod((root_ / name).c_str(), mode);
  }
  [[nodiscard]] std::string at(const std::string& name) const { return (root_ / name).string(); }
  [[nodiscard]] Loaded load(const LoadOptions& options) const {
    Surroundings around = system_surroundings();
    around.environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = environment_.find(name);
      return found == environment_.end() ? std::nullopt : std::optional(found->second);
    };
    around.directory = root_.string();
    return load_file(options, around);
  }

  fs::path root_;
  std::map<std::string, std::string> environment_;
};

constexpr const char* kGood =
    "outputs: {o: {type: devo_platform, config: {address: a.example, chain: chain.crt, cert: your_domain.crt, key: "
    "your_domain.key}}}\n"
    "inputs: {a: {id: 1, base_url: 'https://sqs.us-east-1.amazonaws.com/1/q', services: {aws_sqs_vpc: {}}}}\n";

TEST_F(FilesTest, DirectoriesLieBesideConfig) {
  put("config/config.yaml", kGood);
  const Loaded loaded = load({at("config/config.yaml"), "", ""});
  ASSERT_TRUE(loaded.config) << loaded.complaints.text();
  EXPECT_EQ(loaded.config->outputs[0].key, at("certs/your_domain.key"));
  EXPECT_EQ(loaded.config->globals.state_directory, at("state"));
  EXPECT_EQ(loaded.config->path, at("config/config.yaml"));
}

TEST_F(FilesTest, TheEnvironmentMayNameTheFile) {
  put("config/other.json", R"({"outputs": {"c": {"type": "console"}}, "inputs": {"a": {"id": "1", "base_url":
      "https://sqs.us-east-1.amazonaws.com/1/q", "services": {"aws_sqs_vpc": {}}}}})");
  environment_["CONFIG_FILE"] = at("config/other.json");
  const Loaded loaded = load({});
  ASSERT_TRUE(loaded.config) << loaded.complaints.text();
  EXPECT_EQ(loaded.config->inputs[0].id, "1");
}

TEST_F(FilesTest, WhatCannotBeReadIsNamed) {
  const Loaded none = load({at("config/none.yaml"), "", ""});
  EXPECT_EQ(none.complaints.errors(), 1U);
  EXPECT_NE(none.complaints.text().find("none.yaml: error: there is no such file"), std::string::npos);
  const std::string directory = load({at("config"), "", ""}).complaints.text();
  EXPECT_NE(directory.find("config: error: is a directory; name a file with --config FILE"), std::string::npos);
  const Loaded job = load({"", at("job.json"), at("collector.json")});
  EXPECT_EQ(job.complaints.errors(), 2U) << job.complaints.text();
}

TEST_F(FilesTest, OpenSecretFilesAreNoticed) {
  put("credentials/key", "hidden-key\n", 0644);
  put("config/config.yaml",
      std::string("outputs: {c: {type: console}}\ninputs: {a: {id: 1, base_url: "
                  "'https://sqs.us-east-1.amazonaws.com/1/q', services: {aws_sqs_vpc: {}}, credentials: "
                  "{aws_access_key_id: A, aws_secret_access_key_file: key}}}\n"));
  const Loaded loaded = load({at("config/config.yaml"), "", ""});
  ASSERT_TRUE(loaded.config) << loaded.complaints.text();
  EXPECT_EQ(loaded.config->inputs[0].credentials.secret_access_key.reveal(), "hidden-key");
  EXPECT_NE(loaded.complaints.text().find("chmod 600"), std::string::npos);
  EXPECT_EQ(loaded.complaints.text().find("hidden-key"), std::string::npos);
}

TEST_F(FilesTest, ANamedPipeDoesNotHoldUpTheStart) {
  ASSERT_EQ(::mkfifo(at("credentials/pipe").c_str(), 0600), 0);
  auto file = system_surroundings().read_file(at("credentials/pipe"));
  ASSERT_FALSE(file.ok());
  EXPECT_EQ(file.error().message, "is not a regular file");
}

TEST_F(FilesTest, TheExamplesAreGood) {
  const fs::path examples = fs::path(DRAY_SOURCE_DIR) / "config";
  int tried = 0;
  for (const auto& entry : fs::directory_iterator(examples)) {
    const std::string name = entry.path().filename().string();
    fs::copy_file(entry.path(), root_ / "config" / name);
    if (!name.ends_with(".yaml")) continue;
    ++tried;
    const Loaded loaded = load({at("config/" + name), "", ""});
    EXPECT_TRUE(loaded.config && loaded.complaints.empty()) << name << ":\n" << loaded.complaints.text();
  }
  EXPECT_GE(tried, 2);
  const Loaded server = load({"", at("config/job_config.example.json"), at("config/collector_config.example.json")});
  ASSERT_TRUE(server.config && server.complaints.empty()) << server.complaints.text();
  EXPECT_EQ(server.config->globals.name, "collector3");
  EXPECT_EQ(server.config->outputs[0].name, "devo_platform_1");
  EXPECT_EQ(server.config->inputs[0].id, "12351");
}

TEST_F(FilesTest, TheMainExampleUsesWhatItSays) {
  fs::copy_file(fs::path(DRAY_SOURCE_DIR) / "config/config.example.yaml", root_ / "config/config.yaml");
  const Loaded loaded = load({at("config/config.yaml"), "", ""});
  ASSERT_TRUE(loaded.config) << loaded.complaints.text();
  const Input& input = loaded.config->inputs.at(0);
  EXPECT_EQ(input.credentials.secret_access_key.reveal(), "hidden-key");
  ASSERT_EQ(input.services.size(), 5U);
  EXPECT_EQ(input.services[4].name, "custom_service");
  EXPECT_FALSE(input.services[4].predefined);
  EXPECT_EQ(input.services[4].routing_template, "my.app.[file-app].[record-level]");
}

TEST_F(FilesTest, TheExampleSpeaksOfEveryInputsKeys) {
  const std::string example = text_of(fs::path(DRAY_SOURCE_DIR) / "config/config.example.yaml");
  for (const Key& key : all_keys()) {
    const bool rare =
        key.name == "debug" || key.name == "direct_mode" || key.name == "on_error" || key.name == "notification";
    if (key.section != Section::input || key.use != Use::read || rare) continue;
    EXPECT_NE(example.find(std::string(key.name) + ":"), std::string::npos) << key.name;
  }
}

TEST(CollectorServer, ReadsBothFiles) {
  const FakeSurroundings around;
  const std::string job = R"({"sqs_collector": {"id": 5, "base_url": "https://sqs.us-east-1.amazonaws.com/1/q",
      "credentials": {"aws_access_key_id": "A", "aws_secret_access_key": "B"}, "services": {"aws_sqs_alb": {}}}})";
  const std::string collector = R"({"job_id": 77, "job_name": "jobname", "debug": true,
      "state_store": {"type": "memory"},
      "loggers": {"main": {"type": "devo_platform", "url": "a.example", "chain_loc": "chain.crt",
                           "cert_loc": "domain.crt", "key_loc": "domain.key"}}})";
  const Loaded loaded = load_collector_server({"job.json", job}, {"collector.json", collector}, around.get());
  ASSERT_TRUE(loaded.config) << loaded.complaints.text();
  EXPECT_EQ(loaded.config->globals.id, "77");
  EXPECT_EQ(loaded.config->globals.name, "jobname");
  EXPECT_TRUE(loaded.config->globals.debug);
  EXPECT_EQ(loaded.config->outputs[0].name, "main");
  EXPECT_EQ(loaded.config->outputs[0].address, "a.example");
  EXPECT_EQ(loaded.config->inputs[0].name, "sqs_collector");
  EXPECT_EQ(loaded.complaints.warnings(), 1U) << loaded.complaints.text();
}

TEST(CollectorServer, ComplaintsNameTheRightFile) {
  const FakeSurroundings around;
  const Loaded loaded =
      load_collector_server({"job.json", "{\"inputs\":\n {\"a\": {}}}"},
                            {"collector.json", "{\"loggers\":\n [{\"type\": \"syslog\"}]}"}, around.get());
  const std::string text = loaded.complaints.text();
  EXPECT_NE(text.find("collector.json:2: error: loggers.syslog_1.type: \"syslog\" is not in this version"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("job.json:2: error: inputs.a.base_url: is missing"), std::string::npos) << text;
}

// Nothing of it is right but the services.
constexpr std::string_view kServicesAlone = R"(
globals: {id: "${UNSET}"}
outputs: {devo_1: {type: devo_platform, config: {address: "${UNSET}", cert: nowhere.crt}}}
inputs:
  a:
    base_url: nonsense
    credentials: {aws_access_key_id: "${UNSET}"}
    ca_file: nowhere.crt
    services: {aws_sqs_vpc: {}}
  b:
    services: 7
    record_bytes_max: 1
)";

TEST(Purpose, ToDecodeNothingButServicesAndLimitsIsAskedOfTheInput) {
  const FakeSurroundings around;
  const auto load = [&](Purpose purpose, const std::string& input) {
    LoadOptions options;
    options.purpose = purpose;
    options.input = input;
    return load_text(kServicesAlone, "c.yaml", around.get(), options);
  };
  const Loaded one = load(Purpose::decode, "a");
  ASSERT_TRUE(one.config) << one.complaints.text();
  EXPECT_TRUE(one.complaints.empty()) << one.complaints.text();
  ASSERT_FALSE(one.config->inputs.empty());
  EXPECT_EQ(one.config->inputs[0].services.size(), 1U);

  const std::string others = load(Purpose::decode, "").complaints.text();
  EXPECT_NE(others.find("inputs.b.services"), std::string::npos) << others;
  EXPECT_NE(others.find("inputs.b.record_bytes_max"), std::string::npos) << others;
  EXPECT_EQ(others.find("inputs.a"), std::string::npos) << others;

  const std::string access = load(Purpose::read_objects, "a").complaints.text();
  for (const char* key : {"inputs.a.base_url", "inputs.a.credentials", "inputs.a.ca_file"}) {
    EXPECT_NE(access.find(key), std::string::npos) << access;
  }
  EXPECT_EQ(access.find("outputs"), std::string::npos) << access;
  EXPECT_EQ(access.find("inputs.b"), std::string::npos) << access;

  const std::string all = load(Purpose::collect, "a").complaints.text();
  for (const char* key : {"globals.id", "outputs.devo_1.config.cert", "inputs.a.base_url", "inputs.b.services"}) {
    EXPECT_NE(all.find(key), std::string::npos) << all;
  }
}

TEST(Purpose, WhatIsNotReadableAtAllIsAnErrorForAnyPurpose) {
  const FakeSurroundings around;
  LoadOptions options;
  options.purpose = Purpose::decode;
  for (const char* text :
       {"inputs: [", "inputs: 7", "outputs: {}", "inputs: {a: {enabled: false}}", "inputs: {a: {}}"}) {
    EXPECT_FALSE(load_text(text, "c.yaml", around.get(), options).config) << text;
  }
}

TEST(Purpose, InTheCollectorServersFormInputsMayStandAtTheTop) {
  const FakeSurroundings around;
  LoadOptions options;
  options.purpose = Purpose::decode;
  const NamedText collector{"collector.json", R"({"job_id": 7, "loggers": [{"type": "nowhere"}]})"};
  EXPECT_TRUE(load_collector_server({"job.json", R"({"a": {"base_url": 1, "services": {"aws_sqs_vpc": {}}}})"},
                                    collector, around.get(), options)
                  .config);
  EXPECT_FALSE(load_collector_server({"job.json", R"({"a": {"services": {"aws_sqs_vpc": {"encoding": "x-none"}}}})"},
                                     collector, around.get(), options)
                   .config);
}

TEST(Describe, TheCommittedPageIsTheTable) {
  const std::string made = describe_markdown();
  if (made == text_of(fs::path(DRAY_SOURCE_DIR) / "docs/configuration.md")) return;
  const fs::path fresh = fs::temp_directory_path() / "dray-configuration.md";
  std::ofstream(fresh) << made;
  FAIL() << "docs/configuration.md is not what src/config/keys.cc says; take the new text with: cp " << fresh.string()
         << " docs/configuration.md";
}

TEST(Describe, EveryKeyStandsOnThePage) {
  const std::string page = describe_markdown();
  for (const Key& key : all_keys()) {
    EXPECT_NE(page.find("`" + std::string(key.name) + "`"), std::string::npos) << key.name;
    EXPECT_FALSE(key.text.empty()) << key.name;
    EXPECT_TRUE(key.use != Use::other_name || find_key(key.section, key.text) != nullptr) << key.name;
    EXPECT_EQ(key.text.find('|'), std::string_view::npos) << key.name << " would break the table";
  }
}

TEST(Plan, TellsWhichServicesAnyOfAsks) {
  const FakeSurroundings around;
  const Loaded loaded = load_text(
      "globals: {name: c, id: 9}\noutputs: {c: {type: console}}\n"
      "inputs: {q: {id: 1, base_url: 'https://sqs.us-east-1.amazonaws.com/1/q', services: {aws_sqs_control_tower: {}}, "
      "credentials: {aws_access_key_id: AKID, aws_secret_access_key: hidden}}}\n",
      "f.yaml", around.get());
  ASSERT_TRUE(loaded.config) << loaded.complaints.text();
  const std::string text = plan(*loaded.config);
  EXPECT_NE(text.find("aws_sqs_control_tower (predefined, every object) -> each by its own service -> c\n"
                      "    first as any of aws_sqs_cloudtrail, "),
            std::string::npos)
      << text;
}

TEST(Plan, TellsWhatWouldHappenAndNoSecret) {
  const FakeSurroundings around;
  const Loaded loaded = load_text(
      "globals: {name: c, id: 9}\n"
      "outputs: {d: {type: devo_platform, config: {address: a.example, chain: chain.crt, cert: domain.crt, key: "
      "domain.key}}, "
      "c: {type: console}}\n"
      "inputs: {q: {id: 1, base_url: 'https://sqs.us-east-1.amazonaws.com/1/q', services: {aws_sqs_vpc: {}, "
      "aws_sqs_alb: {}}, "
      "credentials: {aws_access_key_id: AKID, aws_secret_access_key: hidden-1, aws_session_token: hidden-2, "
      "aws_cross_account_role: 'arn:aws:iam::1:role/r', aws_external_id: hidden-3}}}\n",
      "f.yaml", around.get());
  ASSERT_TRUE(loaded.config) << loaded.complaints.text();
  const std::string text = plan(*loaded.config);
  EXPECT_EQ(text.find("hidden"), std::string::npos) << text;
  for (const char* part :
       {"configuration f.yaml: collector c (id 9)", "output d: devo_platform a.example:443", "output c: console",
        "input q (id 1): https://sqs.us-east-1.amazonaws.com/1/q", "region us-east-1, visibility 120 s",
        "as access key AKID with session token, then role arn:aws:iam::1:role/r with external id",
        "deleted after proof",
        "aws_sqs_vpc (predefined, objects by key_pattern) -> vpc_flow_processor -> cloud.aws.vpc.flow -> d, c",
        "-> web.aws.alb.connection"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\nin\n" << text;
  }
}

}  // namespace
}  // namespace dray::config
