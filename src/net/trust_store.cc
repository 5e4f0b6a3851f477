#include "net/trust_store.h"

#include <openssl/x509_vfy.h>

#include <unistd.h>

#include <array>
#include <cstdlib>

namespace dray::net {
namespace {

// Where Linux distributions keep the bundle; slim container images have the file but not OpenSSL's hashed directory.
constexpr std::array kBundles = {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
                                 "/etc/ssl/cert.pem"};

bool load_system(X509_STORE* store) {
  const bool named = std::getenv("SSL_CERT_FILE") != nullptr || std::getenv("SSL_CERT_DIR") != nullptr;
  if (!named) {
    for (const char* bundle : kBundles) {
      if (access(bundle, R_OK) == 0 && X509_STORE_load_file(store, bundle) == 1) return true;
    }
  }
  return X509_STORE_set_default_paths(store) == 1;
}

}  // namespace

Result<TrustStore> load_trust_store(const std::string& file) {
  TrustStore store(X509_STORE_new());
  DRAY_ASSERT(store != nullptr);
  // A company's intermediate in the bundle is an anchor by itself, as in libcurl.
  X509_STORE_set_flags(store.get(), X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
  if (file.empty()) {
    if (!load_system(store.get())) {
      return Error{ErrorKind::config, "ca_file",
                   "no certificate authorities found: install ca-certificates or set ca_file"};
    }
  } else if (X509_STORE_load_file(store.get(), file.c_str()) != 1) {
    return Error{ErrorKind::config, "ca_file", "ca_file " + file + " cannot be read as PEM certificates"};
  }
  return store;
}

}  // namespace dray::net
