// Throw-away certificates for tests, `dray demo` and `dray receiver --make-certificates`: never for real traffic.
//
// One certificate authority, one server certificate for the given host names, one client certificate; EC P-256,
// SHA-256, valid from a day ago for 30 days. Key files have mode 0600. Existing files of those names are replaced.
// Any thread.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace dray::local {

// Paths inside the directory.
struct CertificateFiles {
  std::string chain;               // chain.crt: the authority, what both sides trust
  std::string server_certificate;  // server.crt
  std::string server_key;          // server.key
  std::string client_certificate;  // client.crt
  std::string client_key;          // client.key
};

// The directory is made if it is missing (mode 0700). A host name that reads as an IP address becomes an IP entry.
Result<CertificateFiles> make_test_certificates(const std::string& directory,
                                                const std::vector<std::string>& host_names);

}  // namespace dray::local
