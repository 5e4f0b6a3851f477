#include "base/secret.h"

#include <openssl/crypto.h>

namespace dray {

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    OPENSSL_cleanse(text_.data(), text_.size());
    text_ = std::exchange(other.text_, {});
  }
  return *this;
}

Secret::~Secret() {
  OPENSSL_cleanse(text_.data(), text_.size());
}

std::string without_userinfo(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t host = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::string_view authority = url.substr(host, url.find_first_of("/?#", host) - host);
  const std::size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return std::string(url);
  return std::string(url.substr(0, host)) + "***" + std::string(url.substr(host + at));
}

}  // namespace dray
