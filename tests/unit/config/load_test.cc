#include "config/load.h"

#include <gtest/gtest.h>

#include <string>

#include "unit/config/fake_surroundings.h"

namespace dray::config {
namespace {

constexpr std::string_view kOutputs = R"(
outputs:
  devo_1:
    type: devo_platform
    config: {address: collector-us.devo.io, chain: chain.crt, cert: domain.crt, key: domain.key}
)";

constexpr std::string_view kInput = R"(
inputs:
  sqs_collector:
    id: 12345
    base_url: https://sqs.us-east-1.amazonaws.com/111122223333/queue
    region: us-east-1
    credentials: {aws_access_key_id: AKIDEXAMPLE, aws_secret_access_key: hidden-key}
    services: {aws_sqs_vpc: {}}
)";

class LoadTest : public testing::Test {
 protected:
  Loaded load(const std::string& text) const { return load_text(text, "config.yaml", around_.get()); }
  // The whole of a good configuration, with more lines in its only input (indented by four).
  Loaded with_input(const std::string& lines) const {
    return load(std::string(kOutputs) + std::string(kInput) + lines);
  }
  // The same with `globals:` (indented by two).
  Loaded with_globals(const std::string& lines) const {
    return load("globals:\n" + lines + std::string(kOutputs) + std::string(kInput));
  }
  Loaded with_output(const std::string& output) const { return load("outputs:\n" + output + std::string(kInput)); }

  FakeSurroundings around_;
};

