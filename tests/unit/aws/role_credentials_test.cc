// Role chains around the end of their credentials' life.
#include "aws/role_credentials.h"

#include <mutex>
#include <thread>

#include <fmt/core.h>

#include "fixture.h"

namespace dray::aws {
namespace {

std::string iso(WallTime when) {
  const std::string stamp = signing_timestamp(when);
  return stamp.substr(0, 4) + "-" + stamp.substr(4, 2) + "-" + stamp.substr(6, 2) + "T" + stamp.substr(9, 2) + ":" +
         stamp.substr(11, 2) + ":" + stamp.substr(13, 2) + "Z";
}

std::string assumed(const std::string& key, WallTime expires) {
  return fmt::format(
      "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult><Credentials>"
      "<AccessKeyId>{0}</AccessKeyId><SecretAccessKey>secret-{0}</SecretAccessKey><SessionToken>token-{0}</"
      "SessionToken>"
      "<Expiration>{1}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>",
      key, iso(expires));
}

class RoleCredentialsTest : public AwsTest {
 protected:
  WallTime in(seconds from_now) { return {clock_.wall_now().micros + from_now.count() * 1'000'000}; }
  std::string key_now() {
    const auto credentials = role_.current(stop_, TimePoint::never());
    return credentials.ok() ? (*credentials)->access_key_id : "error " + credentials.error().code;
  }
  static AssumeRole cross_account() {
    AssumeRole role;
    role.role_arn = "arn:aws:iam::123456789012:role/reader";
    role.external_id = Secret("ext+id");
    return role;
  }

