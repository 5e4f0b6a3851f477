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

// An event of EventBridge: members before the detail, members of the object, members behind it in the detail.
std::string bridge(const std::string& before, const std::string& object, const std::string& more) {
  return "{" + before + R"("account":"111122223333","region":"eu-west-1","resources":["arn:aws:s3:::corp-logs"],)" +
         R"("detail":{"bucket":{"name":"corp-logs"},"object":{)" + object + "}" + more + "}}";
}

std::string config_notice(const std::string& type, const std::string& more) {
  return R"({"messageType":")" + type + R"(","notificationCreationTime":"2024-03-05T09:10:11.123Z",)" +
         R"("recordVersion":"1.3")" + more + "}";
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

constexpr const char* kCreated =
    R"("version":"0","id":"0d9c","detail-type":"Object Created","source":"aws.s3","time":"2024-03-05T09:10:11Z",)";

TEST(NotificationDecoder, ReadsEventBridgeWithItsKeyAsItStands) {
  const auto found = objects(bridge(kCreated,
                                    R"("key":"AWSLogs/111122223333/a b+c%25%2B.gz","size":5,"etag":"b194",)"
                                    R"("version-id":"Z9","sequencer":"617f08")",
                                    R"(,"request-id":"N4","requester":"111122223333","reason":"PutObject")"));
  ASSERT_EQ(found.size(), 1U);
  const ObjectRef expected{.bucket = "corp-logs",
                           .key = "AWSLogs/111122223333/a b+c%25%2B.gz",
                           .region = "eu-west-1",
                           .account = "111122223333",
                           .size = 5,
                           .etag = "b194",
                           .version_id = "Z9",
                           .sequencer = "617f08"};
  EXPECT_EQ(found[0], expected);
  EXPECT_EQ(objects(in_sns(bridge(kCreated, R"("key":"a")", ""))).size(), 1U);
}

TEST(NotificationDecoder, ReadsSecurityLakesEventsWithoutDetailType) {
  const std::string object = R"("key":"ext/eventDay=20240305/x.gz.parquet","size":7)";
  EXPECT_EQ(objects(bridge(R"("source":"aws.s3",)", object, "")).at(0).key, "ext/eventDay=20240305/x.gz.parquet");
  for (const char* reason : {"PutObject", "POST Object", "CopyObject", "CompleteMultipartUpload"}) {
    EXPECT_EQ(objects(bridge("", object, R"(,"reason":")" + std::string(reason) + "\"")).size(), 1U) << reason;
  }
  const char* deleted = R"(,"reason":"DeleteObject","deletion-type":"Permanently Deleted")";
  EXPECT_TRUE(objects(bridge("", object, deleted)).empty());
}

TEST(NotificationDecoder, OtherEventsOfS3ThroughEventBridgeAskForNothing) {
  for (const char* type : {"Object Deleted", "Object Restore Completed", "Object Tags Added", "Object ACL Updated",
                           "Object Storage Class Changed"}) {
    const std::string before = R"("detail-type":")" + std::string(type) + R"(","source":"aws.s3",)";
    EXPECT_TRUE(objects(bridge(before, R"("key":"k")", "")).empty()) << type;
  }
}

TEST(NotificationDecoder, ReadsEveryFileOfAnFdrBatchWithItsPathAsItStands) {
  const auto found = objects(
      R"({"cid":"00112233445566778899aabbccddeeff","timestamp":1709629811615,"fileCount":2,"totalSize":1234567,)"
      R"("bucket":"cs-prod-example","pathPrefix":"data/3f2a","files":[)"
      R"({"path":"data/3f2a/part-00000.gz","size":1200000,"checksum":"9e107d9d372bb6826bd81d3542a419d6"},)"
      R"({"path":"data/3f2a/day%3D05/a+b.gz","size":34567}]})");
  ASSERT_EQ(found.size(), 2U);
  const ObjectRef first{.bucket = "cs-prod-example",
                        .key = "data/3f2a/part-00000.gz",
                        .region = {},
                        .account = {},
                        .size = 1200000,
                        .etag = "9e107d9d372bb6826bd81d3542a419d6",
                        .version_id = {},
                        .sequencer = {}};
  EXPECT_EQ(found[0], first);
  EXPECT_EQ(found[1].key, "data/3f2a/day%3D05/a+b.gz");
  EXPECT_TRUE(objects(R"({"bucket":"b","fileCount":0,"files":[]})").empty());
}

TEST(NotificationDecoder, TakesTenThousandObjectsOfOneMessageAndNotOneMore) {
  std::string files;
  for (int i = 0; i < 10'000; ++i) files += R"({"path":"p"},)";
  const auto batch = [](const std::string& list) { return R"({"bucket":"b","files":[)" + list + R"({"path":"p"}]})"; };
  EXPECT_EQ(objects(batch(files.substr(13))).size(), 10'000U);
  const auto more = decode_notification(batch(files));
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().kind, ErrorKind::poison);
  EXPECT_NE(more.error().message.find("names 10001 objects"), std::string::npos) << more.error().message;
}

TEST(NotificationDecoder, ReadsCloudTrailsDeliveryNotices) {
  const std::string notice = R"({"s3Bucket":"trail","s3ObjectKey":["AWSLogs/111122223333/a+b%3D.json.gz","k2"]})";
  for (const std::string& body : {notice, in_sns(notice)}) {
    const auto found = objects(body);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].url(), "s3://trail/AWSLogs/111122223333/a+b%3D.json.gz");
    EXPECT_EQ(found[0].account, "111122223333");
    EXPECT_EQ(found[1].key, "k2");
  }
  EXPECT_TRUE(objects("CloudTrail validation message.").empty());
  EXPECT_TRUE(objects(in_sns("CloudTrail validation message.")).empty());
}

