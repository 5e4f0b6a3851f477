// A self-signed certificate for 127.0.0.1 and store.example, made anew for each test that needs TLS, in files of a
// directory of its own.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "base/assert.h"

namespace dray::net {

class TestCertificate {
 public:
  TestCertificate() {
    std::string name = (std::filesystem::temp_directory_path() / "dray-certificate-XXXXXX").string();
    DRAY_ASSERT(mkdtemp(name.data()) != nullptr);
    directory_ = name;
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), &X509_free);
    X509* const x = certificate.get();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 3600);
    X509_set_pubkey(x, key.get());
    X509_NAME* const subject = X509_get_subject_name(x);
    const std::string common_name = "dray test";
    X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0);
    X509_set_issuer_name(x, subject);
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, x, x, nullptr, nullptr, 0);
    X509_EXTENSION* const names =
        X509V3_EXT_conf_nid(nullptr, &context, NID_subject_alt_name, "IP:127.0.0.1,DNS:store.example");
    X509_add_ext(x, names, -1);
    X509_EXTENSION_free(names);
    DRAY_ASSERT(X509_sign(x, key.get(), EVP_sha256()) > 0);
    save(certificate_file(), [&](FILE* file) { return PEM_write_X509(file, x); });
    save(key_file(),
         [&](FILE* file) { return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
  }
  ~TestCertificate() { std::filesystem::remove_all(directory_); }
  TestCertificate(const TestCertificate&) = delete;
  TestCertificate& operator=(const TestCertificate&) = delete;

  [[nodiscard]] std::string certificate_file() const { return directory_ / "server.crt"; }
  [[nodiscard]] std::string key_file() const { return directory_ / "server.key"; }

 private:
  template <class Write>
  static void save(const std::string& path, Write write) {
    FILE* const file = std::fopen(path.c_str(), "we");
    DRAY_ASSERT(file != nullptr && write(file) == 1);
    (void)std::fclose(file);
  }
  std::filesystem::path directory_;
};

}  // namespace dray::net
