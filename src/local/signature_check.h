// SignatureCheck: verifies the SigV4 header signature of a request, as AWS does, from the bytes on the wire.
//
// Deliberately a second writing of the rules, beside the collector's own signer in aws/: two that must agree catch
// more than one
// that agrees with itself. Rules: AWS General Reference "Signature Version 4 signing process"; S3 API
// "Authenticating Requests".
// Pure but for the key store and the clock; any thread.
// Limits: no presigned URLs, no SigV4A.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "local/identities.h"
#include "net/http_server.h"

namespace dray::local {

// Who signed, and what the signatures of a streamed body's chunks continue from.
struct Caller {
  AccessKey key;
  std::string region;       // of the credential scope
  std::string service;      // "s3", "sqs", "sts"
  std::string timestamp;    // x-amz-date
  std::string scope;        // date/region/service/aws4_request
  std::string signing_key;  // raw
  std::string signature;    // hex
};

// Service named in the Authorization header, before anything is verified; "" when there is none.
std::string_view scope_service(const net::ServerExchange& exchange);

// payload_hash: the text that stands at the end of the canonical request. The Error's code is S3's word for the fault
// (AccessDenied, AuthorizationHeaderMalformed, InvalidAccessKeyId, InvalidToken, ExpiredToken, RequestTimeTooSkewed,
// SignatureDoesNotMatch); other services translate it.
Result<Caller> verify_signature(const net::ServerExchange& exchange, std::string_view payload_hash,
                                Identities& identities, Clock& clock);

}  // namespace dray::local
