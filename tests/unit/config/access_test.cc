#include <gtest/gtest.h>

#include <string>

#include "config/load.h"
#include "unit/config/fake_surroundings.h"

namespace dray::config {
namespace {

class AccessTest : public testing::Test {
 protected:
  // An input with these credentials (the inside of a flow mapping) and these other lines.
  Loaded load(const std::string& credentials, const std::string& lines) const {
    return load_text(
        "outputs: {c: {type: console}}\ninputs:\n  a:\n    id: 1\n    services: {aws_sqs_vpc: {}}\n    credentials: {" +
            credentials + "}\n" + lines,
        "f", around_.get());
  }
  Loaded with_credentials(const std::string& credentials) const {
    return load(credentials, "    base_url: https://sqs.us-east-1.amazonaws.com/1/q\n");
  }
  Loaded with_addresses(const std::string& lines) const {
    return load("aws_access_key_id: A, aws_secret_access_key: B", lines);
  }

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

TEST_F(AccessTest, SecretsComeFromTextEnvironmentOrFile) {
  around_.environment["SECRET"] = "from-environment";
  around_.files["base/credentials/token"] = {"from-file\n", false};
  const Loaded loaded =
      with_credentials("aws_access_key_id: AKID, aws_secret_access_key: \"${SECRET}\", aws_session_token_file: token");
  ASSERT_TRUE(is_silent(loaded));
  const Credentials& credentials = loaded.config->inputs[0].credentials;
  EXPECT_EQ(credentials.access_key_id, "AKID");
  EXPECT_EQ(credentials.secret_access_key.reveal(), "from-environment");
  EXPECT_EQ(credentials.session_token.reveal(), "from-file");
}

TEST_F(AccessTest, SecretFilesAreCheckedAndNeverShown) {
  around_.files["/run/open"] = {"hidden-word\r\n", true};
  around_.files["base/credentials/empty"] = {"\n", false};
  const Loaded open = with_credentials("aws_access_key_id: A, aws_secret_access_key_file: /run/open");
  ASSERT_TRUE(open.config);
  EXPECT_EQ(open.config->inputs[0].credentials.secret_access_key.reveal(), "hidden-word");
  EXPECT_TRUE(complains(open, "warning: inputs.a.credentials.aws_secret_access_key_file: \"/run/open\" can be read"));
  EXPECT_TRUE(complains(with_credentials("aws_access_key_id: A, aws_secret_access_key_file: empty"), "is empty"));
  EXPECT_TRUE(complains(with_credentials("aws_access_key_id: A, aws_secret_access_key_file: none"),
                        "\"base/credentials/none\" cannot be read: No such file"));
  const Loaded both =
      with_credentials("aws_access_key_id: A, aws_secret_access_key: hidden-word, aws_secret_access_key_file: x");
  EXPECT_TRUE(complains(both, "stands beside \"aws_secret_access_key\"; keep one"));
  EXPECT_FALSE(complains(both, "hidden-word"));
}

TEST_F(AccessTest, ASecretIsNotShownEvenWhenItIsWrong) {
  const Loaded loaded =
      with_credentials("aws_access_key_id: A, aws_secret_access_key: [hidden-word], aws_sessoin_token: hidden-word");
  EXPECT_FALSE(loaded.config);
  EXPECT_TRUE(complains(loaded, "aws_secret_access_key: must be secret, not a list"));
  EXPECT_TRUE(complains(loaded, "did you mean \"aws_session_token\"?"));
  EXPECT_FALSE(complains(loaded, "hidden-word"));
}

TEST_F(AccessTest, HalvesOfAKeyAreRefused) {
  EXPECT_TRUE(complains(with_credentials("aws_access_key_id: A"),
                        "error: inputs.a.credentials.aws_secret_access_key: is missing"));
  EXPECT_TRUE(complains(with_credentials("aws_secret_access_key: B"),
                        "error: inputs.a.credentials.aws_access_key_id: is missing"));
  around_.environment = {{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "B"}};
  EXPECT_TRUE(complains(with_credentials("aws_session_token: C"),
                        "error: inputs.a.credentials.aws_session_token: belongs to a key"));
  around_.environment.erase("AWS_SECRET_ACCESS_KEY");
  EXPECT_TRUE(complains(with_credentials(""), "the environment has AWS_ACCESS_KEY_ID without AWS_SECRET_ACCESS_KEY"));
}

TEST_F(AccessTest, TheEnvironmentsKeyIsEnough) {
  EXPECT_TRUE(complains(with_credentials(""), "error: inputs.a.credentials: no access key"));
  around_.environment = {{"AWS_ACCESS_KEY_ID", "A"}, {"AWS_SECRET_ACCESS_KEY", "B"}};
  EXPECT_TRUE(is_silent(with_credentials("")));
  EXPECT_TRUE(
      is_silent(with_credentials("aws_base_account_role: \"arn:aws:iam::111122223333:role/a\", aws_cross_account_role: "
                                 "\"arn:aws-cn:iam::444455556666:role/p/b\", aws_external_id: x")));
}

TEST_F(AccessTest, RolesLookLikeRoles) {
  const std::string key = "aws_access_key_id: A, aws_secret_access_key: B, ";
  EXPECT_TRUE(complains(with_credentials(key + "aws_base_account_role: my-role"), "\"my-role\" is no role"));
  EXPECT_TRUE(complains(with_credentials(key + "aws_external_id: x"),
                        "warning: inputs.a.credentials.aws_external_id: is only used"));
}

TEST_F(AccessTest, TheRegionIsThatOfTheQueue) {
  const auto region = [&](const std::string& lines) {
    const Loaded loaded = with_addresses(lines);
    return loaded.config ? loaded.config->inputs[0].region : loaded.complaints.text();
  };
  EXPECT_EQ(region("    base_url: https://us-west-1.queue.amazonaws.com/1/q\n"), "us-west-1");
  EXPECT_EQ(region("    base_url: https://sqs.us-east-1.amazonaws.com/1/q\n    region: eu-west-1\n"), "us-east-1");
  EXPECT_TRUE(
      complains(with_addresses("    base_url: https://sqs.us-east-1.amazonaws.com/1/q\n    region: eu-west-1\n"),
                "warning: inputs.a.region: \"eu-west-1\" is not the region in base_url; \"us-east-1\" is used"));
  EXPECT_EQ(region("    base_url: https://queue.example/1/q\n    region: eu-west-1\n"), "eu-west-1");
  around_.environment["AWS_DEFAULT_REGION"] = "ap-south-1";
  EXPECT_EQ(region("    base_url: https://queue.example/1/q\n"), "ap-south-1");
  EXPECT_TRUE(complains(with_addresses("    base_url: https://queue.example/1/q\n    region: Frankfurt am Main\n"),
                        "is no region"));
}

TEST_F(AccessTest, AQueueOutsideAwsIsItsOwnEndpoint) {
  const Loaded loaded = with_addresses("    base_url: http://localhost:4566/000000000000/q\n    region: us-east-1\n");
  ASSERT_TRUE(loaded.config) << loaded.complaints.text();
  EXPECT_EQ(loaded.config->inputs[0].endpoints.sqs, "http://localhost:4566");
  EXPECT_EQ(loaded.config->inputs[0].base_url, "http://localhost:4566/000000000000/q");
  EXPECT_TRUE(complains(loaded, "warning: inputs.a.base_url: http: "));
}

TEST_F(AccessTest, EndpointsComeBeforeTheQueuesHost) {
  const Loaded loaded = with_addresses(
      "    base_url: https://queue.example/1/q\n    region: us-east-1\n    path_style: true\n"
      "    endpoints: {sqs: \"https://sqs.example:8443/\", s3: \"http://[::1]:9000\"}\n");
  ASSERT_TRUE(loaded.config) << loaded.complaints.text();
  const Input& input = loaded.config->inputs[0];
  EXPECT_EQ(input.endpoints.sqs, "https://sqs.example:8443");
  EXPECT_EQ(input.endpoints.s3, "http://[::1]:9000");
  EXPECT_EQ(input.endpoints.sts, "");
  EXPECT_EQ(input.path_style, true);
  EXPECT_EQ(loaded.complaints.warnings(), 1U);
  EXPECT_TRUE(
      complains(with_addresses("    base_url: https://q.example/1/q\n    region: a\n    endpoints: {s3: s3.example}\n"),
                "error: inputs.a.endpoints.s3: \"s3.example\" is no endpoint"));
}

TEST_F(AccessTest, AQueueNeedsAPath) {
  EXPECT_TRUE(complains(with_addresses("    base_url: https://sqs.us-east-1.amazonaws.com/\n"),
                        "is no queue; its URL looks like"));
  EXPECT_TRUE(complains(with_addresses(""), "error: inputs.a.base_url: is missing"));
}

TEST_F(AccessTest, OwnCertificatesAndProxiesAreChecked) {
  const std::string queue = "    base_url: https://sqs.us-east-1.amazonaws.com/1/q\n";
  const Loaded loaded = with_addresses(queue + "    ca_file: chain.crt\n    proxy: http://proxy.example:3128\n");
  ASSERT_TRUE(is_silent(loaded));
  EXPECT_EQ(loaded.config->inputs[0].ca_file, "base/certs/chain.crt");
  EXPECT_EQ(loaded.config->inputs[0].proxy, "http://proxy.example:3128");
  EXPECT_TRUE(
      complains(with_addresses(queue + "    ca_file: none.crt\n"), "error: inputs.a.ca_file: \"base/certs/none.crt\""));
  const Loaded proxy = with_addresses(queue + "    proxy: http://me:hidden-word@proxy.example\n");
  EXPECT_TRUE(complains(proxy, "error: inputs.a.proxy: is no proxy of the form"));
  EXPECT_FALSE(complains(proxy, "hidden-word"));
}

}  // namespace
}  // namespace dray::config
