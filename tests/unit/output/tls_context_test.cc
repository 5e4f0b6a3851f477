// Certificates are rotated under running programs: what a changed file does, and a changed file that is no good.
#include "output/tls_context.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "test_certificates.h"

namespace dray::output::test {
namespace {

namespace fs = std::filesystem;

class RotatedCertificates : public ::testing::Test {
 protected:
  RotatedCertificates() : cert_(certificates_.folder() + "/used.crt"), key_(certificates_.folder() + "/used.key") {
    put(certificates_.client());
  }
  void put(const KeyPair& pair) const {
    // As rotation does it: a new file under the old name.
    for (const auto& [from, to] : {std::pair{pair.cert, cert_}, std::pair{pair.key, key_}}) {
      fs::copy_file(from, to + ".new");
      fs::rename(to + ".new", to);
    }
  }
  [[nodiscard]] std::unique_ptr<TlsContext> load() const {
    auto loaded = TlsContext::load("devo_1", {.chain = certificates_.chain(), .cert = cert_, .key = key_}, now_);
    EXPECT_TRUE(loaded.ok()) << loaded.error().message;
    return std::move(loaded).value();
  }
  static std::string fingerprint_of(const TlsContext& context) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    X509_digest(SSL_CTX_get0_certificate(context.get()), EVP_sha256(), digest, &size);
    return {reinterpret_cast<const char*>(digest), size};
  }

  Certificates certificates_;
  const std::string cert_;
  const std::string key_;
  const WallTime now_ = SystemClock().wall_now();
};

TEST_F(RotatedCertificates, AreTakenWithoutARestart) {
  const auto context = load();
  const std::string before = fingerprint_of(*context);
  ASSERT_TRUE(context->refresh(now_).ok());
  EXPECT_EQ(fingerprint_of(*context), before) << "nothing changed";
  put(certificates_.issue("next", "DNS:next.example", 30));
  ASSERT_TRUE(context->refresh(now_).ok());
  EXPECT_NE(fingerprint_of(*context), before);
}

TEST_F(RotatedCertificates, ThatAreNoGoodLeaveTheOldOnesInForceAndAreToldOnce) {
  const auto context = load();
  const std::string before = fingerprint_of(*context);
  put(certificates_.issue("old", "DNS:old.example", -1));
  const Status refused = context->refresh(now_);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("outputs.devo_1.cert"), std::string::npos) << refused.error().message;
  EXPECT_NE(refused.error().message.find("expired"), std::string::npos) << refused.error().message;
  EXPECT_EQ(fingerprint_of(*context), before);
  EXPECT_TRUE(context->refresh(now_).ok()) << "the same files were complained of already";
  put(certificates_.issue("next", "DNS:next.example", 30));
  EXPECT_TRUE(context->refresh(now_).ok());
  EXPECT_NE(fingerprint_of(*context), before);
}

TEST_F(RotatedCertificates, HalfRotatedAreRefusedAndTheOldOnesStay) {
  const auto context = load();
  const std::string before = fingerprint_of(*context);
  const KeyPair next = certificates_.issue("next", "DNS:next.example", 30);
  fs::copy_file(next.cert, cert_, fs::copy_options::overwrite_existing);
  const Status refused = context->refresh(now_);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("does not belong"), std::string::npos) << refused.error().message;
  EXPECT_EQ(fingerprint_of(*context), before);
}

}  // namespace
}  // namespace dray::output::test
