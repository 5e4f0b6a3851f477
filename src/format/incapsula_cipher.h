// IncapsulaCipher: decrypts the content of an Imperva log file: AES-CBC with a zero vector, under a key that the
// header brings encrypted with the customer's public key (RSA, PKCS #1 v1.5).
//
// Used by incapsula_processor where `private_keys` names a PEM file for the header's publicKeyId. Nothing is unpadded
// here: a zlib stream ends itself, and of plain content the caller takes the padding off. One thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace dray::format {

class IncapsulaCipher {
 public:
  // Errors: {later, "bad_private_key"} if the file is not there or no RSA key, {poison, "encrypted"} if that key did
  // not encrypt this.
  static Result<std::unique_ptr<IncapsulaCipher>> open(const std::string& pem_file, std::string_view encrypted_key);
  ~IncapsulaCipher();
  IncapsulaCipher(const IncapsulaCipher&) = delete;
  IncapsulaCipher& operator=(const IncapsulaCipher&) = delete;

  // Appends what can be decrypted; the rest of a block waits.
  Status decrypt(std::string_view chunk, std::string& plain);
  // True if a block is not whole: bytes are missing.
  [[nodiscard]] bool torn() const { return taken_ % kBlock != 0; }

  static constexpr std::size_t kBlock = 16;

 private:
  struct Context;  // of OpenSSL
  explicit IncapsulaCipher(std::unique_ptr<Context> context);

  std::unique_ptr<Context> context_;
  std::size_t taken_ = 0;
};

// Reads the key, for check(). Error (later, "bad_private_key").
Status check_private_key(const std::string& pem_file);

}  // namespace dray::format
