#include "aws/s3_client.h"

#include "base/encoding.h"
#include "fixture.h"

namespace dray::aws {
namespace {

class ObjectText final : public BodySink {
 public:
  Status begin(const ObjectHead& told) override {
    head = told;
    ++begun;
    return begin_result;
  }
  Status write(std::string_view chunk) override {
    text.append(chunk);
    return write_result;
  }
  Status finish() override {
    ADD_FAILURE() << "finish() is not the store's to call";
    return {};
  }
  ObjectHead head;
  int begun = 0;
  std::string text;
  Status begin_result;
  Status write_result;
};

class S3ClientTest : public AwsTest {
 protected:
  static GetRequest object(std::string key = "a/key.gz") {
    GetRequest request;
    request.bucket = "my-logs";
    request.key = std::move(key);
    request.region = "us-east-2";
    return request;
  }
  static std::vector<net::HttpHeader> headers(std::size_t length, std::string etag = "\"e1\"") {
    return {{"content-length", std::to_string(length)}, {"etag", std::move(etag)}};
  }
  Status get(const GetRequest& request) { return store_.get(request, sink_, stop_); }

  S3Client store_{endpoints(), surroundings_, credentials_};
  ObjectText sink_;
};

TEST_F(S3ClientTest, AnObjectStreamsWithItsHeadFirst) {
  http_.answer(200, "content", headers(7));
  ASSERT_TRUE(get(object()).ok());
  EXPECT_EQ(http_.seen[0].url, "https://my-logs.s3.us-east-2.amazonaws.com/a/key.gz");
  EXPECT_EQ(sink_.text, "content");
  EXPECT_EQ(sink_.head.etag, "e1");
  EXPECT_EQ(sink_.head.size, 7U);
  EXPECT_EQ(sink_.head.offset, 0U);
}

TEST_F(S3ClientTest, OddKeysReachTheWireByteForByte) {
  for (const std::string key :
       {"a//b", "/leading", "../up", "trailing ", "a b+c%25\xC3\xA9~(1)!'*", "x?y#z&=;", "dot/./x", "\x01\xff"}) {
    http_ = ScriptedHttp();
    http_.answer(200, "", headers(0));
    ASSERT_TRUE(get(object(key)).ok());
    const std::string prefix = "https://my-logs.s3.us-east-2.amazonaws.com/";
    ASSERT_TRUE(http_.seen[0].url.starts_with(prefix));
    EXPECT_EQ(percent_decode(http_.seen[0].url.substr(prefix.size())), key);
    EXPECT_EQ(http_.seen[0].url.find_first_of(" ?#+\x01\xff", prefix.size()), std::string::npos);
  }
}

TEST_F(S3ClientTest, VersionRangeAndConditionAreAskedFor) {
  GetRequest request = object();
  request.version_id = "v+1";
  request.offset = 100;
  request.if_match = "e1";
  auto partial = headers(900);
  partial.push_back({"content-range", "bytes 100-999/1000"});
  http_.answer(206, std::string(900, 'x'), partial);
  ASSERT_TRUE(get(request).ok());
  EXPECT_TRUE(http_.seen[0].url.ends_with("/a/key.gz?versionId=v%2B1"));
  EXPECT_EQ(http_.seen[0].header("Range"), "bytes=100-");
  EXPECT_EQ(http_.seen[0].header("If-Match"), "\"e1\"");
  EXPECT_EQ(sink_.head.offset, 100U);
  EXPECT_EQ(sink_.head.size, 1000U);
}

TEST_F(S3ClientTest, AServerThatIgnoresTheRangeIsTold) {
  GetRequest request = object();
  request.offset = 3;
  http_.answer(200, "content", headers(7));
  ASSERT_TRUE(get(request).ok());
  EXPECT_EQ(sink_.head.offset, 0U);
  EXPECT_EQ(sink_.head.size, 7U);
}

TEST_F(S3ClientTest, RangesThatDoNotFitTheQuestionAreRefused) {
  GetRequest request = object();
  request.offset = 100;
  for (const char* range : {"", "bytes 99-999/1000", "bytes 100-998/1000", "bytes 100-999/*", "bytes 100-999/900",
                            "items 100-999/1000", "bytes 999-100/1000", "bytes 100-99999999999999999999/1000"}) {
    http_ = ScriptedHttp();
    auto partial = headers(900);
    partial.push_back({"content-range", range});
    http_.answer(206, "x", partial);
    const Status status = get(request);
    ASSERT_FALSE(status.ok()) << range;
    EXPECT_EQ(status.error().code, "bad_answer");
    EXPECT_EQ(status.error().kind, ErrorKind::transient);
    EXPECT_NE(status.error().message.find("s3://my-logs/a/key.gz"), std::string::npos);
    EXPECT_EQ(sink_.begun, 0);
  }
}

TEST_F(S3ClientTest, AnAnswerWithoutLengthIsRefused) {
  http_.answer(200, "content", {});
  EXPECT_EQ(get(object()).error().code, "bad_answer");
}

TEST_F(S3ClientTest, ErrorsAreOfTheKindThatTheWorkerActsOn) {
  struct Case {
    int status;
    const char* code;
    ErrorKind kind;
    const char* says;
  };
  const Case cases[] = {{404, "NoSuchKey", ErrorKind::poison, "the text"},
                        {404, "NoSuchVersion", ErrorKind::poison, "the text"},
                        {404, "NoSuchBucket", ErrorKind::denied, "the text"},
                        {403, "AccessDenied", ErrorKind::denied, "s3:GetObject"},
                        {403, "InvalidObjectState", ErrorKind::poison, "restore it"},
                        {412, "PreconditionFailed", ErrorKind::transient, "the text"},
                        {416, "InvalidRange", ErrorKind::transient, "the text"},
                        {400, "KMS.DisabledException", ErrorKind::denied, "the text"}};
  for (const Case& row : cases) {
    http_ = ScriptedHttp();
    http_.answer(row.status, xml_error(row.code), {{"x-amz-request-id", "REQ7"}});
    const Status status = get(object());
    ASSERT_FALSE(status.ok()) << row.code;
    EXPECT_EQ(status.error().kind, row.kind) << row.code;
    EXPECT_EQ(status.error().code, row.code);
    EXPECT_TRUE(status.error().message.starts_with("s3://my-logs/a/key.gz: ")) << status.error().message;
    EXPECT_NE(status.error().message.find(row.says), std::string::npos) << status.error().message;
    EXPECT_NE(status.error().message.find("REQ7"), std::string::npos);
    EXPECT_EQ(http_.seen.size(), 1U);
  }
}

TEST_F(S3ClientTest, ACutIsShortAfterWhatArrived) {
  http_.cut(200, "half", headers(8));
  const Status status = get(object());
  EXPECT_EQ(status.error().code, "short_body");
  EXPECT_EQ(status.error().kind, ErrorKind::transient);
  EXPECT_EQ(sink_.text, "half");
}

TEST_F(S3ClientTest, AnErrorOfTheSinkComesBackUnchanged) {
  http_.answer(200, "content", headers(7));
  for (const bool at_begin : {true, false}) {
    sink_.begin_result = at_begin ? Status(Error{ErrorKind::later, "mine", "own text"}) : Status();
    sink_.write_result = Error{ErrorKind::later, "mine", "own text"};
    const Status status = get(object());
    EXPECT_EQ(status.error().code, "mine");
    EXPECT_EQ(status.error().message, "own text");
  }
  EXPECT_EQ(http_.seen.size(), 2U);
}

TEST_F(S3ClientTest, TheBucketsRegionIsLearnedFromTheHeaderAndKept) {
  http_.answer(301, xml_error("PermanentRedirect"), {{"x-amz-bucket-region", "ap-south-1"}})
      .answer(200, "c", headers(1));
  ASSERT_TRUE(get(object()).ok());
  EXPECT_EQ(http_.seen[1].url, "https://my-logs.s3.ap-south-1.amazonaws.com/a/key.gz");
  EXPECT_NE(http_.seen[1].header("Authorization").find("/ap-south-1/s3/"), std::string::npos);
  ASSERT_TRUE(get(object()).ok());
  EXPECT_EQ(http_.seen.size(), 3U);
  EXPECT_EQ(http_.seen[2].url, http_.seen[1].url);
}

TEST_F(S3ClientTest, TheBucketsRegionIsLearnedFromTheErrorOrAHead) {
  http_.answer(400, xml_error("AuthorizationHeaderMalformed", "<Region>eu-north-1</Region>"))
      .answer(200, "c", headers(1));
  ASSERT_TRUE(get(object()).ok());
  EXPECT_EQ(http_.seen[1].url, "https://my-logs.s3.eu-north-1.amazonaws.com/a/key.gz");

  S3Client other{endpoints(), surroundings_, credentials_};
  http_ = ScriptedHttp();
  http_.answer(301, "").answer(301, "", {{"x-amz-bucket-region", "sa-east-1"}}).answer(200, "c", headers(1));
  ASSERT_TRUE(other.get(object(), sink_, stop_).ok());
  EXPECT_EQ(http_.seen[1].method, "HEAD");
  EXPECT_EQ(http_.seen[1].url, "https://my-logs.s3.us-east-2.amazonaws.com/");
  EXPECT_EQ(http_.seen[2].url, "https://my-logs.s3.sa-east-1.amazonaws.com/a/key.gz");
}

TEST_F(S3ClientTest, ARegionIsFollowedOnceAndOnlyIfItIsAName) {
  http_.answer(301, "", {{"x-amz-bucket-region", "ap-south-1"}})
      .answer(301, "", {{"x-amz-bucket-region", "ap-south-2"}});
  EXPECT_EQ(get(object()).error().kind, ErrorKind::denied);
  EXPECT_EQ(http_.seen.size(), 2U);

  S3Client other{endpoints(), surroundings_, credentials_};
  http_ = ScriptedHttp();
  http_.answer(301, "", {{"x-amz-bucket-region", "evil.example/"}});
  EXPECT_FALSE(other.get(object(), sink_, stop_).ok());
  EXPECT_EQ(http_.seen.size(), 1U);
}

TEST_F(S3ClientTest, WithoutARegionTheConfiguredOneIsUsed) {
  http_.answer(200, "", headers(0));
  GetRequest request = object();
  request.region = "not a region/";
  ASSERT_TRUE(get(request).ok());
  EXPECT_EQ(http_.seen[0].url, "https://my-logs.s3.eu-west-1.amazonaws.com/a/key.gz");
}

TEST_F(S3ClientTest, HostileErrorBodiesAreErrorsByTheirStatus) {
  for (const char* body : {"", "<html>", "<Error><Code>", "{\"a\":1}", "\xff\xfe\x00"}) {
    http_ = ScriptedHttp();
    http_.answer(404, body);
    const Status status = get(object());
    EXPECT_EQ(status.error().kind, ErrorKind::poison);
    EXPECT_EQ(status.error().code, "http_404");
  }
}

TEST_F(S3ClientTest, ThrottlingIsRepeatedBeforeTheBody) {
  http_.answer(503, xml_error("SlowDown")).answer(200, "content", headers(7));
  EXPECT_TRUE(get(object()).ok());
  EXPECT_EQ(sink_.begun, 1);
}

}  // namespace
}  // namespace dray::aws
