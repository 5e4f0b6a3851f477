#include "aws/sqs_queue.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/json.h"
#include "fixture.h"

namespace dray::aws {
namespace {

std::string message(const std::string& body, const std::string& md5_hex) {
  Json::Object attributes{{"ApproximateReceiveCount", "3"}, {"SentTimestamp", "1767323045123"}};
  return Json(Json::Object{{"MessageId", "m-1"},
                           {"ReceiptHandle", "handle-1"},
                           {"MD5OfBody", md5_hex},
                           {"Body", body},
                           {"Attributes", std::move(attributes)}})
      .dump();
}

std::string good_message(const std::string& body) {
  return message(body, hex(md5(body)));
}

class SqsQueueTest : public AwsTest {
 protected:
  Result<std::vector<ReceivedMessage>> receive() { return queue_.receive({}, stop_); }

  SqsQueue queue_{kQueueUrl, endpoints(), surroundings_, credentials_};
};

TEST_F(SqsQueueTest, AReceiveAsksAsConfigured) {
  http_.answer(200, "{\"Messages\":[" + good_message("x") + "]}");
  ReceiveRequest request;
  request.messages_max = 7;
  request.wait = seconds(13);
  request.visibility = seconds(77);
  ASSERT_TRUE(queue_.receive(request, stop_).ok());
  const SeenRequest& seen = http_.seen[0];
  EXPECT_EQ(seen.method, "POST");
  EXPECT_EQ(seen.url, "https://sqs.eu-west-1.amazonaws.com/");
  EXPECT_EQ(seen.header("Content-Type"), "application/x-amz-json-1.0");
  EXPECT_EQ(seen.header("X-Amz-Target"), "AmazonSQS.ReceiveMessage");
  EXPECT_EQ(seen.header("X-Amzn-Query-Mode"), "true");
  const auto body = Json::parse(seen.body);
  ASSERT_TRUE(body.ok());
  EXPECT_EQ(body->text("QueueUrl"), kQueueUrl);
  EXPECT_EQ((*body)["MaxNumberOfMessages"].if_integer(), 7);
  EXPECT_EQ((*body)["WaitTimeSeconds"].if_integer(), 13);
  EXPECT_EQ((*body)["VisibilityTimeout"].if_integer(), 77);
  EXPECT_EQ((*body)["MessageSystemAttributeNames"].dump(), R"(["ApproximateReceiveCount","SentTimestamp"])");
}

TEST_F(SqsQueueTest, MessagesComeWholeWithTheirCounts) {
  const std::string text = "{\"Records\":[]} \xC3\xA9 \"quoted\"\n";
  http_.answer(200, "{\"Messages\":[" + good_message(text) + "]}");
  const auto messages = receive();
  ASSERT_TRUE(messages.ok());
  ASSERT_EQ(messages->size(), 1U);
  const ReceivedMessage& first = messages->front();
  EXPECT_EQ(first.message_id, "m-1");
  EXPECT_EQ(first.receipt_handle, "handle-1");
  EXPECT_EQ(first.body, text);
  EXPECT_EQ(first.md5_of_body, hex(md5(text)));
  EXPECT_EQ(first.receive_count, 3);
  EXPECT_EQ(first.sent_at.micros, 1'767'323'045'123'000);
}

TEST_F(SqsQueueTest, EveryWayToSayEmptyIsEmptyAndTakesItsTime) {
  for (const char* body : {"{}", R"({"Messages":[]})", R"({"Messages":null})"}) {
    http_ = ScriptedHttp();
    http_.answer(200, body);
    const Duration before = clock_.slept();
    const auto messages = receive();
    ASSERT_TRUE(messages.ok()) << body;
    EXPECT_TRUE(messages->empty());
    EXPECT_EQ(clock_.slept() - before, milliseconds(200));
  }
}

TEST_F(SqsQueueTest, ADamagedBodyIsLeftOnTheQueueAndTheOthersCome) {
  http_.answer(200, "{\"Messages\":[" + message("altered", hex(md5("original"))) + "," + good_message("fine") +
                        R"(,{"MessageId":"m","Body":"no handle"},5]})");
  const auto messages = receive();
  ASSERT_TRUE(messages.ok());
  ASSERT_EQ(messages->size(), 1U);
  EXPECT_EQ(messages->front().body, "fine");
}

TEST_F(SqsQueueTest, AttributesThatAreMissingOrAbsurdHaveDefaults) {
  const auto with = [](const std::string& attributes) {
    return R"({"Messages":[{"MessageId":"m","ReceiptHandle":"h","Body":"b","Attributes":)" + attributes + "}]}";
  };
  for (const char* attributes :
       {"null", "{}", "[]", R"({"ApproximateReceiveCount":"x","SentTimestamp":"-5"})",
        R"({"ApproximateReceiveCount":"99999999999999999999","SentTimestamp":"99999999999999999999"})"}) {
    http_ = ScriptedHttp();
    http_.answer(200, with(attributes));
    const auto messages = receive();
    ASSERT_TRUE(messages.ok());
    EXPECT_EQ(messages->front().receive_count, 1) << attributes;
    EXPECT_EQ(messages->front().sent_at.micros, 0) << attributes;
  }
  http_ = ScriptedHttp();
  http_.answer(200, with(R"({"ApproximateReceiveCount":4,"SentTimestamp":1000})"));
  EXPECT_EQ(receive()->front().receive_count, 4);
}

TEST_F(SqsQueueTest, AMissingQueueIsDeniedByItsLegacyCode) {
  http_.answer(
      400, R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"gone"})",
      {{"x-amzn-query-error", "AWS.SimpleQueueService.NonExistentQueue;Sender"}, {"x-amzn-requestid", "REQ9"}});
  const auto messages = receive();
  ASSERT_FALSE(messages.ok());
  EXPECT_EQ(messages.error().kind, ErrorKind::denied);
  EXPECT_EQ(messages.error().code, "AWS.SimpleQueueService.NonExistentQueue");
  EXPECT_NE(messages.error().message.find(kQueueUrl), std::string::npos);
  EXPECT_NE(messages.error().message.find("REQ9"), std::string::npos);
  EXPECT_EQ(clock_.slept(), milliseconds(200));
}

TEST_F(SqsQueueTest, ErrorsInXmlAreUnderstoodToo) {
  http_.answer(403, xml_error("SignatureDoesNotMatch"));
  const auto messages = receive();
  ASSERT_FALSE(messages.ok());
  EXPECT_EQ(messages.error().kind, ErrorKind::denied);
  EXPECT_EQ(messages.error().code, "SignatureDoesNotMatch");
}

TEST_F(SqsQueueTest, AnswersThatAreNoJsonAreTransient) {
  for (const char* body : {"", "<html>proxy</html>", "{\"Messages\":[", "\xff"}) {
    http_ = ScriptedHttp();
    http_.answer(200, body);
    const auto messages = receive();
    ASSERT_FALSE(messages.ok()) << body;
    EXPECT_EQ(messages.error().kind, ErrorKind::transient);
    EXPECT_EQ(messages.error().code, "bad_answer");
  }
}

TEST_F(SqsQueueTest, EveryEntryOfABatchHasItsOwnResult) {
  http_.answer(200, R"({"Successful":[{"Id":"1"},{"Id":"77"},{"Id":"x"}],"Failed":[
      {"Id":"0","SenderFault":true,"Code":"ReceiptHandleIsInvalid","Message":"m"},
      {"Id":"2","SenderFault":false,"Code":"InternalError","Message":"m"},
      {"Id":"3","SenderFault":true,"Code":"MessageNotInflight"},
      {"Id":"4","SenderFault":true,"Code":"InvalidParameterValue"},
      {"Id":"5","SenderFault":false,"Code":"Unheard"}]})");
  const auto results = queue_.remove({"h0", "h1", "h2", "h3", "h4", "h5", "h6"}, TimePoint::never());
  ASSERT_TRUE(results.ok());
  ASSERT_EQ(results->size(), 7U);
  EXPECT_TRUE((*results)[1].ok());
  EXPECT_EQ((*results)[0].error().kind, ErrorKind::lost);
  EXPECT_EQ((*results)[2].error().kind, ErrorKind::transient);
  EXPECT_EQ((*results)[3].error().kind, ErrorKind::lost);
  EXPECT_EQ((*results)[4].error().kind, ErrorKind::lost);
  EXPECT_EQ((*results)[5].error().kind, ErrorKind::transient);
  EXPECT_EQ((*results)[6].error().code, "no_result");
  const auto sent = Json::parse(http_.seen[0].body);
  EXPECT_EQ((*sent)["Entries"].if_array()->at(6).dump(), R"({"Id":"6","ReceiptHandle":"h6"})");
}

