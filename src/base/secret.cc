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

}  // namespace dray
