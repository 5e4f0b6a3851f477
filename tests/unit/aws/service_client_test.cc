// Signing, judging and repeating, with prepared answers and a clock that leaps.
#include "aws/service_client.h"

#include "fixture.h"

namespace dray::aws {
namespace {

// Credentials that can be had anew, and count how often they were.
class RenewableCredentials final : public CredentialsProvider {
 public:
  Result<SharedCredentials> current(const Stop&, TimePoint) override {
    return SharedCredentials(std::make_shared<const Credentials>(
        Credentials{"AK" + std::to_string(refusals), Secret("s"), Secret("token-" + std::to_string(refusals)), {}}));
  }
  bool refused(const SharedCredentials&) override {
    ++refusals;
    return true;
  }
  int refusals = 0;
};

class ServiceClientTest : public AwsTest {
 protected:
  static ServiceTraits traits() {
    ServiceTraits traits;
    traits.service = "s3";
    traits.path_rule = PathRule::as_sent;
    traits.sends_payload_hash = true;
    return traits;
  }
  static ServiceCall call() {
    ServiceCall call;
    call.origin = "https://bucket.s3.eu-west-1.amazonaws.com";
    call.path = "/key";
    call.region = "eu-west-1";
    return call;
  }
  Outcome run(const ServiceCall& what) { return client_.call(what, credentials_, nullptr, stop_); }

