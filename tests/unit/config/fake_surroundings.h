// FakeSurroundings: an environment and files made of texts, for tests of the configuration. One thread.
#pragma once

#include <map>
#include <string>

#include "config/surroundings.h"

namespace dray::config {

inline constexpr const char* kCertificate = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
inline constexpr const char* kPrivateKey = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";

struct FakeSurroundings {
  std::map<std::string, std::string> environment;
  std::map<std::string, FileText> files = {{"base/certs/chain.crt", {kCertificate, false}},
                                           {"base/certs/domain.crt", {kCertificate, false}},
                                           {"base/certs/domain.key", {kPrivateKey, false}}};

  // Refers to this object.
  [[nodiscard]] Surroundings get() const {
    Surroundings around;
    around.environment = [this](const std::string& name) -> std::optional<std::string> {
      const auto found = environment.find(name);
      return found == environment.end() ? std::nullopt : std::optional(found->second);
    };
    around.read_file = [this](const std::string& path) -> Result<FileText> {
      const auto found = files.find(path);
      if (found == files.end()) return Error{ErrorKind::config, "bad_file", "No such file or directory"};
      return found->second;
    };
    around.directory = "base";
    return around;
  }
};

}  // namespace dray::config
