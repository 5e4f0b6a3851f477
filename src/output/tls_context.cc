#include "output/tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace dray::output {
namespace {

std::string last_reason() {
  const unsigned long error = ERR_peek_last_error();
  const char* const reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  ERR_clear_error();
  return reason == nullptr ? "not a usable PEM file" : reason;
}

// A passphrase is never asked for on a terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

std::string unreadable(const std::string& file) {
  std::FILE* const opened = std::fopen(file.c_str(), "re");
  if (opened == nullptr) return std::strerror(errno);
  std::fclose(opened);
  struct stat status{};
  if (::stat(file.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) return "it is a directory";
  return {};
}

void set_options(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_clear_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_ENABLE_KTLS | SSL_OP_LEGACY_SERVER_CONNECT);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_clear_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE);
  SSL_CTX_set_mode(context, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);
}

}  // namespace

Result<std::unique_ptr<TlsContext>> TlsContext::load(std::string output, TlsFiles files, WallTime now) {
  std::unique_ptr<TlsContext> made(new TlsContext(std::move(output), std::move(files)));
  made->read_as_ = made->fingerprint();
  Result<SslContext> context = made->read(now);
  if (!context) return context.error();
  made->context_ = std::move(*context);
  return made;
}

Status TlsContext::refresh(WallTime now) {
  std::vector<long long> looks = fingerprint();
  if (looks == read_as_) return {};
  read_as_ = std::move(looks);
  Result<SslContext> context = read(now);
  if (!context) return context.error();
  context_ = std::move(*context);
  return {};
}

Result<SslContext> TlsContext::read(WallTime now) const {
  ERR_clear_error();
  SslContext context(SSL_CTX_new(TLS_client_method()));
  if (!context)
    return Error{ErrorKind::config, "tls", "outputs." + output_ + ": TLS cannot be set up: " + last_reason()};
  set_options(context.get());
  SSL_CTX_set_security_level(context.get(), files_.security_level);
  if (files_.chain.empty()) {
    SSL_CTX_set_default_verify_paths(context.get());
  } else if (const std::string why = unreadable(files_.chain); !why.empty()) {
    return wrong("chain", files_.chain, "cannot be read: " + why);
  } else if (SSL_CTX_load_verify_locations(context.get(), files_.chain.c_str(), nullptr) != 1) {
    return wrong("chain", files_.chain, "holds no usable certificate authority: " + last_reason());
  }
  if (Status status = use_own_certificate(context.get(), now); !status) return status.error();
  return context;
}

Status TlsContext::use_own_certificate(SSL_CTX* context, WallTime now) const {
  if (files_.cert.empty() && files_.key.empty()) return {};
  if (files_.cert.empty()) return wrong("cert", files_.key, "is a key without a certificate: `cert` is missing");
  if (files_.key.empty()) return wrong("key", files_.cert, "is a certificate without its key: `key` is missing");
  if (const std::string why = unreadable(files_.cert); !why.empty()) {
    return wrong("cert", files_.cert, "cannot be read: " + why);
  }
  if (SSL_CTX_use_certificate_chain_file(context, files_.cert.c_str()) != 1) {
    const int reason = ERR_GET_REASON(ERR_peek_last_error());
    const bool weak =
        reason == SSL_R_EE_KEY_TOO_SMALL || reason == SSL_R_CA_MD_TOO_WEAK || reason == SSL_R_CA_KEY_TOO_SMALL;
    return wrong(
        "cert", files_.cert,
        "is no usable certificate: " + last_reason() + (weak ? ". `security_level: 1` accepts weaker ones" : ""));
  }
  const X509* const own = SSL_CTX_get0_certificate(context);
  auto when = static_cast<std::time_t>(now.micros / 1'000'000);
  if (X509_cmp_time(X509_get0_notAfter(own), &when) < 0) return wrong("cert", files_.cert, "has expired: renew it");
  if (X509_cmp_time(X509_get0_notBefore(own), &when) > 0) {
    return wrong("cert", files_.cert, "is not valid yet: check the clock of this machine");
  }
  if (const std::string why = unreadable(files_.key); !why.empty())
    return wrong("key", files_.key, "cannot be read: " + why);
  if (SSL_CTX_use_PrivateKey_file(context, files_.key.c_str(), SSL_FILETYPE_PEM) != 1) {
    const unsigned long error = ERR_peek_last_error();
    const bool mismatch = ERR_GET_LIB(error) == ERR_LIB_X509;
    if (mismatch) {
      ERR_clear_error();
      return wrong("key", files_.key, "does not belong to the certificate " + files_.cert);
    }
    return wrong("key", files_.key, "is no usable private key (one with a passphrase is not): " + last_reason());
  }
  if (SSL_CTX_check_private_key(context) != 1) {
    ERR_clear_error();
    return wrong("key", files_.key, "does not belong to the certificate " + files_.cert);
  }
  return {};
}

Error TlsContext::wrong(const std::string& key, const std::string& file, const std::string& what) const {
  return {ErrorKind::config, "tls_files", fmt::format("outputs.{}.{}: {} {}", output_, key, file, what)};
}

std::vector<long long> TlsContext::fingerprint() const {
  std::vector<long long> looks;
  for (const std::string* const file : {&files_.chain, &files_.cert, &files_.key}) {
    struct stat status{};
    if (file->empty() || ::stat(file->c_str(), &status) != 0) {
      looks.push_back(-1);
      continue;
    }
    looks.insert(looks.end(),
                 {static_cast<long long>(status.st_ino), static_cast<long long>(status.st_size),
                  static_cast<long long>(status.st_mtim.tv_sec), static_cast<long long>(status.st_mtim.tv_nsec)});
  }
  return looks;
}

}  // namespace dray::output