  StsClient sts_{endpoints(), surroundings_};
  std::vector<std::string> secrets_;
  RoleCredentials role_{cross_account(), credentials_, sts_, surroundings_,
                        [this](const Secret& secret) { secrets_.emplace_back(secret.reveal()); }};
};

TEST_F(RoleCredentialsTest, TheFirstUseAssumesTheRoleAndLaterOnesDoNot) {
  http_.answer(200, assumed("ONE", in(seconds(3600))));
  EXPECT_EQ(key_now(), "ONE");
  EXPECT_EQ(key_now(), "ONE");
  ASSERT_EQ(http_.seen.size(), 1U);
  EXPECT_EQ(http_.seen[0].url, "https://sts.eu-west-1.amazonaws.com/");
  EXPECT_EQ(http_.seen[0].body,
            "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Freader&"
            "RoleSessionName=dray"
            "&DurationSeconds=3600&ExternalId=ext%2Bid");
  EXPECT_EQ(secrets_, (std::vector<std::string>{"secret-ONE", "token-ONE"}));
}

TEST_F(RoleCredentialsTest, TheyAreRenewedAQuarterOfAnHourBeforeTheEnd) {
  http_.answer(200, assumed("ONE", in(seconds(3600)))).answer(200, assumed("TWO", in(seconds(7200))));
  EXPECT_EQ(key_now(), "ONE");
  clock_.advance(seconds(3600 - 17 * 60));
  EXPECT_EQ(key_now(), "ONE");
  clock_.advance(seconds(2 * 60 + 1));
  EXPECT_EQ(key_now(), "TWO");
}

TEST_F(RoleCredentialsTest, ShortSessionsAreNotRenewedAtOnce) {
  http_.answer(200, assumed("ONE", in(seconds(900)))).answer(200, assumed("TWO", in(seconds(1800))));
  EXPECT_EQ(key_now(), "ONE");
  clock_.advance(seconds(600));
  EXPECT_EQ(key_now(), "ONE");
  clock_.advance(seconds(80));
  EXPECT_EQ(key_now(), "TWO");
}

TEST_F(RoleCredentialsTest, AFailedRenewalKeepsTheOldOnesUntilTheyHaveExpired) {
  http_.answer(200, assumed("ONE", in(seconds(3600)))).answer(403, xml_error("AccessDenied"));
  EXPECT_EQ(key_now(), "ONE");
  clock_.advance(seconds(3600 - 14 * 60));
  EXPECT_EQ(key_now(), "ONE");
  EXPECT_EQ(http_.seen.size(), 2U);
  EXPECT_EQ(key_now(), "ONE");
  EXPECT_EQ(http_.seen.size(), 2U) << "the next try waits";
  clock_.advance(seconds(13 * 60));
  EXPECT_EQ(key_now(), "ONE");
  EXPECT_EQ(http_.seen.size(), 3U);
  clock_.advance(seconds(61));
  EXPECT_EQ(key_now(), "error AccessDenied");
}

TEST_F(RoleCredentialsTest, RefusedCredentialsAreNeverGivenAgain) {
  http_.answer(200, assumed("ONE", in(seconds(3600)))).answer(200, assumed("TWO", in(seconds(3600))));
  const auto first = role_.current(stop_, TimePoint::never());
  ASSERT_TRUE(first.ok());
  EXPECT_TRUE(role_.refused(*first));
  EXPECT_EQ(key_now(), "TWO");
  EXPECT_TRUE(role_.refused(*first));  // late word about the old ones
  EXPECT_EQ(key_now(), "TWO");
  EXPECT_EQ(http_.seen.size(), 2U);
}

TEST_F(RoleCredentialsTest, ALinkOfAChainSignsWithItsParentAndRenewsItFirst) {
  RoleCredentials second{cross_account(), role_, sts_, surroundings_, [](const Secret&) {}};
  http_.answer(200, assumed("BASE1", in(seconds(3600))))
      .answer(200, assumed("CROSS1", in(seconds(3600))))
      .answer(200, assumed("BASE2", in(seconds(7200))))
      .answer(200, assumed("CROSS2", in(seconds(7200))));
  EXPECT_EQ((*second.current(stop_, TimePoint::never()))->access_key_id, "CROSS1");
  EXPECT_NE(http_.seen[0].header("Authorization").find("Credential=AKIDEXAMPLE/"), std::string::npos);
  EXPECT_NE(http_.seen[1].header("Authorization").find("Credential=BASE1/"), std::string::npos);
  EXPECT_EQ(http_.seen[1].header("X-Amz-Security-Token"), "token-BASE1");
  clock_.advance(seconds(3000));
  EXPECT_EQ((*second.current(stop_, TimePoint::never()))->access_key_id, "CROSS2");
  EXPECT_NE(http_.seen[3].header("Authorization").find("Credential=BASE2/"), std::string::npos);
}

TEST_F(RoleCredentialsTest, AnExpiredParentIsRenewedWhenStsSaysSo) {
  RoleCredentials second{cross_account(), role_, sts_, surroundings_, [](const Secret&) {}};
  http_.answer(200, assumed("BASE1", in(seconds(3600))))
      .answer(400, xml_error("ExpiredTokenException"))
      .answer(200, assumed("BASE2", in(seconds(3600))))
      .answer(200, assumed("CROSS", in(seconds(3600))));
  EXPECT_EQ((*second.current(stop_, TimePoint::never()))->access_key_id, "CROSS");
}

TEST_F(RoleCredentialsTest, AnswersWithoutCredentialsAreErrorsAndNameTheRole) {
  for (const char* body :
       {"", "<html>", "<AccessKeyId>A</AccessKeyId>",
        "<AccessKeyId>A</AccessKeyId><SecretAccessKey>S</SecretAccessKey><Expiration>soon</Expiration>"}) {
    http_ = ScriptedHttp();
    http_.answer(200, body);
    const auto credentials = sts_.assume_role(cross_account(), credentials_, stop_, TimePoint::never());
    ASSERT_FALSE(credentials.ok()) << body;
    EXPECT_EQ(credentials.error().kind, ErrorKind::transient);
    EXPECT_NE(credentials.error().message.find("role/reader"), std::string::npos);
  }
}

TEST_F(RoleCredentialsTest, ARefusedRoleIsExplainedWithoutItsExternalId) {
  http_.answer(403, xml_error("AccessDenied"));
  const auto credentials = role_.current(stop_, TimePoint::never());
  ASSERT_FALSE(credentials.ok());
  EXPECT_EQ(credentials.error().kind, ErrorKind::denied);
  EXPECT_NE(credentials.error().message.find("trust policy"), std::string::npos);
  EXPECT_EQ(credentials.error().message.find("ext+id"), std::string::npos);
}

TEST_F(RoleCredentialsTest, TheCallerIsTold) {
  http_.answer(200,
               "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/u</Arn><UserId>U</UserId>"
               "<Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>");
  const auto identity = sts_.caller_identity(credentials_, stop_);
  ASSERT_TRUE(identity.ok());
  EXPECT_EQ(identity->arn, "arn:aws:iam::1:user/u");
  EXPECT_EQ(identity->account, "1");
}

// Answers every AssumeRole alike, slowly enough for callers to meet.
class SlowSts final : public net::HttpClient {
 public:
  SlowSts(Clock& clock, std::string answer) : clock_(clock), answer_(std::move(answer)) {}
  Result<net::HttpResponse> send(const net::HttpRequest&, net::HttpBodySink*, const Stop&) override {
    ++calls;
    clock_.sleep_until(clock_.now() + milliseconds(100));
    net::HttpResponse response;
    response.status = 200;
    response.body = answer_;
    return response;
  }
  std::atomic<int> calls{0};

 private:
  Clock& clock_;
  const std::string answer_;
};

TEST(RoleCredentialsThreads, ManyCallersCauseOneAssumeRole) {
  SystemClock clock;
  const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  telemetry::Log log(clock, null, telemetry::Format::text, telemetry::Level::debug);
  SlowSts http(clock, assumed("ONE", WallTime{clock.wall_now().micros + 3'600'000'000}));
  AwsClock aws_clock(clock);
  const Surroundings surroundings{http, clock, aws_clock, telemetry::Logger(log, "test"), 7};
  StaticCredentials keys({"AK", Secret("s"), Secret(), std::nullopt});
  EndpointSettings settings;
  settings.queue_url = kQueueUrl;
  const auto endpoints = Endpoints::resolve(settings, [](const std::string&) { return std::nullopt; });
  StsClient sts(*endpoints, surroundings);
  RoleCredentials role({"arn:aws:iam::1:role/r", "dray", Secret(), seconds(3600)}, keys, sts, surroundings,
                       [](const Secret&) {});
  const Stop stop;
  std::atomic<int> right{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 8; ++i) {
    callers.emplace_back([&] {
      for (int j = 0; j < 50; ++j) {
        const auto credentials = role.current(stop, TimePoint::never());
        if (credentials.ok() && (*credentials)->access_key_id == "ONE") ++right;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(right, 400);
  EXPECT_EQ(http.calls, 1);
  close(null);
}

}  // namespace
}  // namespace dray::aws
