// What a configuration of an output may say, and what it is told otherwise.
#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>

#include "base/threads.h"
#include "output/make.h"
#include "test_certificates.h"

namespace dray::output::test {
namespace {

class MakeOutput : public ::testing::Test {
 protected:
  [[nodiscard]] SyslogOptions good() const {
    return {.name = "devo_1",
            .address = "localhost",
            .chain = certificates_.chain(),
            .cert = certificates_.client().cert,
            .key = certificates_.client().key,
            .host_name = "h"};
  }
  // The complaint; empty if there is none.
  std::string complaint(const SyslogOptions& options) {
    auto made = make_syslog_output(options, clock_, threads_, log_, 1);
    if (made.ok()) return "";
    EXPECT_EQ(made.error().kind, ErrorKind::config);
    return made.error().message;
  }
  static void expect_says(const std::string& message, std::initializer_list<std::string> parts) {
    for (const std::string& part : parts)
      EXPECT_NE(message.find(part), std::string::npos) << part << " in: " << message;
  }
  [[nodiscard]] std::string file(const std::string& name, const std::string& content) const {
    const std::string path = certificates_.folder() + "/" + name;
    std::ofstream(path) << content;
    return path;
  }

  Certificates certificates_;
  SystemClock clock_;
  SystemThreads threads_;
  telemetry::Log log_{clock_, STDERR_FILENO, telemetry::Format::text, telemetry::Level::error};
};

TEST_F(MakeOutput, TakesGoodFiles) {
  EXPECT_EQ(complaint(good()), "");
}

TEST_F(MakeOutput, NamesAMissingChainFile) {
  SyslogOptions options = good();
  options.chain = "certs/none.crt";
  expect_says(complaint(options), {"outputs.devo_1.chain", "certs/none.crt", "No such file"});
}

TEST_F(MakeOutput, NamesAChainThatIsNoPem) {
  SyslogOptions options = good();
  options.chain = file("bad.crt", "not a certificate\n");
  expect_says(complaint(options), {"outputs.devo_1.chain", "bad.crt", "no usable certificate authority"});
}

TEST_F(MakeOutput, NamesABadCertificate) {
  SyslogOptions options = good();
  options.cert = file("bad.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  expect_says(complaint(options), {"outputs.devo_1.cert", "bad.crt"});
}

TEST_F(MakeOutput, NamesAKeyOfAnotherCertificate) {
  SyslogOptions options = good();
  options.key = certificates_.server().key;
  expect_says(complaint(options),
              {"outputs.devo_1.key", "server.key", "does not belong to the certificate", "client.crt"});
}

TEST_F(MakeOutput, NamesAnExpiredCertificate) {
  SyslogOptions options = good();
  const KeyPair old = certificates_.issue("old", "DNS:old", -1);
  options.cert = old.cert;
  options.key = old.key;
  expect_says(complaint(options), {"outputs.devo_1.cert", "old.crt", "expired"});
}

TEST_F(MakeOutput, NamesACertificateWithoutItsKey) {
  SyslogOptions options = good();
  options.key.clear();
  expect_says(complaint(options), {"outputs.devo_1.key", "missing"});
}

TEST_F(MakeOutput, NeverAsksForAPassphrase) {
  SyslogOptions options = good();
  options.key =
      file("locked.key",
           "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgAAAAAAAAAAAICCAAw\n"
           "-----END ENCRYPTED PRIVATE KEY-----\n");
  expect_says(complaint(options), {"outputs.devo_1.key", "locked.key", "passphrase"});
}

TEST_F(MakeOutput, RefusesStrictProofWithoutTls) {
  SyslogOptions options = good();
  options.tls = false;
  options.proof = ProofMode::strict;
  expect_says(complaint(options), {"outputs.devo_1", "strict", "close_notify"});
}

TEST_F(MakeOutput, RefusesMoreThanFourConnections) {
  SyslogOptions options = good();
  options.connections = 5;
  expect_says(complaint(options), {"connections", "1..4"});
}

}  // namespace
}  // namespace dray::output::test
