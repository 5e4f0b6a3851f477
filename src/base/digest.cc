#include "base/digest.h"

#include <array>

#include <openssl/evp.h>

#include "base/assert.h"

namespace dray {
namespace {

constexpr std::size_t kSha256Block = 64;

// OpenSSL 3 looks an algorithm up at every use unless it was fetched once; the lookup costs more than a short hash.
// The objects live as long as the process: they are never freed, because other threads may hash until the end.
const EVP_MD* fetched(const char* name, const char* properties) {
  const EVP_MD* algorithm = EVP_MD_fetch(nullptr, name, properties);
  DRAY_ASSERT(algorithm != nullptr);
  return algorithm;
}

std::string digest(const EVP_MD* algorithm, std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out;
  unsigned int size = 0;
  const int done = EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, algorithm, nullptr);
  DRAY_ASSERT(done == 1);
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(out[i]);
  return text;
}

// "-fips": a machine in FIPS mode would refuse MD5, which serves here as a checksum only.
const EVP_MD* md5_algorithm() {
  static const EVP_MD* const algorithm = fetched("MD5", "-fips");
  return algorithm;
}

}  // namespace

std::string sha256(std::string_view bytes) {
  static const EVP_MD* const algorithm = fetched("SHA256", nullptr);
  return digest(algorithm, bytes);
}

std::string md5(std::string_view bytes) {
  return digest(md5_algorithm(), bytes);
}

struct Md5Stream::Context {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> evp{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
};

Md5Stream::Md5Stream() : context_(std::make_unique<Context>()) {
  const int done = EVP_DigestInit_ex(context_->evp.get(), md5_algorithm(), nullptr);
  DRAY_ASSERT(done == 1);
}

Md5Stream::~Md5Stream() = default;

void Md5Stream::add(std::string_view bytes) {
  const int done = EVP_DigestUpdate(context_->evp.get(), bytes.data(), bytes.size());
  DRAY_ASSERT(done == 1);
}

std::string Md5Stream::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out;
  unsigned int size = 0;
  const int done = EVP_DigestFinal_ex(context_->evp.get(), out.data(), &size);
  DRAY_ASSERT(done == 1);
  return {out.begin(), out.begin() + size};
}

// RFC 2104 by hand: OpenSSL's HMAC() fetches its algorithm at every call.
std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string block(key.size() > kSha256Block ? sha256(key) : std::string(key));
  block.resize(kSha256Block, '\0');
  std::string inner;
  inner.reserve(kSha256Block + bytes.size());
  std::string outer;
  outer.reserve(kSha256Block + 32);
  for (const char c : block) {
    inner.push_back(static_cast<char>(c ^ 0x36));
    outer.push_back(static_cast<char>(c ^ 0x5c));
  }
  inner.append(bytes);
  outer.append(sha256(inner));
  return sha256(outer);
}

}  // namespace dray
