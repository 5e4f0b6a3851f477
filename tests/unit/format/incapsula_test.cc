#include <isa-l/igzip_lib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <unistd.h>

#include <filesystem>

#include "base/digest.h"
#include "base/encoding.h"
#include "format/incapsula_header.h"
#include "split.h"
#include "support/deflate.h"

namespace dray::format {
namespace {

using Records = std::vector<std::string>;

// The first line holds the separator's text; only a line of its own ends the header.
const std::string kContent =
    "CEF:0|Incapsula|SIEMintegration|1|1|SQL Injection|0| src=203.0.113.9 request=www.example.com/a?b\\=1|==| act=REQ\n"
    "CEF:0|Incapsula|SIEMintegration|1|1|Normal|0| src=198.51.100.4 requestClientApplication=curl/8.5\n";
const Records kEvents = {kContent.substr(0, kContent.find('\n')),
                         kContent.substr(kContent.find('\n') + 1, kContent.size() - kContent.find('\n') - 2)};

std::string deflated(std::string_view plain) {
  return test::deflate(plain, IGZIP_ZLIB);
}

std::string header(const std::string& content, const std::string& more = "", const std::string& format = "CEF") {
  return "accountId:77\nconfigId:12\nCheckSum:" + hex(md5(content)) + "\nformat:" + format +
         "\nstartTime:1709629800000\n" + more + "endTime:1709629860000\n|==|\n";
}

Outcome incapsula(const std::string& file, const Options& options = {}, std::size_t step = 1U << 20U) {
  return split_by("incapsula_processor", {.options = options}, file, [step] { return step; });
}

TEST(Incapsula, GivesTheLinesOfPlainAndZlibContent) {
  for (const std::size_t step : {1U, 7U, 100U, 100000U}) {
    for (const std::string& stored : {kContent, deflated(kContent)}) {
      const Outcome outcome = incapsula(header(kContent) + stored, {}, step);
      EXPECT_EQ(outcome.records, kEvents);
      EXPECT_EQ(outcome.code, "") << outcome.message;
    }
  }
}

TEST(Incapsula, ReadsHeadersWithCarriageReturnsAndNoContent) {
  EXPECT_EQ(incapsula("ACCOUNTID: 77\r\nconfigid: 12\r\n|==|\r\n" + kContent).records, kEvents);
  EXPECT_EQ(incapsula(header("")).records, Records{});
  EXPECT_EQ(incapsula(header("")).code, "");
  EXPECT_EQ(incapsula("").code, "");
}

TEST(Incapsula, TakesAFileWithoutHeaderAsContent) {
  for (const std::size_t step : {1U, 100000U}) {
    EXPECT_EQ(incapsula(kContent, {}, step).records, kEvents);
    EXPECT_EQ(incapsula(deflated(kContent), {}, step).records, kEvents);
    EXPECT_EQ(incapsula("accountId:77\nno separator\n", {}, step).records, (Records{"accountId:77", "no separator"}));
    // As long as no header can be.
    std::string lines;
    while (lines.size() < 3 * kIncapsulaHeaderMax) lines += "key:" + std::string(1000, 'x') + "\n";
    if (step > 1) {
      EXPECT_EQ(incapsula(lines + "|==|\n", {}, step).records.size(), lines.size() / 1005 + 1);
    }
  }
}

TEST(Incapsula, DropsTheNumberSignLinesOfW3cOnly) {
  const std::string content = "#Fields: date c-ip\n2024-03-05 203.0.113.9\n";
  EXPECT_EQ(incapsula(header(content, "", "W3C") + content).records, (Records{"2024-03-05 203.0.113.9"}));
  EXPECT_EQ(incapsula(header(content) + content).records.size(), 2U);
}

TEST(Incapsula, TellsAWrongCheckSumAfterTheEvents) {
  const Outcome outcome = incapsula(header("other") + deflated(kContent));
  EXPECT_EQ(outcome.records, kEvents);
  EXPECT_EQ(outcome.code, "bad_checksum");
}

TEST(Incapsula, TellsACutStream) {
  const std::string stored = deflated(kContent);
  EXPECT_EQ(incapsula(header(kContent) + stored.substr(0, stored.size() - 6)).code, "truncated");
}

TEST(Incapsula, SaysWhichKeyIsMissing) {
  const Outcome outcome = incapsula(header(kContent, "publicKeyId:3\nkey:QUJD\n") + "....");
  EXPECT_EQ(outcome.code, "encrypted");
  EXPECT_NE(outcome.message.find("publicKeyId 3"), std::string::npos) << outcome.message;
  EXPECT_NE(outcome.message.find("private_keys"), std::string::npos) << outcome.message;
}

// A key pair, its private half in a file, and what Imperva would make with the public half.
class Encrypted : public testing::Test {
 protected:
  void SetUp() override {
    key_ = EVP_RSA_gen(2048);
    FILE* file = std::fopen(file_.c_str(), "w");
    ASSERT_NE(file, nullptr);
    PEM_write_PrivateKey(file, key_, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
  }
  void TearDown() override {
    EVP_PKEY_free(key_);
    std::filesystem::remove(file_);
  }

  std::string wrapped_key() {
    const std::string text = base64(aes_);
    EVP_PKEY_CTX* context = EVP_PKEY_CTX_new(key_, nullptr);
    EVP_PKEY_encrypt_init(context);
    EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING);
    std::size_t size = 256;
    std::string out(size, '\0');
    EVP_PKEY_encrypt(context, reinterpret_cast<unsigned char*>(out.data()), &size,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size());
    EVP_PKEY_CTX_free(context);
    return base64(out);
  }

