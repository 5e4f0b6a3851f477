// The table of AWS's codes, for fault.h: S3, SQS, STS and KMS in one, because no code means two things among them.
#include <array>

#include "aws/fault.h"

namespace dray::aws {
namespace {

using enum FaultClass;

struct Row {
  std::string_view code;  // a '*' at the end: any continuation
  FaultClass fault_class;
};

// The first row that fits counts.
constexpr auto kRows = std::to_array<Row>({
    // Slow down.
    {"SlowDown", throttle},
    {"ServiceUnavailable", throttle},
    {"RequestLimitExceeded", throttle},
    {"Throttl*", throttle},
    {"TooManyRequests*", throttle},
    {"BandwidthLimitExceeded", throttle},
    {"LimitExceededException", throttle},
    {"ProvisionedThroughputExceededException", throttle},
    {"TransactionInProgressException", throttle},
    {"PriorRequestNotComplete", throttle},
    {"EC2ThrottledException", throttle},
    {"RequestThrottled*", throttle},
    {"OverLimit", throttle},
    {"AWS.SimpleQueueService.OverLimit", throttle},
    {"KmsThrottled", throttle},
    {"KMS.ThrottlingException", throttle},
    {"KMS.KmsThrottled", throttle},
    {"AWS.SimpleQueueService.KmsThrottled", throttle},
    // Try again.
    {"InternalError", transient},
    {"InternalFailure", transient},
    {"InternalServerError", transient},
    {"RequestTimeout*", transient},
    {"OperationAborted", transient},
    {"BadDigest", transient},
    {"IDPCommunicationError", transient},
    // New credentials.
    {"ExpiredToken*", expired},
    {"TokenRefreshRequired", expired},
    {"InvalidToken", expired},
    // Our clock.
    {"RequestTimeTooSkewed", clock_skew},
    {"RequestExpired", clock_skew},
    {"RequestInTheFuture", clock_skew},
    // Another region.
    {"PermanentRedirect", wrong_region},
    {"TemporaryRedirect", wrong_region},
    {"Redirect", wrong_region},
    {"AuthorizationHeaderMalformed", wrong_region},
    {"IllegalLocationConstraintException", wrong_region},
    // This object.
    {"NoSuchKey", missing},
    {"NoSuchVersion", missing},
    {"MethodNotAllowed", missing},
    {"InvalidObjectState", archived},
    {"PreconditionFailed", changed},
    {"InvalidRange", changed},
    // This message's lease.
    {"ReceiptHandleIsInvalid", lost},
    {"MessageNotInflight", lost},
    {"AWS.SimpleQueueService.MessageNotInflight", lost},
    {"InvalidParameterValue", lost},
    // Nothing will work until someone changes something.
    {"AccessDenied*", denied},
    {"InvalidAccessKeyId", denied},
    {"InvalidClientTokenId", denied},
    {"UnrecognizedClientException", denied},
    {"SignatureDoesNotMatch", denied},
    {"InvalidSignatureException", denied},
    {"IncompleteSignature*", denied},
    {"MissingAuthenticationToken*", denied},
    {"AuthFailure", denied},
    {"OptInRequired", denied},
    {"AccountProblem", denied},
    {"AllAccessDisabled", denied},
    {"NoSuchBucket", denied},
    {"QueueDoesNotExist", denied},
    {"AWS.SimpleQueueService.NonExistentQueue", denied},
    {"QueueDeletedRecently", denied},
    {"InvalidAddress", denied},
    {"InvalidSecurity", denied},
    {"UnsupportedOperation", denied},
    {"AWS.SimpleQueueService.UnsupportedOperation", denied},
    {"Kms*", denied},
    {"KMS.*", denied},
    {"AWS.SimpleQueueService.Kms*", denied},
    {"RegionDisabledException", denied},
    {"MalformedPolicyDocument", denied},
    {"PackedPolicyTooLarge", denied},
    {"InvalidIdentityToken", denied},
});

constexpr bool fits(std::string_view pattern, std::string_view code) {
  if (!pattern.ends_with('*')) return pattern == code;
  return code.starts_with(pattern.substr(0, pattern.size() - 1));
}

FaultClass by_status(int status) {
  switch (status) {
    case 301:
    case 302:
    case 307: return wrong_region;
    case 401:
    case 403:
    case 407: return denied;
    case 404:
    case 405: return missing;
    case 408: return transient;
    case 412:
    case 416: return changed;
    case 429:
    case 503:
    case 509: return throttle;
    default: return status >= 500 ? transient : rejected;
  }
}

}  // namespace

FaultClass classify(int status, std::string_view code) {
  for (const Row& row : kRows) {
    if (fits(row.code, code)) return row.fault_class;
  }
  return by_status(status);
}

ErrorKind kind_of(FaultClass fault_class) {
  switch (fault_class) {
    case transient:
    case throttle:
    case changed: return ErrorKind::transient;
    case expired:
    case clock_skew:
    case wrong_region:
    case denied: return ErrorKind::denied;
    case missing:
    case archived: return ErrorKind::poison;
    case lost: return ErrorKind::lost;
    case stopped: return ErrorKind::stopped;
    case rejected:
    case caller: return ErrorKind::later;
  }
  return ErrorKind::later;
}

}  // namespace dray::aws
