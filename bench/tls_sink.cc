#include "tls_sink.h"

#include <array>
#include <csignal>
#include <cstdio>
#include <memory>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"

namespace dray::bench {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using File = std::unique_ptr<std::FILE, decltype(&std::fclose)>;

// Self-signed, for a day, server and authority in one.
void write_certificate(const std::string& certificate_path, const std::string& key_path) {
  const Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const Certificate certificate(X509_new(), &X509_free);
  X509* x = certificate.get();
  X509_set_version(x, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -60);
  X509_gmtime_adj(X509_getm_notAfter(x), 86400);
  X509_set_pubkey(x, key.get());
  X509_NAME* name = X509_get_subject_name(x);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("bench sink"), -1, -1, 0);
  X509_set_issuer_name(x, name);
  X509V3_CTX context;
  X509V3_set_ctx(&context, x, x, nullptr, nullptr, 0);
  for (const auto& [id, value] : {std::pair{NID_subject_alt_name, "IP:127.0.0.1,DNS:localhost"},
                                  std::pair{NID_basic_constraints, "critical,CA:TRUE"}}) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, id, value);
    DRAY_ASSERT(extension != nullptr);
    X509_add_ext(x, extension, -1);
    X509_EXTENSION_free(extension);
  }
  DRAY_ASSERT(X509_sign(x, key.get(), EVP_sha256()) > 0);
  const File certificate_file(std::fopen(certificate_path.c_str(), "w"), &std::fclose);
  const File key_file(std::fopen(key_path.c_str(), "w"), &std::fclose);
  DRAY_ASSERT(certificate_file && key_file);
  PEM_write_X509(certificate_file.get(), x);
  PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  chmod(key_path.c_str(), S_IRUSR | S_IWUSR);
}

void serve(SSL_CTX* context, int descriptor) {
  SSL* ssl = SSL_new(context);
  SSL_set_fd(ssl, descriptor);
  if (SSL_accept(ssl) == 1) {
    std::vector<char> buffer(256U << 10U);
    while (SSL_read(ssl, buffer.data(), static_cast<int>(buffer.size())) > 0) {
    }
    // The sender's close_notify was read, so everything before it was; answer it, then end TCP.
    if ((SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN) != 0) SSL_shutdown(ssl);
  }
  SSL_free(ssl);
  close(descriptor);
}

[[noreturn]] void accept_for_ever(int listener, const std::string& certificate, const std::string& key) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGPIPE, SIG_IGN);
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate_file(context, certificate.c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_default_read_buffer_len(context, 256U << 10U);
  for (;;) {
    const int descriptor = accept(listener, nullptr, nullptr);
    if (descriptor >= 0) std::thread(serve, context, descriptor).detach();
  }
}

}  // namespace

TlsSink::TlsSink(const std::string& directory)
    : certificate_(directory + "/certificate.pem"), key_(directory + "/key.pem") {
  write_certificate(certificate_, key_);
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  DRAY_ASSERT(bind(listener, reinterpret_cast<sockaddr*>(&address), length) == 0);
  DRAY_ASSERT(listen(listener, 64) == 0);
  DRAY_ASSERT(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) == 0);
  port_ = ntohs(address.sin_port);
  process_ = fork();
  DRAY_ASSERT(process_ >= 0);
  if (process_ == 0) accept_for_ever(listener, certificate_, key_);
  close(listener);
}

TlsSink::~TlsSink() {
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
}

}  // namespace dray::bench