  std::string encrypted(const std::string& plain) {
    EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
    const unsigned char zeros[16] = {};
    EVP_EncryptInit_ex(context, EVP_aes_128_cbc(), nullptr, reinterpret_cast<const unsigned char*>(aes_.data()), zeros);
    std::string out(plain.size() + 16, '\0');
    int size = 0;
    int last = 0;
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    EVP_EncryptUpdate(context, bytes, &size, reinterpret_cast<const unsigned char*>(plain.data()),
                      static_cast<int>(plain.size()));
    EVP_EncryptFinal_ex(context, bytes + size, &last);
    EVP_CIPHER_CTX_free(context);
    out.resize(static_cast<std::size_t>(size + last));
    return out;
  }

  Options options() { return {{"private_keys", Settings{{"3", file_.string()}}}}; }

  EVP_PKEY* key_ = nullptr;
  std::string aes_ = "0123456789abcdef";
  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("dray-incapsula-" + std::to_string(getpid()) + ".pem");
};

TEST_F(Encrypted, ContentIsReadWithThePrivateKey) {
  ASSERT_TRUE(find_format("incapsula_processor")->check(options()).ok());
  const std::string head = header(kContent, "publicKeyId:3\nkey:" + wrapped_key() + "\n");
  for (const std::size_t step : {1U, 17U, 100000U}) {
    for (const std::string& inner : {kContent, deflated(kContent)}) {
      const Outcome outcome = incapsula(head + encrypted(inner), options(), step);
      EXPECT_EQ(outcome.records, kEvents);
      EXPECT_EQ(outcome.code, "") << outcome.message;
    }
  }
  EXPECT_EQ(incapsula(head + encrypted(kContent).substr(0, 100), options()).code, "truncated");
}

TEST_F(Encrypted, ContentForAnotherKeyIsAFault) {
  const std::string head = header(kContent, "publicKeyId:3\nkey:" + base64(std::string(256, '\1')) + "\n");
  const Outcome outcome = incapsula(head + encrypted(kContent), options());
  EXPECT_EQ(outcome.records, Records{});
  EXPECT_EQ(outcome.code, "encrypted");
}

TEST(IncapsulaOptions, AreChecked) {
  const Format& format = *find_format("incapsula_processor");
  EXPECT_TRUE(format.check({}).ok());
  EXPECT_FALSE(format.check({{"private_keys", "key.pem"}}).ok());
  const OptionFaults missing =
      format.check({{"private_keys", Settings{{"3", "no/such/file.pem"}, {"4", "nor/this.pem"}}}});
  ASSERT_EQ(missing.all().size(), 2U);
  EXPECT_EQ(missing.all()[0].path, "private_keys.3");
  EXPECT_EQ(missing.all()[1].path, "private_keys.4");
}

}  // namespace
}  // namespace dray::format
