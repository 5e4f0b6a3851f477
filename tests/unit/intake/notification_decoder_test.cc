#include "intake/notification_decoder.h"

#include <gtest/gtest.h>

#include <string>

#include "base/json.h"

namespace dray::intake {
namespace {

using flow::ObjectRef;

std::string record(const std::string& event_name, const std::string& key, const std::string& more = "") {
  return R"({"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1","eventName":")" + event_name +
         R"(","s3":{"bucket":{"name":"corp-logs"},"object":{"key":")" + key + "\"" + more + "}}}";
}

std::string event(const std::string& records) {
  return "{\"Records\":[" + records + "]}";
}

std::string in_sns(const std::string& message) {
  return R"({"Type":"Notification","TopicArn":"arn:aws:sns:eu-west-1:111122223333:t","Message":)" +
         Json(message).dump() + "}";
}

std::vector<ObjectRef> objects(const std::string& body) {
  auto decoded = decode_notification(body);
  EXPECT_TRUE(decoded) << (decoded ? "" : decoded.error().message);
  return decoded ? *decoded : std::vector<ObjectRef>{};
}

std::string key_of(const std::string& written) {
  const auto found = objects(event(record("ObjectCreated:Put", written)));
  return found.size() == 1 ? found[0].key : "<" + std::to_string(found.size()) + " objects>";
}

TEST(NotificationDecoder, ReadsEveryFieldOfAnObject) {
  const auto found =
      objects(event(record("ObjectCreated:Put", "AWSLogs/111122223333/a",
                           R"(,"size":2048,"eTag":"0a1b","versionId":"Ab_.1","sequencer":"0065E6E0F31C")")));
  ASSERT_EQ(found.size(), 1U);
  const ObjectRef expected{.bucket = "corp-logs",
                           .key = "AWSLogs/111122223333/a",
                           .region = "eu-west-1",
                           .account = "111122223333",
                           .size = 2048,
                           .etag = "0a1b",
                           .version_id = "Ab_.1",
                           .sequencer = "0065E6E0F31C"};
  EXPECT_EQ(found[0], expected);
}

TEST(NotificationDecoder, AbsentFieldsStayEmpty) {
  const auto found = objects(event(record("ObjectCreated:Put", "a", R"(,"versionId":null,"eTag":"\"q\"","size":-1)")));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(found[0].size);
  EXPECT_EQ(found[0].etag, "q");
  EXPECT_EQ(found[0].version_id, "");
  EXPECT_EQ(found[0].account, "");
}

TEST(NotificationDecoder, KeysAreFormDecodedOnce) {
  EXPECT_EQ(key_of("in/aws-region%3Deu-west-1/a+b%2Bc%25.log.gz"), "in/aws-region=eu-west-1/a b+c%.log.gz");
  EXPECT_EQ(key_of("a%252Bb"), "a%2Bb");
  EXPECT_EQ(key_of("a%2fb%2Fc"), "a/b/c");
  EXPECT_EQ(key_of("%C3%BC"), "\xC3\xBC");
  EXPECT_EQ(key_of("bad%ZZ%4"), "bad%ZZ%4");
}

TEST(NotificationDecoder, TheAccountIsReadFromTheKeyOnlyWhereAwsPutsIt) {
  const auto account = [](const std::string& key) {
    return objects(event(record("ObjectCreated:Put", key))).at(0).account;
  };
  EXPECT_EQ(account("p/AWSLogs/o-ab12cd34/111122223333/CloudTrail/x"), "111122223333");
  EXPECT_EQ(account("AWSLogs/aws-account-id%3D111122223333/x"), "111122223333");
  EXPECT_EQ(account("AWSLogs/AWSLogs/111122223333/x"), "111122223333");
  EXPECT_EQ(account("logs/111122223333/x"), "");
  EXPECT_EQ(account("AWSLogs/11112222333/x"), "");
  EXPECT_EQ(account("AWSLogs"), "");
}

TEST(NotificationDecoder, OnlyCreationsNameObjects) {
  const auto found =
      objects(event(record("ObjectRemoved:Delete", "old") + "," + record("ObjectCreated:Copy", "new") + "," +
                    record("ObjectTagging:Put", "tagged") + "," + record("ObjectCreatedX:Put", "other")));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, "new");
  EXPECT_TRUE(objects(event("")).empty());
}

TEST(NotificationDecoder, TakesMinioAndCeph) {
  const std::string minio = R"({"eventVersion":"2.0","eventSource":"minio:s3","awsRegion":"",)"
                            R"("eventName":"s3:ObjectCreated:Put",)"
                            R"("s3":{"bucket":{"name":"b"},"object":{"key":"d%2Fx","versionId":"null"}}})";
  const std::string body = R"({"EventName":"s3:ObjectCreated:Put","Key":"b/d%2Fx","Records":[)" + minio + "]}";
  const auto found = objects(body);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, "d/x");
  EXPECT_EQ(found[0].version_id, "");
}

TEST(NotificationDecoder, UnwrapsSnsUpToFourDeep) {
  std::string body = event(record("ObjectCreated:Put", "a"));
  for (int depth = 1; depth <= 4; ++depth) {
    body = in_sns(body);
    EXPECT_EQ(objects(body).size(), 1U) << depth;
  }
  const auto fifth = decode_notification(in_sns(body));
  ASSERT_FALSE(fifth);
  EXPECT_NE(fifth.error().message.find("nested more than 4 deep"), std::string::npos);
}

TEST(NotificationDecoder, TestEventsAskForNothing) {
  const std::string test = R"({"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"corp-logs"})";
  EXPECT_TRUE(objects(test).empty());
  EXPECT_TRUE(objects(in_sns(test)).empty());
}

struct Foreign {
  std::string body;
  std::string says;
};

class ForeignNotifications : public testing::TestWithParam<Foreign> {};

TEST_P(ForeignNotifications, AreLeftWithALineThatNamesThem) {
  const auto decoded = decode_notification(GetParam().body);
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().kind, ErrorKind::poison);
  EXPECT_NE(decoded.error().message.find(GetParam().says), std::string::npos) << decoded.error().message;
  EXPECT_EQ(decoded.error().message.find('\n'), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    Each, ForeignNotifications,
    testing::Values(
        Foreign{R"({"detail-type":"Object Created","detail":{"bucket":{"name":"b"},"object":{"key":"k"}}})",
                "an EventBridge event (Object Created)"},
        Foreign{R"({"detail":{"bucket":{"name":"b"},"object":{"key":"k"}}})", "Security Lake"},
        Foreign{R"({"cid":"0","bucket":"b","files":[{"path":"p"}]})", "a CrowdStrike FDR batch"},
        Foreign{R"({"s3Bucket":"b","s3ObjectKey":["k"]})", "a CloudTrail delivery notice"},
        Foreign{R"({"messageType":"ConfigurationHistoryDeliveryCompleted","s3Bucket":"b","s3ObjectKey":"k"})",
                "an AWS Config delivery notice"},
        Foreign{R"(["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"b","s3Key":"k"}])",
                "the SQS extended client"},
        Foreign{R"({"Type":"SubscriptionConfirmation","TopicArn":"t","Message":"You have chosen","Token":"secret"})",
                "an SNS SubscriptionConfirmation"},
        Foreign{in_sns("{\"message\":\"hello\"}"),
                "in an SNS message: the message looks like a JSON object with the members message"},
        Foreign{R"({"Records":[{"eventSource":"iam.amazonaws.com","eventID":"1"}]})", "CloudTrail records themselves"},
        Foreign{R"({"Records":[7]})", "item 0 has no s3 member"}, Foreign{R"({"Records":{}})", "members Records"},
        Foreign{"CloudTrail validation message.", "when a trail gets a topic"},
        Foreign{"line one\nline two", "text that is no JSON"}, Foreign{"", "text that is no JSON"},
        Foreign{"{}", "an empty JSON object"}, Foreign{"[]", "a JSON array"}, Foreign{"7", "no object"},
        Foreign{event(R"({"eventVersion":"3.0","eventName":"ObjectCreated:Put","s3":{}})"), "eventVersion"},
        Foreign{event(R"({"eventVersion":"2.1","s3":{}})"), "Records[0] of the S3 event has no eventName"},
        Foreign{event(R"({"eventName":"ObjectCreated:Put","s3":{"object":{"key":"k"}}})"), "names no bucket"},
        Foreign{event(R"({"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"}}})"), "names no key"}));

TEST(NotificationDecoder, ShowsAtMostEightyCharactersOfAForeignBody) {
  const auto decoded = decode_notification(std::string(79, 'x') + "\xC3\xBC" + std::string(200, 'y'));
  ASSERT_FALSE(decoded);
  EXPECT_NE(decoded.error().message.find(std::string(79, 'x')), std::string::npos);
  EXPECT_EQ(decoded.error().message.find('y', decoded.error().message.find("xxx")), std::string::npos);
  EXPECT_EQ(decoded.error().message.find('\xC3'), std::string::npos);
}

TEST(NotificationDecoder, NeverShowsTheTokenOfASubscription) {
  const auto decoded =
      decode_notification(R"({"Type":"SubscriptionConfirmation","TopicArn":"t","Message":"m","Token":"s3cr3t"})");
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().message.find("s3cr3t"), std::string::npos);
}

}  // namespace
}  // namespace dray::intake
