#include "format/incapsula_cipher.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <utility>

#include "base/encoding.h"

namespace dray::format {
namespace {

template <class T, void (*Free)(T*)>
struct Freed {
  void operator()(T* object) const { Free(object); }
};

using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX, EVP_PKEY_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

Error bad_key(const std::string& pem_file, const char* what) {
  return {ErrorKind::later, "bad_private_key", "the private key " + pem_file + " " + what};
}

Error not_this_key(const std::string& pem_file) {
  return {ErrorKind::poison, "encrypted",
          "the content is encrypted, and not for the private key in " + pem_file + ": see private_keys"};
}

Result<Key> read_key(const std::string& pem_file) {
  BIO* file = BIO_new_file(pem_file.c_str(), "r");
  if (file == nullptr) {
    return bad_key(pem_file, "cannot be read");
  }
  // An empty passphrase, so that a protected key is refused and nobody is asked on the terminal.
  char none[] = "";
  Key key(PEM_read_bio_PrivateKey(file, nullptr, nullptr, none));
  BIO_free(file);
  if (key == nullptr || EVP_PKEY_is_a(key.get(), "RSA") != 1) {
    return bad_key(pem_file, "is no RSA key in PEM form without a passphrase");
  }
  return key;
}

// RSA, then base64: the AES key's bytes.
std::optional<Secret> decrypt_key(EVP_PKEY* key, std::string_view encrypted) {
  const KeyContext context(EVP_PKEY_CTX_new(key, nullptr));
  std::size_t size = 0;
  if (EVP_PKEY_decrypt_init(context.get()) != 1 ||
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1 ||
      EVP_PKEY_decrypt(context.get(), nullptr, &size, bytes_of(encrypted), encrypted.size()) != 1) {
    return std::nullopt;
  }
  std::string text(size, '\0');
  if (EVP_PKEY_decrypt(context.get(), bytes_of(text), &size, bytes_of(encrypted), encrypted.size()) != 1) {
    return std::nullopt;
  }
  text.resize(size);
  auto decoded = from_base64(text);
  return decoded ? std::optional(Secret(*std::move(decoded))) : std::nullopt;
}

const EVP_CIPHER* cipher_for(std::size_t key_size) {
  switch (key_size) {
    case 16: return EVP_aes_128_cbc();
    case 24: return EVP_aes_192_cbc();
    case 32: return EVP_aes_256_cbc();
    default: return nullptr;
  }
}

}  // namespace

struct IncapsulaCipher::Context {
  CipherContext cipher;
};

IncapsulaCipher::IncapsulaCipher(std::unique_ptr<Context> context) : context_(std::move(context)) {}

IncapsulaCipher::~IncapsulaCipher() = default;

Result<std::unique_ptr<IncapsulaCipher>> IncapsulaCipher::open(const std::string& pem_file,
                                                               std::string_view encrypted_key) {
  auto key = read_key(pem_file);
  if (!key) {
    return std::move(key).error();
  }
  const auto encrypted = from_base64(encrypted_key);
  const auto secret = encrypted ? decrypt_key(key->get(), *encrypted) : std::nullopt;
  const EVP_CIPHER* cipher = secret ? cipher_for(secret->reveal().size()) : nullptr;
  if (cipher == nullptr) {
    return not_this_key(pem_file);
  }
  auto context = std::make_unique<Context>(Context{CipherContext(EVP_CIPHER_CTX_new())});
  constexpr std::array<unsigned char, kBlock> kZeros{};
  if (EVP_DecryptInit_ex(context->cipher.get(), cipher, nullptr, bytes_of(secret->reveal()), kZeros.data()) != 1) {
    return not_this_key(pem_file);
  }
  EVP_CIPHER_CTX_set_padding(context->cipher.get(), 0);
  return std::unique_ptr<IncapsulaCipher>(new IncapsulaCipher(std::move(context)));
}

Status IncapsulaCipher::decrypt(std::string_view chunk, std::string& plain) {
  constexpr std::size_t kStep = 64U << 10U;
  taken_ += chunk.size();
  while (!chunk.empty()) {
    const std::string_view step = chunk.substr(0, kStep);
    const std::size_t before = plain.size();
    plain.resize(before + step.size() + kBlock);
    int written = 0;
    if (EVP_DecryptUpdate(context_->cipher.get(), bytes_of(plain) + before, &written, bytes_of(step),
                          static_cast<int>(step.size())) != 1) {
      return Error{ErrorKind::poison, "bad_data", "the encrypted content cannot be decrypted"};
    }
    plain.resize(before + static_cast<std::size_t>(written));
    chunk.remove_prefix(step.size());
  }
  return {};
}

Status check_private_key(const std::string& pem_file) {
  auto key = read_key(pem_file);
  return key ? Status() : Status(std::move(key).error());
}

}  // namespace dray::format
