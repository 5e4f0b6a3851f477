#include "output/tls_error.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <string_view>

namespace dray::output {
namespace {

std::string_view cure_of_verification(long result) {
  switch (result) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "its certificate is for another name: correct `address`, or set `verify_hostname: false`";
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "its certificate or one of its issuers is out of date: check the clock here, renew `chain` if it is that "
             "file's, or ask the "
             "receiver's owner";
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return "its certificates are too weak for this `security_level`: `security_level: 1` accepts them";
    default: return "`chain` must name the file with the authority that issued the receiver's certificate";
  }
}

std::string_view cure_of_reason(int reason) {
  switch (reason) {
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV1_ALERT_DECRYPT_ERROR: return "the receiver refuses our certificate: check `cert` and `key`";
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
      return "the receiver wants a client certificate or other ciphers: check `cert`, `key` and `security_level`";
    case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
    case SSL_R_UNSUPPORTED_PROTOCOL: return "the receiver does not speak TLS 1.2 or newer";
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_PACKET_LENGTH_TOO_LONG:
    case SSL_R_HTTP_REQUEST: return "what answers there does not speak TLS: check `port` and `type`";
    case SSL_R_DH_KEY_TOO_SMALL:
    case SSL_R_EE_KEY_TOO_SMALL:
    case SSL_R_CA_KEY_TOO_SMALL:
    case SSL_R_CA_MD_TOO_WEAK:
      return "its keys are too weak for this `security_level`: `security_level: 1` accepts them";
    default: return "";
  }
}

}  // namespace

std::string tls_trouble(unsigned long error, long verify_result) {
  if (verify_result != X509_V_OK) {
    return fmt::format("the receiver's certificate is not accepted ({}): {}",
                       X509_verify_cert_error_string(verify_result), cure_of_verification(verify_result));
  }
  const char* const reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  const std::string_view what = reason == nullptr ? std::string_view("unknown TLS error") : std::string_view(reason);
  const std::string_view cure = error == 0 ? std::string_view() : cure_of_reason(ERR_GET_REASON(error));
  return cure.empty() ? fmt::format("TLS: {}", what) : fmt::format("TLS: {}: {}", what, cure);
}

}  // namespace dray::output
