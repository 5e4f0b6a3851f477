// What the local cloud makes of uploads: aws-chunked framing, chunk signatures, checksums; and of XML and keys.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/digest.h"
#include "base/encoding.h"
#include "local/cloud_text.h"
#include "local/signature_check.h"
#include "local/upload_body.h"
#include "local/xml_element.h"

namespace dray::local {
namespace {

class ScriptedExchange final : public net::ServerExchange {
 public:
  ScriptedExchange(std::string method, std::string path, net::ServerHeaders headers, std::string body)
      : method_(std::move(method)), path_(std::move(path)), headers_(std::move(headers)), body_(std::move(body)) {}

  [[nodiscard]] const std::string& method() const override { return method_; }
  [[nodiscard]] std::string_view path() const override { return path_; }
  [[nodiscard]] std::string_view query() const override { return {}; }
  [[nodiscard]] const net::ServerHeaders& headers() const override { return headers_; }
  [[nodiscard]] std::string_view header(std::string_view name) const override {
    for (const auto& [key, value] : headers_) {
      if (key == name) return value;
    }
    return {};
  }
  Result<std::size_t> read_body(char* into, std::size_t size) override {
    const std::size_t got = body_.copy(into, size, at_);
    at_ += got;
    return got;
  }
  Status begin_answer(int /*status*/, const net::ServerHeaders& /*headers*/, std::uint64_t /*length*/) override {
    return {};
  }
  Status write_answer(std::string_view /*bytes*/) override { return {}; }
  Status flush() override { return {}; }
  [[nodiscard]] bool peer_is_gone() const override { return false; }
  void close_after_this() override {}
  void reset_connection() override {}

 private:
  const std::string method_;
  const std::string path_;
  const net::ServerHeaders headers_;
  const std::string body_;
  std::size_t at_ = 0;
};

// The example with values in the S3 API Reference, "Signature calculations … in multiple chunks (chunked upload)".
struct DocumentedUpload {
  static constexpr std::string_view kSeed = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
  static constexpr std::string_view kFirst = "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648";
  static constexpr std::string_view kSecond = "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497";
  static constexpr std::string_view kLast = "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9";

  static std::string body(std::string_view second = kSecond) {
    return fmt::format("10000;chunk-signature={}\r\n{}\r\n400;chunk-signature={}\r\n{}\r\n0;chunk-signature={}\r\n\r\n",
                       kFirst, std::string(65536, 'a'), second, std::string(1024, 'a'), kLast);
  }

  static ScriptedExchange exchange(std::string body) {
    return {"PUT",
            "/examplebucket/chunkObject.txt",
            {{"host", "s3.amazonaws.com"},
             {"x-amz-date", "20130524T000000Z"},
             {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
             {"authorization",
              fmt::format("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                          "SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;"
                          "x-amz-decoded-content-length;x-amz-storage-class,Signature={}",
                          kSeed)},
             {"x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"},
             {"content-encoding", "aws-chunked"},
             {"x-amz-decoded-content-length", "66560"},
             {"content-length", "66824"}},
            std::move(body)};
  }
};

class ThatDay final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return {}; }
  [[nodiscard]] BootTime boot_now() const override { return {}; }
  [[nodiscard]] WallTime wall_now() const override { return when; }
  void sleep_until(TimePoint /*when*/) override {}
  WallTime when = *parse_amz_date("20130524T001000Z");

 private:
  void wait(Signal& /*signal*/, std::unique_lock<std::mutex>& /*lock*/, TimePoint /*deadline*/) override {}
  void wake(Signal& /*signal*/, bool /*all*/) override {}
};

class CloudUploadTest : public ::testing::Test {
 protected:
  CloudUploadTest() {
    AccessKey key;
    key.id = "AKIAIOSFODNN7EXAMPLE";
    key.secret = Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    identities_.add_key(std::move(key));
  }

  Result<Caller> verify(const net::ServerExchange& exchange) {
    return verify_signature(exchange, exchange.header("x-amz-content-sha256"), identities_, clock_);
  }

