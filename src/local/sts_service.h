// StsService: AssumeRole and GetCallerIdentity, as forms in and XML out (STS API, 2011-06-15).
//
// Verifies the signature of each request; trust and external id are Identities' business. Thread-safe.
#pragma once

#include <string_view>

#include "local/cloud_context.h"

namespace dray::local {

class StsService {
 public:
  explicit StsService(CloudContext& context) : context_(context) {}
  void serve(net::ServerExchange& exchange);

 private:
  Result<std::string> run(net::ServerExchange& exchange);
  Result<std::string> assume_role(const Caller& caller, const Fields& form);
  [[nodiscard]] std::string caller_identity(const Caller& caller) const;

  CloudContext& context_;
};

}  // namespace dray::local