TEST(NotificationDecoder, ReadsConfigsDeliveryNoticesAndOversizedItems) {
  const std::string place = R"(,"s3Bucket":"cfg","s3ObjectKey":"AWSLogs/111122223333/Config/AWS::EC2::Instance_1.gz")";
  for (const char* type : {"ConfigurationSnapshotDeliveryCompleted", "ConfigurationHistoryDeliveryCompleted"}) {
    const auto found = objects(in_sns(config_notice(type, place)));
    ASSERT_EQ(found.size(), 1U) << type;
    EXPECT_EQ(found[0].url(), "s3://cfg/AWSLogs/111122223333/Config/AWS::EC2::Instance_1.gz");
  }
  for (const char* scheme : {"", "s3://"}) {
    const auto found = objects(config_notice(
        "OversizedConfigurationItemChangeNotification",
        R"(,"configurationItemSummary":{},"s3DeliverySummary":{"s3BucketLocation":")" + std::string(scheme) +
            R"(cfg/AWSLogs/111122223333/Config/OversizedChangeNotification/x.json.gz","errorCode":null})"));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].bucket, "cfg");
    EXPECT_EQ(found[0].key, "AWSLogs/111122223333/Config/OversizedChangeNotification/x.json.gz");
  }
}

TEST(NotificationDecoder, AnnouncementsOfConfigAskForNothing) {
  EXPECT_TRUE(objects(in_sns(config_notice("ConfigurationSnapshotDeliveryStarted", ""))).empty());
  EXPECT_TRUE(objects(config_notice("ConfigRulesEvaluationStarted", "")).empty());
}

TEST(NotificationDecoder, ConfirmationsOfSnsAreAcknowledgedNeverVisited) {
  for (const char* type : {"SubscriptionConfirmation", "UnsubscribeConfirmation"}) {
    EXPECT_TRUE(objects(R"({"Type":")" + std::string(type) +
                        R"(","TopicArn":"t","Message":"You have chosen","Token":"s3cr3t","SubscribeURL":"https://x"})")
                    .empty())
        << type;
  }
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
        Foreign{R"({"detail-type":"Object Created","source":"aws.s3","detail":{}})",
                "an EventBridge event (Object Created) that names no object"},
        Foreign{bridge(R"("detail-type":"Object Created","source":"aws.s3",)", R"("key":"")", ""), "names no key"},
        Foreign{bridge(R"("detail-type":"Scan Result","source":"aws.s3",)", R"("key":"k")", ""),
                "an EventBridge event (Scan Result)"},
        Foreign{bridge(R"("detail-type":"Object Deleted","source":"my.app",)", R"("key":"k")", ""),
                "an EventBridge event (Object Deleted)"},
        Foreign{bridge("", R"("key":"k")", R"(,"reason":"Copied By Hand")"), "unknown kind (reason Copied By Hand)"},
        Foreign{R"({"bucket":"b","files":[{"path":"p"},{"size":1}]})", "files[1] of the FDR batch names no key"},
        Foreign{R"({"bucket":"","files":[{"path":"p"}]})", "files[0] of the FDR batch names no bucket"},
        Foreign{R"({"bucket":"b","files":["p"]})", "names no key"},
        Foreign{R"({"s3Bucket":"b","s3ObjectKey":[]})", "names no key (s3ObjectKey)"},
        Foreign{R"({"s3Bucket":"b","s3ObjectKey":["k",7]})", "names no key"},
        Foreign{R"({"s3Bucket":"","s3ObjectKey":"k"})", "names no bucket"},
        Foreign{in_sns(config_notice("ConfigurationItemChangeNotification", R"(,"configurationItem":{})")),
                "an AWS Config notice (ConfigurationItemChangeNotification) that carries what it tells in itself"},
        Foreign{config_notice("ComplianceChangeNotification", ""), "(ComplianceChangeNotification)"},
        Foreign{config_notice("ConfigurationSnapshotDeliveryFailed", ""), "(ConfigurationSnapshotDeliveryFailed)"},
        Foreign{config_notice("OversizedConfigurationItemChangeNotification",
                              R"(,"s3DeliverySummary":{"s3BucketLocation":null,"errorCode":"AccessDenied"})"),
                "without its place in S3 (errorCode \"AccessDenied\")"},
        Foreign{config_notice("OversizedConfigurationItemChangeNotification",
                              R"(,"s3DeliverySummary":{"s3BucketLocation":"bucket-only"})"),
                "names no key"},
        Foreign{R"(["software.amazon.payloadoffloading.PayloadS3Pointer",{"s3BucketName":"b","s3Key":"k"}])",
                "the SQS extended client"},
        Foreign{R"(["com.amazon.sqs.javamessaging.MessageS3Pointer",{"s3BucketName":"b","s3Key":"k"}])",
                "the SQS extended client"},
        Foreign{in_sns("{\"message\":\"hello\"}"),
                "in an SNS message: the message looks like a JSON object with the members message"},
        Foreign{R"({"Records":[{"eventSource":"iam.amazonaws.com","eventID":"1"}]})", "CloudTrail records themselves"},
        Foreign{R"({"Records":[7]})", "item 0 has no s3 member"}, Foreign{R"({"Records":{}})", "members Records"},
        Foreign{"CloudTrail validation message. ", "text that is no JSON"},
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

}  // namespace
}  // namespace dray::intake