testing::AssertionResult complains(const Loaded& loaded, const std::string& of) {
  const std::string text = loaded.complaints.text();
  if (text.find(of) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "no \"" << of << "\" in:\n" << text;
}

testing::AssertionResult is_silent(const Loaded& loaded) {
  if (loaded.config && loaded.complaints.empty()) return testing::AssertionSuccess();
  return testing::AssertionFailure() << loaded.complaints.text();
}

TEST_F(LoadTest, DefaultsAreThoseOfTheContract) {
  const Loaded loaded = with_input("");
  ASSERT_TRUE(is_silent(loaded));
  const Config& config = *loaded.config;
  EXPECT_EQ(config.path, "config.yaml");
  EXPECT_EQ(config.globals.state_directory, "base/state");
  EXPECT_EQ(config.globals.shutdown_grace, seconds(8));
  ASSERT_EQ(config.outputs.size(), 1U);
  const OutputConfig& output = config.outputs[0];
  EXPECT_EQ(output.name, "devo_1");
  EXPECT_EQ(output.port, 443);
  EXPECT_EQ(output.key, "base/certs/domain.key");
  EXPECT_TRUE(output.verify_hostname);
  EXPECT_EQ(output.security_level, 2);
  ASSERT_EQ(config.inputs.size(), 1U);
  const Input& input = config.inputs[0];
  EXPECT_EQ(input.name, "sqs_collector");
  EXPECT_TRUE(input.ack_messages);
  EXPECT_EQ(input.visibility, seconds(120));
  EXPECT_EQ(input.wait, seconds(20));
  EXPECT_EQ(input.messages_max, 10);
  EXPECT_FALSE(input.compressed_events.has_value());
  EXPECT_EQ(input.delivery_proof, DeliveryProof::automatic);
  EXPECT_EQ(input.record_bytes_max, 16U << 20U);
  EXPECT_EQ(input.object_bytes_max, std::uint64_t{50} << 30U);
  EXPECT_EQ(input.endpoints.sqs, "");
  ASSERT_EQ(input.services.size(), 1U);
  EXPECT_TRUE(input.services[0].predefined);
  EXPECT_EQ(input.services[0].routing_template, "cloud.aws.vpc.flow");
}

TEST_F(LoadTest, AllComplaintsComeAtOnceWithLineAndKey) {
  const Loaded loaded = load(R"(globals:
  debgu: true
outputs:
  out: {type: sidecar}
inputs:
  a:
    id: 1
    base_url: sqs.us-east-1.amazonaws.com/1/q
    sqs_wait_timeout: 21
)");
  EXPECT_FALSE(loaded.config);
  EXPECT_EQ(
      loaded.complaints.text(),
      "config.yaml:2: warning: globals.debgu: unknown key, it has no effect; did you mean \"debug\"?\n"
      "config.yaml:4: error: outputs.out.type: \"sidecar\" is not in this version; this version has devo_platform and "
      "console\n"
      "config.yaml:6: error: inputs.a.credentials: no access key: write aws_access_key_id and aws_secret_access_key "
      "here, "
      "or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; roles are assumed with that key\n"
      "config.yaml:6: error: inputs.a.region: is missing: the queue's region, such as us-east-1; base_url does not "
      "tell it\n"
      "config.yaml:6: error: inputs.a.services: is missing: name at least one, such as {aws_sqs_vpc: {}}; `dray "
      "services` lists those "
      "that are predefined, any other name is a definition of your own\n"
      "config.yaml:8: error: inputs.a.base_url: \"sqs.us-east-1.amazonaws.com/1/q\" is no queue; its URL looks like "
      "https://sqs.REGION.amazonaws.com/ACCOUNT/QUEUE\n"
      "config.yaml:9: error: inputs.a.sqs_wait_timeout: must be a whole number from 0 to 20, not \"21\"\n");
}

TEST_F(LoadTest, AnEmptyFileLacksInputsAndOutputs) {
  const Loaded loaded = load("");
  EXPECT_FALSE(loaded.config);
  EXPECT_TRUE(complains(loaded, "error: inputs: is missing"));
  EXPECT_TRUE(complains(loaded, "error: outputs: is missing"));
}

TEST_F(LoadTest, IdsKeepTheirZerosAndTheirQuotes) {
  const Loaded loaded = load("globals: {id: 00042, name: c}\n" + std::string(kOutputs) + std::string(kInput));
  ASSERT_TRUE(is_silent(loaded));
  EXPECT_EQ(loaded.config->globals.id, "00042");
  EXPECT_EQ(loaded.config->inputs[0].id, "12345");
}

TEST_F(LoadTest, TheFormNamesOfThePageMeanTheirKeys) {
  std::string text =
      "globals: {debug_status: true, collector_id: 7, collector_name: mine}\noutputs:\n  d:\n    type: devo_platform\n"
      "    config: {devo_address: a.example, chain_filename: chain.crt, cert_loc: domain.crt, key_filename: "
      "domain.key}\n";
  std::string input(kInput);
  input.replace(input.find("id: 12345"), 9, "short_unique_id: 99\n    input_status: on");
  const Loaded loaded = load(text + input);
  ASSERT_TRUE(is_silent(loaded));
  EXPECT_TRUE(loaded.config->globals.debug);
  EXPECT_EQ(loaded.config->globals.id, "7");
  EXPECT_EQ(loaded.config->globals.name, "mine");
  EXPECT_EQ(loaded.config->outputs[0].address, "a.example");
  EXPECT_EQ(loaded.config->outputs[0].chain, "base/certs/chain.crt");
  EXPECT_EQ(loaded.config->inputs[0].id, "99");
}

TEST_F(LoadTest, AKeyWrittenTwiceNamesBothLines) {
  EXPECT_TRUE(
      complains(with_input("    region: eu-west-1\n"),
                "config.yaml:14: error: inputs.sqs_collector.region: stands twice, here and in line 11; keep one"));
  EXPECT_TRUE(complains(
      with_input("    short_unique_id: 1\n"),
      "config.yaml:14: error: inputs.sqs_collector.short_unique_id: means the same as \"id\" in line 9; keep one"));
  EXPECT_TRUE(complains(with_input("  sqs_collector: {}\n"), "inputs.sqs_collector: stands twice, here and in line 8"));
}

TEST_F(LoadTest, AKeyInTheWrongPlaceIsSentToItsOwn) {
  EXPECT_TRUE(complains(with_input("    aws_external_id: x\n"), "it belongs under inputs.<name>.credentials"));
  EXPECT_TRUE(complains(load("address: x\n"), "it belongs under outputs.<name>.config"));
}

TEST_F(LoadTest, KeysWithoutEffectSayWhatHappensInstead) {
  const Loaded loaded =
      with_input("    request_period_in_seconds: 5\n    requests_limits: []\n    environment: prod\n");
  ASSERT_TRUE(loaded.config);
  EXPECT_EQ(loaded.complaints.warnings(), 3U);
  EXPECT_TRUE(complains(loaded, "request_period_in_seconds: has no effect: nothing is pulled by a timetable"));
  EXPECT_TRUE(complains(with_globals("  queue_max_size_in_mb: 1024\n"),
                        "warning: globals.queue_max_size_in_mb: has no effect"));
}

TEST_F(LoadTest, WhatThisVersionLacksAndWouldChangeTheDataIsAnError) {
  EXPECT_TRUE(
      complains(with_input("    direct_mode: true\n"), "error: inputs.sqs_collector.direct_mode: true is not in this"));
  EXPECT_TRUE(complains(with_input("    buckets: [a]\n"), "error: inputs.sqs_collector.buckets: "));
  EXPECT_TRUE(complains(with_input("    notification: raw\n"), "error: inputs.sqs_collector.notification: "));
  EXPECT_TRUE(
      complains(with_input("    on_error: {receiver_refuses: delete}\n"), "\"delete\" is not allowed; allowed: leave"));
  EXPECT_TRUE(is_silent(with_input("    direct_mode: false\n    on_error: {receiver_refuses: leave}\n")));
}

TEST_F(LoadTest, DoNotSendAloneKeepsTheNotifications) {
  const Loaded loaded = with_input("    do_not_send: true\n");
  ASSERT_TRUE(loaded.config);
  EXPECT_TRUE(loaded.config->inputs[0].do_not_send);
  EXPECT_FALSE(loaded.config->inputs[0].ack_messages);
  EXPECT_TRUE(complains(loaded, "warning: inputs.sqs_collector.do_not_send: implies ack_messages: false"));
  EXPECT_TRUE(is_silent(with_input("    do_not_send: true\n    ack_messages: false\n")));
}

TEST_F(LoadTest, DoNotSendAndAckMessagesTogetherAreRefused) {
  const Loaded loaded = with_input("    do_not_send: true\n    ack_messages: true\n");
  EXPECT_FALSE(loaded.config);
  EXPECT_TRUE(complains(loaded, "error: inputs.sqs_collector.ack_messages: with do_not_send: true it would delete"));
}

TEST_F(LoadTest, ThePagesRangesWarnAndAwssLimitsStop) {
  for (const char* fine : {"sqs_visibility_timeout: 120", "sqs_visibility_timeout: 43200", "sqs_wait_timeout: 20",
                           "sqs_max_messages: 6", "sqs_max_messages: \"1\""}) {
    EXPECT_TRUE(is_silent(with_input(std::string("    ") + fine + "\n"))) << fine;
  }
  for (const char* advised :
       {"sqs_visibility_timeout: 1", "sqs_wait_timeout: 0", "sqs_max_messages: 10", "id: 123456"}) {
    std::string input(kInput);
    if (std::string_view(advised).starts_with("id")) input.replace(input.find("    id: 12345\n"), 14, "");
    const Loaded loaded = load(std::string(kOutputs) + input + "    " + advised + "\n");
    EXPECT_TRUE(loaded.config && loaded.complaints.warnings() == 1) << advised << "\n" << loaded.complaints.text();
  }
  for (const char* wrong :
       {"sqs_visibility_timeout: 0", "sqs_visibility_timeout: 43201", "sqs_wait_timeout: 21", "sqs_max_messages: 0",
        "sqs_max_messages: 11", "sqs_max_messages: 2.5", "sqs_max_messages: 010", "sqs_max_messages: [1]",
        "debug: maybe", "workers: 0", "record_bytes_max: 16 miles"}) {
    EXPECT_EQ(with_input(std::string("    ") + wrong + "\n").complaints.errors(), 1U) << wrong;
  }
}

TEST_F(LoadTest, BooleansAreThoseOfYaml11) {
  for (const char* yes : {"true", "True", "TRUE", "yes", "on", "\"true\""}) {
    const Loaded loaded = with_input(std::string("    debug_md5: ") + yes + "\n");
    ASSERT_TRUE(is_silent(loaded)) << yes;
    EXPECT_TRUE(loaded.config->inputs[0].debug_md5) << yes;
  }
}

TEST_F(LoadTest, CompressedEventsMakesGzipTheEncodingOfServicesThatNameNone) {
  EXPECT_EQ(with_input("    compressed_events: true\n").config->inputs[0].services[0].encoding, "gzip");
  EXPECT_EQ(with_input("    compressed_events: false\n").config->inputs[0].services[0].encoding,
            with_input("").config->inputs[0].services[0].encoding);
}

TEST_F(LoadTest, BytesMayHaveAUnit) {
  const auto bytes = [&](const std::string& text) {
    const Loaded loaded = with_input("    record_bytes_max: " + text + "\n");
    return loaded.config ? loaded.config->inputs[0].record_bytes_max : 0;
  };
  EXPECT_EQ(bytes("1048576"), 1U << 20U);
  EXPECT_EQ(bytes("64 KiB"), 64U << 10U);
  EXPECT_EQ(bytes("32MB"), 32U << 20U);
  EXPECT_EQ(bytes("1GiB"), 1U << 30U);
  // However a thousand is written, it is 1,024: the larger limit, the one that memory is counted in.
  for (const char* text : {"2KB", "2KiB", "2kb", "2K", "2 k", "2048"}) EXPECT_EQ(bytes(text), 2048U) << text;
  for (const char* text : {"3MB", "3MiB", "3M"}) EXPECT_EQ(bytes(text), 3U << 20U) << text;
  for (const char* text : {"2B", "2KBB", "2KK", "K", "2.5K", "-2K"}) EXPECT_EQ(bytes(text), 0U) << text;
  EXPECT_EQ(bytes("2GiB"), 0U);
  EXPECT_EQ(bytes("99999999999999GiB"), 0U);
}

TEST_F(LoadTest, ADisabledPartIsNotLookedAt) {
  const Loaded loaded = with_input("  other:\n    enabled: false\n    base_url: <base_url>\n    nonsense: 1\n");
  ASSERT_TRUE(is_silent(loaded));
  EXPECT_EQ(loaded.config->inputs.size(), 1U);
  EXPECT_TRUE(complains(with_output("  d: {type: relay, enabled: false}\n"), "error: outputs: none is enabled"));
  EXPECT_TRUE(complains(with_input("    input_status: false\n"), "error: inputs: none is enabled"));
}

TEST_F(LoadTest, APlaceholderIsNotAValue) {
  std::string input(kInput);
  input.replace(input.find("12345"), 5, "<short_unique_id>");
  EXPECT_TRUE(
      complains(load(std::string(kOutputs) + input), "error: inputs.sqs_collector.id: still holds a placeholder"));
}

TEST_F(LoadTest, OutputsOfOtherKindsAreRefused) {
  for (const char* type : {"relay", "syslog", "in_house_relay", "sidecar"}) {
    EXPECT_TRUE(complains(with_output(std::string("  o: {type: ") + type + "}\n"), "is not in this version")) << type;
  }
  EXPECT_TRUE(complains(with_output("  o: {type: devo_plattform}\n"), "did you mean \"devo_platform\"?"));
  EXPECT_TRUE(is_silent(with_output("  o: {type: console}\n")));
  EXPECT_TRUE(is_silent(with_output("  o: {type: console, config: {destination: stdout}}\n")));
}

TEST_F(LoadTest, CertificateFilesMustBeThereAndBeWhatTheyAreCalled) {
  around_.files["base/certs/locked.key"] = {
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nA\n-----END ENCRYPTED PRIVATE KEY-----\n", false};
  around_.files["base/certs/binary.crt"] = {std::string("\x30\x82\x01", 3), false};
  around_.files["/abs/open.key"] = {kPrivateKey, true};
  const auto with = [&](const std::string& chain, const std::string& cert, const std::string& key) {
    return with_output("  o: {type: devo_platform, config: {address: a.example, chain: " + chain + ", cert: " + cert +
                       ", key: " + key + "}}\n");
  };
  EXPECT_TRUE(complains(with("none.crt", "domain.crt", "domain.key"),
                        "outputs.o.config.chain: \"base/certs/none.crt\" cannot be read: No such file"));
  EXPECT_TRUE(
      complains(with("chain.crt", "domain.key", "domain.key"), "cert: \"base/certs/domain.key\" holds no CERTIFICATE"));
  EXPECT_TRUE(
      complains(with("chain.crt", "domain.crt", "chain.crt"), "key: \"base/certs/chain.crt\" holds no PRIVATE KEY"));
  EXPECT_TRUE(complains(with("chain.crt", "domain.crt", "locked.key"), "needs a passphrase"));
  EXPECT_TRUE(complains(with("chain.crt", "binary.crt", "domain.key"), "is no PEM file"));
  EXPECT_TRUE(complains(with("chain.crt", "domain.crt", "/abs/open.key"),
                        "warning: outputs.o.config.key: \"/abs/open.key\" can be"));
  EXPECT_TRUE(complains(with_output("  o: {type: devo_platform, config: {}}\n"), "outputs.o.config.chain: is missing"));
}

TEST_F(LoadTest, WeakenedTlsIsSaidAtEveryStart) {
  const Loaded loaded = with_output(
      "  o: {type: devo_platform, config: {address: a.example, chain: chain.crt, cert: domain.crt, "
      "key: domain.key, verify_hostname: false, security_level: 1, concurrent_connections: 4}}\n");
  ASSERT_TRUE(loaded.config);
  EXPECT_FALSE(loaded.config->outputs[0].verify_hostname);
  EXPECT_EQ(loaded.config->outputs[0].security_level, 1);
  EXPECT_EQ(loaded.config->outputs[0].concurrent_connections, 4);
  EXPECT_EQ(loaded.complaints.warnings(), 2U);
  EXPECT_TRUE(complains(with_output("  o: {type: devo_platform, config: {address: \"a.example:443\", type: TCP}}\n"),
                        "holds a port"));
}

TEST_F(LoadTest, AMisspeltAddressOfDevoIsNoticed) {
  EXPECT_TRUE(
      complains(with_output("  o: {type: devo_platform, config: {address: colector-eu.devo.io, chain: chain.crt, "
                            "cert: domain.crt, key: domain.key}}\n"),
                "did you mean \"collector-eu.devo.io\"?"));
}

TEST_F(LoadTest, DeliveryProofByKernelWarns) {
  const Loaded loaded = with_input("    delivery_proof: kernel\n");
  ASSERT_TRUE(loaded.config);
  EXPECT_EQ(loaded.config->inputs[0].delivery_proof, DeliveryProof::kernel);
  EXPECT_TRUE(complains(loaded, "warning: inputs.sqs_collector.delivery_proof: kernel: an event counts as delivered"));
  EXPECT_TRUE(complains(with_input("    delivery_proof: none\n"), "allowed: auto, strict, kernel"));
}

TEST_F(LoadTest, AServiceBehindOneThatTakesEverythingWarns) {
  const std::string own = "{file_format: {type: line_split_processor}, routing_template: my.app.x}";
  std::string input(kInput);
  input.replace(input.find("{aws_sqs_vpc: {}}"), 17, "{first: " + own + ", aws_sqs_vpc: {}}");
  EXPECT_TRUE(complains(load(std::string(kOutputs) + input),
                        "warning: inputs.sqs_collector.services.aws_sqs_vpc: is never asked: first stands before it"));
  input = kInput;
  input.replace(input.find("{aws_sqs_vpc: {}}"), 17, "{aws_sqs_vpc: {}, last: " + own + "}");
  EXPECT_TRUE(is_silent(load(std::string(kOutputs) + input)));
}

TEST_F(LoadTest, AServiceWithoutOptionsIsTakenAsShipped) {
  std::string input(kInput);
  input.replace(input.find("{aws_sqs_vpc: {}}"), 17, "\n      aws_sqs_vpc:\n      aws_sqs_alb:");
  const Loaded loaded = load(std::string(kOutputs) + input);
  ASSERT_TRUE(is_silent(loaded));
  EXPECT_EQ(loaded.config->inputs[0].services.size(), 2U);
  input = kInput;
  input.replace(input.find("{aws_sqs_vpc: {}}"), 17, "[aws_sqs_vpc]");
  EXPECT_TRUE(
      complains(load(std::string(kOutputs) + input), "must be a mapping, such as {aws_sqs_vpc: {}}, not a list"));
}

TEST_F(LoadTest, TwoInputsOnOneQueueOrIdWarn) {
  std::string twice(kInput);
  twice += twice.substr(twice.find("  sqs_collector:"));
  twice.replace(twice.rfind("sqs_collector"), 13, "second");
  const Loaded loaded = load(std::string(kOutputs) + twice);
  ASSERT_TRUE(loaded.config) << loaded.complaints.text();
  EXPECT_TRUE(complains(loaded, "inputs.second.id: \"12345\" is also the id of input sqs_collector"));
  EXPECT_TRUE(complains(loaded, "inputs.second.base_url: input sqs_collector reads the same queue"));
}

TEST_F(LoadTest, CollectorNamesAreMadeFit) {
  const Loaded loaded = with_globals("  name: \"my.coll #1\"\n");
  ASSERT_TRUE(loaded.config);
  EXPECT_EQ(loaded.config->globals.name, "my_coll__1");
  EXPECT_TRUE(complains(loaded, "warning: globals.name: \"my.coll #1\" is used as \"my_coll__1\""));
  EXPECT_TRUE(complains(with_globals("  name: my/coll\n"), "error: globals.name: \"my/coll\" is not allowed"));
}

TEST_F(LoadTest, OtherPersistenceWarns) {
  const Loaded loaded =
      with_globals("  persistence: {type: redis, config: {host: h, port: 6379, password: hidden-word}}\n");
  ASSERT_TRUE(loaded.config);
  EXPECT_TRUE(complains(loaded, "warning: globals.persistence.type: \"redis\" is not needed here"));
  EXPECT_FALSE(complains(loaded, "hidden-word"));
  const Loaded placed = with_globals("  persistence: {type: filesystem, config: {dir: /var/lib/x}}\n");
  ASSERT_TRUE(is_silent(placed));
  EXPECT_EQ(placed.config->globals.state_directory, "/var/lib/x");
}

TEST_F(LoadTest, OverridesWinOverGlobals) {
  const Loaded loaded = with_globals("  debug: false\n  id: 1\nglobal_overrides:\n  debug: true\n");
  ASSERT_TRUE(is_silent(loaded));
  EXPECT_TRUE(loaded.config->globals.debug);
  EXPECT_EQ(loaded.config->globals.id, "1");
  EXPECT_TRUE(loaded.config->inputs[0].debug);
}

TEST_F(LoadTest, NoBytesMakeItThrow) {
  const std::string whole = std::string(kOutputs) + std::string(kInput);
  for (std::size_t cut = 0; cut < whole.size(); cut += 3) {
    std::string text = whole.substr(0, cut);
    for (const char* end : {"", "[", "{", "*x", "&a", "!", "\"", "\xff", "? ", "- - -", "<<: 1", "\t"}) {
      const Loaded loaded = load(text + end);
      EXPECT_EQ(loaded.config.has_value(), loaded.complaints.errors() == 0);
    }
  }
}

}  // namespace
}  // namespace dray::config
