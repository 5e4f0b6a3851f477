// SHA-256, HMAC-SHA-256 and MD5 over OpenSSL's EVP. Results are raw bytes (32, 32, 16). Pure; any thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace dray {

std::string sha256(std::string_view bytes);
std::string hmac_sha256(std::string_view key, std::string_view bytes);
// Identity checks that AWS defines as MD5 (MD5OfBody, ETag); nothing here relies on its strength.
std::string md5(std::string_view bytes);

// MD5 of bytes that come in pieces. One thread at a time.
class Md5Stream {
 public:
  Md5Stream();
  ~Md5Stream();
  Md5Stream(const Md5Stream&) = delete;
  Md5Stream& operator=(const Md5Stream&) = delete;

  void add(std::string_view bytes);
  // The digest of all that was added. Once, at the end.
  std::string finish();

 private:
  struct Context;  // of OpenSSL
  std::unique_ptr<Context> context_;
};

}  // namespace dray