  ServiceClient client_{traits(), surroundings_};
};

// Recomputes the signature from what was sent, as a server does.
std::string verified_signature(const SeenRequest& seen, std::string_view path, const std::string& secret) {
  const auto authorization = Authorization::parse(seen.header("Authorization"));
  if (!authorization.has_value()) return "no authorization";
  std::vector<HeaderView> headers;
  for (const auto& header : seen.headers) headers.push_back({header.name, header.value});
  const std::string hash = seen.header("X-Amz-Content-Sha256");
  const std::string canonical =
      canonical_request({seen.method, path, "", headers, hash, PathRule::as_sent}, authorization->signed_headers);
  return signature(signing_key(Secret(secret), authorization->scope),
                   string_to_sign(seen.header("X-Amz-Date"), authorization->scope, canonical));
}

TEST_F(ServiceClientTest, ARequestCarriesASignatureThatAServerCanVerify) {
  http_.answer(200, "");
  ServiceCall what = call();
  what.headers = {{"Range", "bytes=5-"}};
  EXPECT_FALSE(run(what).fault.has_value());
  const SeenRequest& seen = http_.seen.at(0);
  EXPECT_EQ(seen.header("Host"), "bucket.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(seen.header("X-Amz-Date"), "20260102T032045Z");
  const auto authorization = Authorization::parse(seen.header("Authorization"));
  ASSERT_TRUE(authorization.has_value());
  EXPECT_EQ(authorization->scope.text(), "20260102/eu-west-1/s3/aws4_request");
  EXPECT_EQ(authorization->signed_headers,
            (std::vector<std::string>{"host", "range", "x-amz-content-sha256", "x-amz-date"}));
  EXPECT_EQ(verified_signature(seen, "/key", "secret-of-the-test"), authorization->signature);
}

TEST_F(ServiceClientTest, ASessionTokenIsSentAndSigned) {
  http_.answer(200, "");
  RenewableCredentials renewable;
  EXPECT_FALSE(client_.call(call(), renewable, nullptr, stop_).fault.has_value());
  EXPECT_EQ(http_.seen[0].header("X-Amz-Security-Token"), "token-0");
  EXPECT_NE(http_.seen[0].header("Authorization").find("x-amz-security-token"), std::string::npos);
}

TEST_F(ServiceClientTest, TransientFaultsAreRepeatedFourTimesWithinBoundedWaits) {
  http_.answer(500, xml_error("InternalError"));
  const Outcome outcome = run(call());
  ASSERT_TRUE(outcome.fault.has_value());
  EXPECT_EQ(outcome.fault->error.kind, ErrorKind::transient);
  EXPECT_EQ(outcome.fault->error.code, "InternalError");
  EXPECT_EQ(http_.seen.size(), 4U);
  EXPECT_LE(clock_.slept(), milliseconds(50 + 100 + 200));
  EXPECT_EQ(client_.budget().tokens(), RetryBudget::kCapacity - 3 * RetryBudget::kTransientCost);
}

TEST_F(ServiceClientTest, TransportFaultsAreRepeatedToo) {
  http_.fail("connect_failed").fail("timeout").answer(200, "fine");
  const Outcome outcome = run(call());
  EXPECT_FALSE(outcome.fault.has_value());
  EXPECT_EQ(outcome.response.body, "fine");
  EXPECT_EQ(client_.budget().tokens(), RetryBudget::kCapacity - RetryBudget::kTransientCost);
}

TEST_F(ServiceClientTest, ThrottlingWaitsLongerAndCostsLess) {
  http_.answer(503, xml_error("SlowDown"));
  EXPECT_TRUE(run(call()).fault.has_value());
  EXPECT_GT(clock_.slept(), milliseconds(350));
  EXPECT_LE(clock_.slept(), seconds(1 + 2 + 4));
  EXPECT_EQ(client_.budget().tokens(), RetryBudget::kCapacity - 3 * RetryBudget::kThrottleCost);
}

TEST_F(ServiceClientTest, TheServersHintLiftsTheWait) {
  http_.answer(503, xml_error("SlowDown"), {{"x-amz-retry-after", "7000"}}).answer(200, "");
  EXPECT_FALSE(run(call()).fault.has_value());
  EXPECT_GE(clock_.slept(), seconds(7));
  EXPECT_LE(clock_.slept(), seconds(12));
}

TEST_F(ServiceClientTest, AnEmptyBudgetEndsRetriesAndSuccessesRefillIt) {
  http_.answer(500, "");
  while (client_.budget().tokens() >= RetryBudget::kTransientCost) (void)run(call());
  const std::size_t before = http_.seen.size();
  (void)run(call());
  EXPECT_EQ(http_.seen.size(), before + 1);

  const Duration slept = clock_.slept();
  ServiceCall poll = call();
  poll.is_long_poll = true;
  (void)run(poll);
  EXPECT_GT(clock_.slept(), slept) << "a long poll waits even without budget";

  ScriptedHttp good;
  good.answer(200, "");
  const int tokens = client_.budget().tokens();
  http_ = good;
  (void)run(call());
  EXPECT_EQ(client_.budget().tokens(), tokens + RetryBudget::kFirstTryRefund);
}

TEST_F(ServiceClientTest, TheDeadlineIsNotWaitedPast) {
  http_.answer(503, xml_error("SlowDown"), {{"x-amz-retry-after", "5000"}});
  ServiceCall what = call();
  what.timeouts.deadline = clock_.now() + seconds(3);
  EXPECT_TRUE(run(what).fault.has_value());
  EXPECT_EQ(http_.seen.size(), 1U);
  EXPECT_EQ(clock_.slept(), Duration{0});
}

TEST_F(ServiceClientTest, RefusalsAreNotRepeated) {
  http_.answer(403, xml_error("AccessDenied", "<RequestId>REQ1</RequestId>"));
  const Outcome outcome = run(call());
  ASSERT_TRUE(outcome.fault.has_value());
  EXPECT_EQ(outcome.fault->error.kind, ErrorKind::denied);
  EXPECT_EQ(outcome.fault->error.message, "403 AccessDenied: the text (request id REQ1)");
  EXPECT_EQ(http_.seen.size(), 1U);
}

TEST_F(ServiceClientTest, ExpiredCredentialsAreRenewedOnceAndFree) {
  http_.answer(400, xml_error("ExpiredToken")).answer(200, "");
  RenewableCredentials renewable;
  EXPECT_FALSE(client_.call(call(), renewable, nullptr, stop_).fault.has_value());
  EXPECT_EQ(renewable.refusals, 1);
  EXPECT_EQ(http_.seen[1].header("X-Amz-Security-Token"), "token-1");
  EXPECT_EQ(client_.budget().tokens(), RetryBudget::kCapacity);

  http_ = ScriptedHttp();
  http_.answer(400, xml_error("ExpiredToken"));
  const Outcome outcome = client_.call(call(), renewable, nullptr, stop_);
  ASSERT_TRUE(outcome.fault.has_value());
  EXPECT_EQ(outcome.fault->error.kind, ErrorKind::denied);
  EXPECT_EQ(http_.seen.size(), 2U);
}

TEST_F(ServiceClientTest, ExpiredStaticKeysAreNotTriedAgain) {
  http_.answer(400, xml_error("ExpiredToken"));
  EXPECT_TRUE(run(call()).fault.has_value());
  EXPECT_EQ(http_.seen.size(), 1U);
}

TEST_F(ServiceClientTest, AWrongClockIsCorrectedFromTheAnswersDate) {
  http_.answer(403, xml_error("RequestTimeTooSkewed"), {{"date", "Fri, 02 Jan 2026 05:00:00 GMT"}}).answer(200, "");
  EXPECT_FALSE(run(call()).fault.has_value());
  EXPECT_EQ(http_.seen[1].header("X-Amz-Date"), "20260102T050000Z");
  EXPECT_EQ(clock_.slept(), Duration{0});
}

TEST_F(ServiceClientTest, ASignatureMismatchIsTheClocksFaultOnlyIfTheDatesDiffer) {
  http_.answer(403, xml_error("SignatureDoesNotMatch"), {{"date", "Fri, 02 Jan 2026 03:22:00 GMT"}});
  EXPECT_EQ(run(call()).fault->error.kind, ErrorKind::denied);
  EXPECT_EQ(http_.seen.size(), 1U);

  http_ = ScriptedHttp();
  http_.answer(403, xml_error("SignatureDoesNotMatch"), {{"date", "Fri, 02 Jan 2026 03:40:00 GMT"}}).answer(200, "");
  EXPECT_FALSE(run(call()).fault.has_value());
}

TEST_F(ServiceClientTest, AClockThatStaysWrongIsReportedAfterOneCorrection) {
  http_.answer(403, xml_error("RequestTimeTooSkewed"), {{"date", "Fri, 02 Jan 2026 05:00:00 GMT"}})
      .answer(403, xml_error("RequestTimeTooSkewed"), {{"date", "Fri, 02 Jan 2026 09:00:00 GMT"}});
  EXPECT_EQ(run(call()).fault->error.code, "RequestTimeTooSkewed");
  EXPECT_EQ(http_.seen.size(), 2U);
}

TEST_F(ServiceClientTest, AfterAByteOfTheBodyNothingIsRepeated) {
  class Sink final : public net::HttpBodySink {
   public:
    Status begin(const net::HttpResponse&) override { return {}; }
    Status write(std::string_view) override { return result; }
    Status result;
  };
  http_.cut(200, "half", {{"content-length", "8"}});
  Sink sink;
  const Outcome outcome = client_.call(call(), credentials_, &sink, stop_);
  EXPECT_EQ(outcome.fault->error.code, "short_body");
  EXPECT_TRUE(outcome.fault->body_begun);
  EXPECT_EQ(http_.seen.size(), 1U);

  sink.result = Error{ErrorKind::transient, "sinks", "own"};
  const Outcome refused = client_.call(call(), credentials_, &sink, stop_);
  EXPECT_EQ(refused.fault->fault_class, FaultClass::caller);
  EXPECT_EQ(refused.fault->error.message, "own");
  EXPECT_EQ(http_.seen.size(), 2U);
}

TEST_F(ServiceClientTest, StopEndsTheCall) {
  stop_.request();
  http_.answer(500, "");
  const Outcome outcome = run(call());
  EXPECT_EQ(outcome.fault->error.kind, ErrorKind::stopped);
  EXPECT_EQ(http_.seen.size(), 1U);
}

}  // namespace
}  // namespace dray::aws
