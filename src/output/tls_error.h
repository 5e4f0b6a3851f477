// What went wrong in TLS, in one clause with the configuration key that cures it. Pure; any thread.
#pragma once

#include <string>

namespace dray::output {

// error: of ERR_get_error(); 0: none. verify_result: of SSL_get_verify_result(), X509_V_OK if the chain was not the
// trouble.
[[nodiscard]] std::string tls_trouble(unsigned long error, long verify_result);

}  // namespace dray::output
