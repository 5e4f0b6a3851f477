// The 38 header vectors of AWS's signing test suite (read in place from the corpora), the examples of the S3
// documentation, and two requests of our own whose signatures botocore computed.
#include "aws/sigv4.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/json.h"

namespace dray::aws {
namespace {

namespace fs = std::filesystem;

fs::path corpora() {
  const char* given = std::getenv("DRAY_CORPORA");
  return given != nullptr ? fs::path(given) : fs::path(DRAY_SOURCE_DIR) / "../shared/corpora";
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

struct Vector {
  std::string method, path, query, body;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string secret, region, service;
  PathRule rule = PathRule::normalized;
};

// Adds the value of an unfolded header line, or the continuation of the one before.
void add_header_line(const std::string& line, Vector& vector) {
  const std::size_t colon = line.find(':');
  if (line.front() == ' ') {
    vector.headers.back().second += line;
  } else {
    vector.headers.emplace_back(line.substr(0, colon), line.substr(colon + 1));
  }
}

Vector read_vector(const fs::path& folder) {
  Vector vector;
  std::istringstream in(text_of(folder / "request.txt"));
  std::string line;
  std::getline(in, line);
  vector.method = line.substr(0, line.find(' '));
  const std::size_t version = line.rfind(" HTTP/");
  const std::string target = line.substr(vector.method.size() + 1, version - vector.method.size() - 1);
  vector.path = target.substr(0, target.find('?'));
  vector.query = target.find('?') == std::string::npos ? "" : target.substr(target.find('?') + 1);
  while (std::getline(in, line) && !line.empty()) add_header_line(line, vector);
  std::getline(in, vector.body, '\0');

  const auto context = Json::parse(text_of(folder / "context.json"));
  const Json& credentials = (*context)["credentials"];
  vector.secret = credentials.text("secret_access_key");
  vector.region = context->text("region");
  vector.service = context->text("service");
  vector.rule = *(*context)["normalize"].if_bool() ? PathRule::normalized : PathRule::as_sent;
  vector.headers.emplace_back("X-Amz-Date", "20150830T123600Z");
  const bool* omitted = (*context)["omit_session_token"].if_bool();
  if (!credentials.text("token").empty() && (omitted == nullptr || !*omitted)) {
    vector.headers.emplace_back("X-Amz-Security-Token", credentials.text("token"));
  }
  if (*(*context)["sign_body"].if_bool()) vector.headers.emplace_back("x-amz-content-sha256", hex(sha256(vector.body)));
  return vector;
}

TEST(SigV4, EveryPublishedVectorGivesItsCanonicalRequestAndSignature) {
  const fs::path folder = corpora() / "sigv4";
  if (!fs::exists(folder)) GTEST_SKIP() << "skipped: no corpora (set DRAY_CORPORA)";
  int seen = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const Vector vector = read_vector(entry.path());
    std::vector<HeaderView> headers;
    for (const auto& [name, value] : vector.headers) headers.push_back({name, value});
    const std::string hash = hex(sha256(vector.body));
    const SignedRequestView request{vector.method, vector.path, vector.query, headers, hash, vector.rule};
    const std::string canonical = canonical_request(request, names_to_sign(headers));
    EXPECT_EQ(canonical, text_of(entry.path() / "header-canonical-request.txt")) << entry.path();
    const CredentialScope scope{"20150830", vector.region, vector.service};
    const std::string to_sign = string_to_sign("20150830T123600Z", scope, canonical);
    EXPECT_EQ(to_sign, text_of(entry.path() / "header-string-to-sign.txt")) << entry.path();
    EXPECT_EQ(signature(signing_key(Secret(vector.secret), scope), to_sign),
              text_of(entry.path() / "header-signature.txt"))
        << entry.path();
    ++seen;
  }
  EXPECT_EQ(seen, 38);
}

struct Example {
  std::string_view host;
  std::string_view path;
  std::string_view query;
  std::string_view range;
  std::string_view expected;
};

std::string sign_example(const SignedRequestView& request, std::string_view service) {
  const CredentialScope scope{"20130524", "us-east-1", std::string(service)};
  const Secret key = signing_key(Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), scope);
  const std::string canonical = canonical_request(request, names_to_sign(request.headers));
  return signature(key, string_to_sign("20130524T000000Z", scope, canonical));
}

TEST(SigV4, TheExamplesOfTheS3DocumentationHold) {
  const std::string_view host = "examplebucket.s3.amazonaws.com";
  const Example examples[] = {
      {host, "/test.txt", "", "bytes=0-9", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
      {host, "/", "lifecycle", "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
      {host, "/", "max-keys=2&prefix=J", "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
  };
  for (const Example& example : examples) {
    std::vector<HeaderView> headers = {
        {"Host", example.host}, {"x-amz-content-sha256", kEmptyPayloadHash}, {"x-amz-date", "20130524T000000Z"}};
    if (!example.range.empty()) headers.push_back({"Range", example.range});
    EXPECT_EQ(sign_example({"GET", example.path, example.query, headers, kEmptyPayloadHash, PathRule::as_sent}, "s3"),
              example.expected);
  }
}

TEST(SigV4, AnOddKeyWithVersionAndTokenSignsAsBotocoreDoes) {
  const std::string path = "/" + percent_encode("logs/dt=2024-01-02/a b+c%25\xC3\xA9~(1)!'*.gz", true);
  const std::string query = "versionId=" + percent_encode("3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY", false);
  const HeaderView headers[] = {{"host", "examplebucket.s3.us-east-1.amazonaws.com"},
                                {"x-amz-content-sha256", kUnsignedPayload},
                                {"x-amz-date", "20130524T000000Z"},
                                {"x-amz-security-token", "TOKEN/+="}};
  EXPECT_EQ(sign_example({"GET", path, query, headers, kUnsignedPayload, PathRule::as_sent}, "s3"),
            "dfc80df96be05b5688f8f00fdfd63a1265d90370ffb247abe0828d020e7e7b4f");
}

TEST(SigV4, AnSqsPostSignsAsBotocoreDoes) {
  const std::string hash =
      hex(sha256(R"({"QueueUrl":"https://sqs.us-east-1.amazonaws.com/123456789012/q","WaitTimeSeconds":20})"));
  const HeaderView headers[] = {{"host", "sqs.us-east-1.amazonaws.com"},
                                {"content-type", "application/x-amz-json-1.0"},
                                {"x-amz-date", "20130524T000000Z"},
                                {"x-amz-target", "AmazonSQS.ReceiveMessage"},
                                {"x-amzn-query-mode", "true"}};
  EXPECT_EQ(sign_example({"POST", "/", "", headers, hash, PathRule::normalized}, "sqs"),
            "041d94893ecfd3c8f938c5dd1d970e898cec208132ef7427e1e7e7c2daf29d3a");
}

TEST(SigV4, HeadersThatProxiesChangeAreNotSigned) {
  const HeaderView headers[] = {{"User-Agent", "x"},      {"Host", "h"},       {"Expect", ""},
                                {"Authorization", "a"},   {"X-Amz-Date", "d"}, {"Upgrade", "h2c"},
                                {"X-Amzn-Trace-Id", "t"}, {"Range", "r"}};
  EXPECT_EQ(names_to_sign(headers), (std::vector<std::string>{"host", "range", "x-amz-date"}));
}

TEST(SigV4, TimestampsGoBothWaysAndOddOnesAreRefused) {
  EXPECT_EQ(signing_timestamp(WallTime{1440938160LL * 1000000 + 999999}), "20150830T123600Z");
  EXPECT_EQ(parse_signing_timestamp("20150830T123600Z"), (WallTime{1440938160LL * 1000000}));
  for (const char* text :
       {"", "20150830T123600", "20151330T123600Z", "20150830 123600Z", "2015083xT123600Z", "20150230T000000Z"}) {
    EXPECT_EQ(parse_signing_timestamp(text), std::nullopt) << text;
  }
}

TEST(SigV4, AnAuthorizationHeaderIsTakenApartAndPutTogether) {
  const std::string text =
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/sqs/aws4_request, SignedHeaders=host;x-amz-date, "
      "Signature=00ff";
  const auto parsed = Authorization::parse(text);
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->scope.region, "us-east-1");
  EXPECT_EQ(parsed->signed_headers, (std::vector<std::string>{"host", "x-amz-date"}));
  EXPECT_EQ(parsed->text(), text);
  for (const char* bad :
       {"", "Bearer x", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=h, Signature=s",
        "AWS4-HMAC-SHA256 Credential=A/20150830/r/s/aws4_request, Signature=s"}) {
    EXPECT_FALSE(Authorization::parse(bad).has_value()) << bad;
  }
}

TEST(SigV4, RememberedKeysFollowTheSecret) {
  SigningKeys keys;
  const CredentialScope scope{"20150830", "us-east-1", "s3"};
  EXPECT_EQ(keys.key_for(Secret("one"), scope), signing_key(Secret("one"), scope));
  EXPECT_EQ(keys.key_for(Secret("two"), scope), signing_key(Secret("two"), scope));
  EXPECT_EQ(keys.key_for(Secret("two"), scope), signing_key(Secret("two"), scope));
}

}  // namespace
}  // namespace dray::aws
