#include <gtest/gtest.h>

#include "aws/fault.h"

namespace dray::aws {
namespace {

using enum FaultClass;

struct Case {
  int status;
  const char* code;
  FaultClass expected;
};

// aws-client.md 3 (S3), 4 (SQS) and 5 (STS), row by row.
constexpr Case kCases[] = {
    {503, "SlowDown", throttle},
    {503, "ServiceUnavailable", throttle},
    {400, "RequestLimitExceeded", throttle},
    {400, "Throttling", throttle},
    {400, "ThrottlingException", throttle},
    {400, "ThrottledException", throttle},
    {429, "TooManyRequestsException", throttle},
    {429, "", throttle},
    {509, "BandwidthLimitExceeded", throttle},
    {509, "", throttle},
    {400, "ProvisionedThroughputExceededException", throttle},
    {400, "TransactionInProgressException", throttle},
    {400, "LimitExceededException", throttle},
    {400, "PriorRequestNotComplete", throttle},
    {400, "EC2ThrottledException", throttle},
    {403, "RequestThrottled", throttle},
    {400, "RequestThrottledException", throttle},
    {400, "OverLimit", throttle},
    {400, "KmsThrottled", throttle},
    {400, "KMS.ThrottlingException", throttle},
    {500, "InternalError", transient},
    {500, "", transient},
    {502, "", transient},
    {504, "", transient},
    {503, "", throttle},
    {400, "RequestTimeout", transient},
    {400, "RequestTimeoutException", transient},
    {409, "OperationAborted", transient},
    {400, "BadDigest", transient},
    {400, "IDPCommunicationError", transient},
    {400, "ExpiredToken", expired},
    {400, "ExpiredTokenException", expired},
    {400, "TokenRefreshRequired", expired},
    {400, "InvalidToken", expired},
    {403, "RequestTimeTooSkewed", clock_skew},
    {403, "RequestExpired", clock_skew},
    {403, "RequestInTheFuture", clock_skew},
    {301, "PermanentRedirect", wrong_region},
    {301, "", wrong_region},
    {302, "", wrong_region},
    {307, "TemporaryRedirect", wrong_region},
    {400, "AuthorizationHeaderMalformed", wrong_region},
    {400, "IllegalLocationConstraintException", wrong_region},
    {404, "NoSuchKey", missing},
    {404, "NoSuchVersion", missing},
    {404, "", missing},
    {405, "MethodNotAllowed", missing},
    {403, "InvalidObjectState", archived},
    {412, "PreconditionFailed", changed},
    {412, "", changed},
    {416, "InvalidRange", changed},
    {416, "", changed},
    {403, "AccessDenied", denied},
    {403, "AccessDeniedException", denied},
    {403, "InvalidAccessKeyId", denied},
    {403, "InvalidClientTokenId", denied},
    {403, "UnrecognizedClientException", denied},
    {403, "SignatureDoesNotMatch", denied},
    {403, "InvalidSignatureException", denied},
    {403, "AccountProblem", denied},
    {403, "AllAccessDisabled", denied},
    {404, "NoSuchBucket", denied},
    {403, "", denied},
    {400, "KMS.DisabledException", denied},
    {400, "KMS.NotFoundException", denied},
    {400, "KMS.KMSInvalidStateException", denied},
    {400, "KmsAccessDenied", denied},
    {400, "KmsDisabled", denied},
    {400, "KmsNotFound", denied},
    {400, "KmsInvalidState", denied},
    {400, "KmsOptInRequired", denied},
    {400, "KmsInvalidKeyUsage", denied},
    {400, "QueueDoesNotExist", denied},
    {400, "AWS.SimpleQueueService.NonExistentQueue", denied},
    {400, "InvalidAddress", denied},
    {400, "InvalidSecurity", denied},
    {400, "UnsupportedOperation", denied},
    {400, "ReceiptHandleIsInvalid", lost},
    {400, "MessageNotInflight", lost},
    {400, "InvalidParameterValue", lost},
    {403, "RegionDisabledException", denied},
    {400, "MalformedPolicyDocument", denied},
    {400, "PackedPolicyTooLarge", denied},
    {400, "InvalidIdentityToken", denied},
    {400, "SomethingNobodyHeardOf", rejected},
    {500, "SomethingNobodyHeardOf", transient},
};

TEST(FaultTable, EveryRowMeansWhatTheReferenceSays) {
  for (const Case& row : kCases) {
    EXPECT_EQ(classify(row.status, row.code), row.expected) << row.status << " " << row.code;
  }
}

TEST(FaultTable, EachClassLeavesAsTheKindThatCallersActOn) {
  EXPECT_EQ(kind_of(throttle), ErrorKind::transient);
  EXPECT_EQ(kind_of(transient), ErrorKind::transient);
  EXPECT_EQ(kind_of(changed), ErrorKind::transient);
  EXPECT_EQ(kind_of(missing), ErrorKind::poison);
  EXPECT_EQ(kind_of(archived), ErrorKind::poison);
  EXPECT_EQ(kind_of(denied), ErrorKind::denied);
  EXPECT_EQ(kind_of(expired), ErrorKind::denied);
  EXPECT_EQ(kind_of(lost), ErrorKind::lost);
  EXPECT_EQ(kind_of(stopped), ErrorKind::stopped);
  EXPECT_EQ(kind_of(rejected), ErrorKind::later);
}

}  // namespace
}  // namespace dray::aws
