// Certificates made for one test: an authority, a receiver's certificate for localhost and 127.0.0.1, a client's
// certificate.
#pragma once

#include <string>

namespace dray::output::test {

struct KeyPair {
  std::string cert;  // files
  std::string key;
};

class Certificates {
 public:
  Certificates();
  ~Certificates();
  Certificates(const Certificates&) = delete;
  Certificates& operator=(const Certificates&) = delete;

  [[nodiscard]] const std::string& folder() const { return folder_; }
  [[nodiscard]] const std::string& chain() const { return authority_.cert; }
  [[nodiscard]] const KeyPair& server() const { return server_; }
  [[nodiscard]] const KeyPair& client() const { return client_; }
  // A pair that this authority issued; days < 0: expired since that many days.
  [[nodiscard]] KeyPair issue(const std::string& name, const std::string& alternative_names, int days) const;

 private:
  struct Authority;
  std::string folder_;
  KeyPair authority_;
  KeyPair server_;
  KeyPair client_;
};

}  // namespace dray::output::test
