#include "test_certificates.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>

namespace dray::output::test {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Key new_key() {
  return {EVP_EC_gen("P-256"), &EVP_PKEY_free};
}

Key read_key(const std::string& file) {
  std::FILE* const in = std::fopen(file.c_str(), "r");
  Key key(PEM_read_PrivateKey(in, nullptr, nullptr, nullptr), &EVP_PKEY_free);
  std::fclose(in);
  return key;
}

Certificate read_certificate(const std::string& file) {
  std::FILE* const in = std::fopen(file.c_str(), "r");
  Certificate certificate(PEM_read_X509(in, nullptr, nullptr, nullptr), &X509_free);
  std::fclose(in);
  return certificate;
}

void extend(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate blank(const std::string& name, EVP_PKEY* key, int days) {
  static std::atomic<long> serial{1};
  Certificate certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), ++serial);
  constexpr long kDay = 24L * 3600;
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -10 * kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), days * kDay);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  return certificate;
}

KeyPair save(const std::string& base, X509* certificate, EVP_PKEY* key) {
  KeyPair pair{.cert = base + ".crt", .key = base + ".key"};
  std::FILE* out = std::fopen(pair.cert.c_str(), "w");
  PEM_write_X509(out, certificate);
  std::fclose(out);
  out = std::fopen(pair.key.c_str(), "w");
  PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(out);
  return pair;
}

}  // namespace

Certificates::Certificates() {
  std::string pattern = (std::filesystem::temp_directory_path() / "dray_certificates_XXXXXX").string();
  EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
  folder_ = pattern;
  const Key key = new_key();
  const Certificate authority = blank("test authority", key.get(), 30);
  X509_set_issuer_name(authority.get(), X509_get_subject_name(authority.get()));
  extend(authority.get(), NID_basic_constraints, "critical,CA:TRUE");
  X509_sign(authority.get(), key.get(), EVP_sha256());
  authority_ = save(folder_ + "/authority", authority.get(), key.get());
  server_ = issue("server", "DNS:localhost,IP:127.0.0.1", 30);
  client_ = issue("client", "DNS:client", 30);
}

Certificates::~Certificates() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

KeyPair Certificates::issue(const std::string& name, const std::string& alternative_names, int days) const {
  const Key authority_key = read_key(authority_.key);
  const Certificate authority = read_certificate(authority_.cert);
  const Key key = new_key();
  const Certificate certificate = blank(name, key.get(), days);
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(authority.get()));
  extend(certificate.get(), NID_subject_alt_name, alternative_names);
  X509_sign(certificate.get(), authority_key.get(), EVP_sha256());
  return save(folder_ + "/" + name, certificate.get(), key.get());
}

}  // namespace dray::output::test
