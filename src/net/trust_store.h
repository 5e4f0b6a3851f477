// TrustStore: the certificate authorities that HTTPS servers are checked against, read once and shared by all
// connections.
//
// libcurl alone would parse the whole bundle for every new connection (milliseconds of CPU and a megabyte each).
// Thread-safe once made; OpenSSL counts references, so connections may outlive it.
#pragma once

#include <openssl/x509.h>

#include <memory>
#include <string>

#include "base/result.h"

namespace dray::net {

struct X509StoreFree {
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
};
using TrustStore = std::unique_ptr<X509_STORE, X509StoreFree>;

// file: PEM bundle; empty: the system's (SSL_CERT_FILE and SSL_CERT_DIR are honoured). Errors: {config, "ca_file"}.
Result<TrustStore> load_trust_store(const std::string& file);

}  // namespace dray::net
