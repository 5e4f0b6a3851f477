#include "local/test_certificates.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <string_view>

namespace dray::local {

namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

constexpr long kDay = 24 * 60 * 60;
constexpr long kDaysValid = 30;

struct Pair {
  Key key;
  Certificate certificate;
};

struct Wish {
  std::string common_name;
  bool authority = false;
  std::string extended_usage;  // serverAuth, clientAuth or ""
  std::string alternative_names;
};

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
  bytes[0] &= 0x7F;
  BIGNUM* number = BN_bin2bn(bytes, sizeof bytes, nullptr);
  const bool done = number != nullptr && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr;
  BN_free(number);
  return done;
}

bool set_name(X509_NAME* name, const std::string& common_name) {
  const auto* text = reinterpret_cast<const unsigned char*>(common_name.c_str());
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1;
}

bool add_extensions(X509* made, X509* signer, const Wish& wish) {
  bool done =
      add_extension(made, signer, NID_basic_constraints, wish.authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  done = done && add_extension(made, signer, NID_key_usage,
                               wish.authority ? "critical,keyCertSign,cRLSign" : "critical,digitalSignature");
  done = done && add_extension(made, signer, NID_subject_key_identifier, "hash");
  done = done && add_extension(made, signer, NID_authority_key_identifier, "keyid");
  if (!wish.extended_usage.empty()) done = done && add_extension(made, signer, NID_ext_key_usage, wish.extended_usage);
  if (!wish.alternative_names.empty()) {
    done = done && add_extension(made, signer, NID_subject_alt_name, wish.alternative_names);
  }
  return done;
}

// Without an issuer the certificate signs itself. Empty members on failure.
Pair make_pair(const Wish& wish, const Pair* issuer) {
  Pair made{Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
  X509* certificate = made.certificate.get();
  if (!made.key || certificate == nullptr) return {};
  const Pair& signer = issuer == nullptr ? made : *issuer;
  bool done = X509_set_version(certificate, X509_VERSION_3) == 1 && set_serial(certificate);
  done = done && X509_gmtime_adj(X509_getm_notBefore(certificate), -kDay) != nullptr;
  done = done && X509_gmtime_adj(X509_getm_notAfter(certificate), kDaysValid * kDay) != nullptr;
  done = done && X509_set_pubkey(certificate, made.key.get()) == 1;
  done = done && set_name(X509_get_subject_name(certificate), wish.common_name);
  done = done && X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate.get())) == 1;
  done = done && add_extensions(certificate, signer.certificate.get(), wish);
  done = done && X509_sign(certificate, signer.key.get(), EVP_sha256()) > 0;
  if (!done) return {};
  return made;
}

Error failed(const std::string& what) {
  return {ErrorKind::config, "test_certificates", what};
}

Status write_file(const std::string& path, std::string_view bytes, mode_t mode) {
  ::unlink(path.c_str());
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) return failed("cannot write " + path + ": " + std::strerror(errno));
  const ssize_t written = ::write(fd, bytes.data(), bytes.size());
  const int closed = ::close(fd);
  if (written != static_cast<ssize_t>(bytes.size()) || closed != 0) return failed("cannot write " + path + " in full");
  return {};
}

Status write_bio(const std::string& path, BIO* bio, mode_t mode) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return write_file(path, std::string_view(data, static_cast<std::size_t>(size)), mode);
}

Status write_pair(const Pair& pair, const std::string& certificate_path, const std::string& key_path) {
  const Bio certificate(BIO_new(BIO_s_mem()));
  const Bio key(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(certificate.get(), pair.certificate.get()) != 1)
    return failed("cannot encode " + certificate_path);
  if (PEM_write_bio_PrivateKey(key.get(), pair.key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) {
    return failed("cannot encode the key of " + certificate_path);
  }
  if (Status status = write_bio(certificate_path, certificate.get(), 0644); !status) return status;
  if (key_path.empty()) return {};
  return write_bio(key_path, key.get(), 0600);
}

std::string alternative_names(const std::vector<std::string>& host_names) {
  std::string list;
  for (const std::string& host : host_names) {
    unsigned char address[sizeof(in6_addr)];
    const bool is_address =
        inet_pton(AF_INET, host.c_str(), address) == 1 || inet_pton(AF_INET6, host.c_str(), address) == 1;
    if (!list.empty()) list += ",";
    list += (is_address ? "IP:" : "DNS:") + host;
  }
  return list;
}

}  // namespace

Result<CertificateFiles> make_test_certificates(const std::string& directory,
                                                const std::vector<std::string>& host_names) {
  if (host_names.empty()) return failed("a server certificate needs at least one host name");
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return failed("cannot make the directory " + directory + ": " + std::strerror(errno));
  }
  const Pair authority = make_pair({"dray throw-away test authority", true, "", ""}, nullptr);
  if (!authority.key) return failed("OpenSSL made no test authority");
  const Pair server = make_pair({host_names.front(), false, "serverAuth", alternative_names(host_names)}, &authority);
  const Pair client = make_pair({"dray test client", false, "clientAuth", ""}, &authority);
  if (!server.key || !client.key) {
    return failed("OpenSSL made no test certificate; are all host names well formed? First: " + host_names.front());
  }
  const CertificateFiles files{directory + "/chain.crt", directory + "/server.crt", directory + "/server.key",
                               directory + "/client.crt", directory + "/client.key"};
  // The authority's key is never written: nobody can make a further certificate that these files trust.
  if (Status status = write_pair(authority, files.chain, ""); !status) return status.error();
  if (Status status = write_pair(server, files.server_certificate, files.server_key); !status) return status.error();
  if (Status status = write_pair(client, files.client_certificate, files.client_key); !status) return status.error();
  return files;
}

}  // namespace dray::local