  ThatDay clock_;
  IdSource ids_{3};
  Identities identities_{clock_, ids_};
};

TEST_F(CloudUploadTest, TheDocumentedChunkedUploadIsTakenWithAllItsSignatures) {
  auto exchange = DocumentedUpload::exchange(DocumentedUpload::body());
  const auto caller = verify(exchange);
  ASSERT_TRUE(caller.ok()) << caller.error().message;
  EXPECT_EQ(caller.value().signature, DocumentedUpload::kSeed);
  const auto body = read_upload(exchange, caller.value(), 1 << 20);
  ASSERT_TRUE(body.ok()) << body.error().message;
  EXPECT_EQ(body.value().bytes, std::string(66560, 'a'));
}

TEST_F(CloudUploadTest, AChunkSignedWronglyOrCutIsRefused) {
  auto forged = DocumentedUpload::exchange(DocumentedUpload::body(DocumentedUpload::kFirst));
  const auto caller = verify(forged);
  ASSERT_TRUE(caller.ok());
  EXPECT_EQ(read_upload(forged, caller.value(), 1 << 20).error().code, "SignatureDoesNotMatch");
  auto cut = DocumentedUpload::exchange(DocumentedUpload::body().substr(0, 66000));
  EXPECT_EQ(read_upload(cut, caller.value(), 1 << 20).error().code, "IncompleteBody");
  auto large = DocumentedUpload::exchange(DocumentedUpload::body());
  EXPECT_EQ(read_upload(large, caller.value(), 100).error().code, "EntityTooLarge");
}

TEST_F(CloudUploadTest, AClockFifteenMinutesOffIsTooFarOff) {
  auto exchange = DocumentedUpload::exchange("");
  clock_.when = *parse_amz_date("20130524T001500Z");
  EXPECT_TRUE(verify(exchange).ok());
  clock_.when = *parse_amz_date("20130524T001501Z");
  EXPECT_EQ(verify(exchange).error().code, "RequestTimeTooSkewed");
}

TEST_F(CloudUploadTest, AHeaderOfAmazonThatIsNotSignedIsRefused) {
  const auto documented = DocumentedUpload::exchange("");
  net::ServerHeaders headers = documented.headers();
  headers.emplace_back("x-amz-meta-slipped-in", "1");
  const ScriptedExchange exchange("PUT", "/examplebucket/chunkObject.txt", std::move(headers), "");
  EXPECT_EQ(verify(exchange).error().code, "AccessDenied");
}

TEST_F(CloudUploadTest, UnsignedChunksWithATrailingChecksumAreChecked) {
  const auto send = [&](const std::string& checksum) {
    ScriptedExchange exchange("PUT", "/b/k",
                              {{"x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"},
                               {"x-amz-decoded-content-length", "9"},
                               {"x-amz-trailer", "x-amz-checksum-crc32"}},
                              "9\r\n123456789\r\n0\r\nx-amz-checksum-crc32:" + checksum + "\r\n\r\n");
    return read_upload(exchange, Caller{}, 1 << 20);
  };
  const auto good = send("y/Q5Jg==");
  ASSERT_TRUE(good.ok()) << good.error().message;
  EXPECT_EQ(good.value().bytes, "123456789");
  EXPECT_EQ(send("y/Q5Jw==").error().code, "BadDigest");
}

// "check" values of the catalogue of parametrised CRC algorithms, for "123456789".
TEST(CloudChecksumTest, CrcsHaveTheirCatalogueValues) {
  EXPECT_EQ(checksum_of("crc32", "123456789"), base64("\xCB\xF4\x39\x26"));
  EXPECT_EQ(checksum_of("crc32c", "123456789"), base64("\xE3\x06\x92\x83"));
  EXPECT_EQ(checksum_of("crc64nvme", "123456789"), base64("\xAE\x8B\x14\x86\x0A\x79\x98\x88"));
  EXPECT_EQ(checksum_of("sha1", "123456789"), "");
}

TEST(CloudTextTest, EventKeysAreSpelledAsInS3Events) {
  EXPECT_EQ(encode_event_key("in/aws-region=eu-west-1/a b+c%.log.gz"), "in/aws-region%3Deu-west-1/a+b%2Bc%25.log.gz");
  const std::string odd = "a\x01\xC3\xA9~!*'()@,;:&?#[]/..//x ";
  EXPECT_EQ(decode_event_key(encode_event_key(odd)), odd);
}

TEST(CloudXmlTest, DocumentsOfClientsAreReadAndBrokenOnesRefused) {
  const auto read = parse_xml(
      "<?xml version='1.0'?><!-- c --><n:Delete xmlns:n=\"u\"><Object><Key>a &amp; &#xe9;<![CDATA[<>]]></Key></Object>"
      "<Quiet/></n:Delete>");
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().name, "Delete");
  EXPECT_EQ(read.value().children[0].text_of("Key"), "a & \xC3\xA9<>");
  EXPECT_NE(read.value().child("Quiet"), nullptr);
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "<a>";
  for (const std::string& bad : {std::string(""), std::string("<a>"), std::string("<a></b>"),
                                 std::string("<a>&nope;</a>"), std::string("<!DOCTYPE a><a/>"), deep}) {
    EXPECT_FALSE(parse_xml(bad).ok()) << bad;
  }
}

}  // namespace
}  // namespace dray::local