TEST_F(SqsQueueTest, VisibilityChangesCarryTheirSeconds) {
  http_.answer(200, R"({"Successful":[{"Id":"0"}]})");
  const auto results = queue_.change_visibility({{"h0", seconds(0)}}, TimePoint::never());
  ASSERT_TRUE(results.ok());
  EXPECT_EQ(http_.seen[0].header("X-Amz-Target"), "AmazonSQS.ChangeMessageVisibilityBatch");
  EXPECT_EQ(Json::parse(http_.seen[0].body).value()["Entries"].dump(),
            R"([{"Id":"0","ReceiptHandle":"h0","VisibilityTimeout":0}])");
}

TEST_F(SqsQueueTest, ABatchWithoutAnswerFailsAsAWholeWithinItsDeadline) {
  http_.fail("timeout");
  const auto results = queue_.remove({"h0"}, clock_.now() + seconds(1));
  ASSERT_FALSE(results.ok());
  EXPECT_EQ(results.error().kind, ErrorKind::transient);
  EXPECT_LE(clock_.slept(), seconds(1));
}

TEST_F(SqsQueueTest, AttributesOfTheQueueAreTexts) {
  http_.answer(200, R"({"Attributes":{"VisibilityTimeout":"30","ApproximateNumberOfMessages":5}})");
  const auto attributes = queue_.attributes(stop_);
  ASSERT_TRUE(attributes.ok());
  EXPECT_EQ(attributes->at("VisibilityTimeout"), "30");
  EXPECT_EQ(attributes->at("ApproximateNumberOfMessages"), "5");
}

TEST_F(SqsQueueTest, LargeAnswersAreReadOnce) {
  std::string all;
  for (int i = 0; i < 10; ++i) all += (i > 0 ? "," : "") + good_message(std::string(1'000'000, 'x'));
  http_.answer(200, "{\"Messages\":[" + all + "]}");
  const auto messages = receive();
  ASSERT_TRUE(messages.ok());
  EXPECT_EQ(messages->size(), 10U);
}

}  // namespace
}  // namespace dray::aws
