// TlsContext: how we present ourselves to a receiver and whom we believe: chain, certificate, key, versions, security
// level.
//
// TLS 1.2 or newer; no renegotiation; whole-write semantics and no KTLS, as delivery.md rule 8 asks. The files are
// read at once and again when one of them changed (certificates are rotated under running programs); files that cannot
// be used then leave the old context in force. Errors name the file and the key. One owner.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace dray::output {

struct TlsFiles {
  std::string chain;  // authorities that may issue the receiver's certificate; empty: the system's
  std::string cert;   // ours, with its intermediates; empty: none is presented
  std::string key;
  int security_level = 2;
};

struct SslContextFree {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContext = std::unique_ptr<SSL_CTX, SslContextFree>;

class TlsContext {
 public:
  // output: its key under `outputs:`, for error messages.
  static Result<std::unique_ptr<TlsContext>> load(std::string output, TlsFiles files, WallTime now);

  // Reads the files again if one of them changed. An error: they cannot be used, the old ones still are; told once a
  // change.
  Status refresh(WallTime now);
  [[nodiscard]] SSL_CTX* get() const { return context_.get(); }

 private:
  TlsContext(std::string output, TlsFiles files) : output_(std::move(output)), files_(std::move(files)) {}
  [[nodiscard]] Result<SslContext> read(WallTime now) const;
  [[nodiscard]] Status use_own_certificate(SSL_CTX* context, WallTime now) const;
  [[nodiscard]] Error wrong(const std::string& key, const std::string& file, const std::string& what) const;
  [[nodiscard]] std::vector<long long> fingerprint() const;

  const std::string output_;
  const TlsFiles files_;
  std::vector<long long> read_as_;  // what the files looked like when they were last read
  SslContext context_;
};

}  // namespace dray::output
