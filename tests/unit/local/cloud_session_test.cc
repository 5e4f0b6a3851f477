// The collector's own AWS clients against the local cloud, over real sockets: two writings of SigV4 that must agree.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "aws/session.h"
#include "local/cloud.h"

namespace dray::local {
namespace {

class CollectingSink final : public aws::BodySink {
 public:
  Status begin(const aws::ObjectHead& told) override {
    head = told;
    return {};
  }
  Status write(std::string_view chunk) override {
    bytes.append(chunk.substr(0, std::min<std::size_t>(chunk.size(), 1 << 20)));
    total += chunk.size();
    return {};
  }
  Status finish() override { return {}; }

  aws::ObjectHead head;
  std::string bytes;
  std::uint64_t total = 0;
};

class CloudSessionTest : public ::testing::Test {
 protected:
  void start(CloudOptions options = {}) {
    AccessKey key;
    key.id = "AKIATEST";
    key.secret = Secret("secret-of-the-test");
    key.arn = "arn:aws:iam::123456789012:user/test";
    options.keys.push_back(std::move(key));
    auto started = Cloud::start(options, clock_);
    ASSERT_TRUE(started.ok()) << started.error().message;
    cloud_ = std::move(started).value();
    ASSERT_TRUE(cloud_->add_bucket("logs-bucket").ok());
    ASSERT_TRUE(cloud_->create_queue("q").ok());
    ASSERT_TRUE(cloud_->notify("logs-bucket", "q").ok());
    config_.region = cloud_->region();
    config_.queue_url = cloud_->queue_url("q");
    config_.access_key_id = "AKIATEST";
    config_.secret_access_key = Secret("secret-of-the-test");
    config_.sqs_endpoint = config_.s3_endpoint = config_.sts_endpoint = cloud_->url();
  }

  std::unique_ptr<aws::Session> session() {
    auto opened = aws::Session::open(config_, clock_, log_, [](std::string_view) { return std::nullopt; });
    EXPECT_TRUE(opened.ok());
    return std::move(opened).value();
  }

  Status get(aws::Session& session, const std::string& key, CollectingSink& sink, std::uint64_t offset = 0) {
    aws::GetRequest request;
    request.bucket = "logs-bucket";
    request.key = key;
    request.offset = offset;
    return session.store().get(request, sink, stop_);
  }

  std::vector<aws::ReceivedMessage> receive(aws::Session& session, seconds wait = seconds(0)) {
    aws::ReceiveRequest request;
    request.wait = wait;
    auto got = session.queue().receive(request, stop_);
    EXPECT_TRUE(got.ok());
    return got.ok() ? std::move(got).value() : std::vector<aws::ReceivedMessage>();
  }

  TimePoint soon() { return clock_.now() + seconds(20); }

  SystemClock clock_;
  telemetry::Log log_{clock_, 2, telemetry::Format::text, telemetry::Level::error};
  const Stop stop_;
  aws::SessionConfig config_;
  std::unique_ptr<Cloud> cloud_;
};

TEST_F(CloudSessionTest, ObjectsOfAnyKeyAreReadWholeAndFromAnOffset) {
  start();
  const auto client = session();
  for (const std::string key :
       {"plain.gz", "a b+c%25\xC3\xA9~(1)!'*.gz", "dots/../up//twice/ end ", "dt=2024/x:y@z,w;v"}) {
    ASSERT_TRUE(cloud_->put_object("logs-bucket", key, "0123456789" + key).ok());
    CollectingSink whole;
    const Status read = get(*client, key, whole);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(whole.bytes, "0123456789" + key);
    CollectingSink tail;
    ASSERT_TRUE(get(*client, key, tail, 7).ok());
    EXPECT_EQ(tail.bytes, "789" + key);
    EXPECT_EQ(tail.head.size, whole.bytes.size());
  }
  CollectingSink none;
  const Status missing = get(*client, "missing", none);
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().code, "NoSuchKey");
}

TEST_F(CloudSessionTest, AnObjectOfGigabytesIsMadeWhileItIsSent) {
  start();
  constexpr std::uint64_t kSize = 2ULL << 30U;
  ASSERT_TRUE(cloud_
                  ->put_object("logs-bucket", "huge",
                               generated_content(kSize, [](std::uint64_t /*offset*/, char* into,
                                                           std::size_t size) { std::fill_n(into, size, 'x'); }))
                  .ok());
  const auto client = session();
  CollectingSink tail;
  ASSERT_TRUE(get(*client, "huge", tail, kSize - 100'000'000).ok());
  EXPECT_EQ(tail.total, 100'000'000U);
  EXPECT_EQ(tail.head.size, kSize);
}

TEST_F(CloudSessionTest, ANotificationIsReceivedExtendedAndDeletedAfterTheWitnessSawIt) {
  CloudOptions options;
  std::atomic<int> deletes{0};
  options.on_delete = [&](const DeletedMessage& deleted) {
    EXPECT_EQ(deleted.queue, "q");
    EXPECT_NE(deleted.message.body.find("ObjectCreated:Put"), std::string::npos);
    ++deletes;
  };
  start(options);
  const auto client = session();
  ASSERT_TRUE(cloud_->put_object("logs-bucket", "k", "x").ok());
  const auto got = receive(*client, seconds(1));
  ASSERT_EQ(got.size(), 1U);
  EXPECT_EQ(got[0].receive_count, 1);
  const auto extended = client->queue().change_visibility({{got[0].receipt_handle, seconds(60)}}, soon());
  ASSERT_TRUE(extended.ok() && extended.value()[0].ok());
  const auto removed = client->queue().remove({got[0].receipt_handle}, soon());
  ASSERT_TRUE(removed.ok() && removed.value()[0].ok());
  EXPECT_EQ(deletes.load(), 1);
  const auto lost = client->queue().change_visibility({{got[0].receipt_handle, seconds(60)}}, soon());
  ASSERT_TRUE(lost.ok());
  EXPECT_EQ(lost.value()[0].error().kind, ErrorKind::lost);
  EXPECT_EQ(cloud_->queue_counters("q").value().left(), 0U);
}

TEST_F(CloudSessionTest, ALongPollReturnsWhenTheCloudStops) {
  start();
  const auto client = session();
  std::thread poller([&] {
    aws::ReceiveRequest request;
    static_cast<void>(client->queue().receive(request, stop_));
  });
  while (cloud_->counters().requests == 0) clock_.sleep_until(clock_.now() + milliseconds(1));
  cloud_->stop();
  poller.join();
}

TEST_F(CloudSessionTest, FaultsAreOvercomeOrReported) {
  start();
  const auto client = session();
  ASSERT_TRUE(cloud_->put_object("logs-bucket", "k", std::string(1000, 'x')).ok());
  const auto fault = [&](FaultKind kind, std::uint64_t value = 0) {
    Fault made;
    made.kind = kind;
    made.operation = "GetObject";
    made.value = value;
    cloud_->faults().add(made);
  };
  CollectingSink after_refusals;
  fault(FaultKind::internal_error);
  fault(FaultKind::latency, 5);
  EXPECT_TRUE(get(*client, "k", after_refusals).ok());
  CollectingSink cut;
  fault(FaultKind::cut_body, 400);
  const Status cut_short = get(*client, "k", cut);
  ASSERT_FALSE(cut_short.ok());
  EXPECT_EQ(cut_short.error().code, "short_body");
  EXPECT_EQ(cut.total, 400U);
  CollectingSink slow;
  fault(FaultKind::slow_body, 100'000);
  EXPECT_TRUE(get(*client, "k", slow).ok());
  EXPECT_EQ(slow.total, 1000U);
  EXPECT_EQ(cloud_->counters().faults, 4U);
}

TEST_F(CloudSessionTest, ABucketOfAnotherRegionIsFoundByBothOfItsRefusals) {
  start();
  ASSERT_TRUE(cloud_->add_bucket("far-bucket", "eu-west-3").ok());
  ASSERT_TRUE(cloud_->put_object("far-bucket", "k", "far").ok());
  for (const std::uint64_t status : {0U, 301U}) {
    if (status != 0) {
      Fault fault;
      fault.kind = FaultKind::wrong_region;
      fault.value = status;
      cloud_->faults().add(fault);
    }
    const auto client = session();
    aws::GetRequest request;
    request.bucket = "far-bucket";
    request.key = "k";
    CollectingSink sink;
    const Status got = client->store().get(request, sink, stop_);
    ASSERT_TRUE(got.ok()) << got.error().message;
    EXPECT_EQ(sink.bytes, "far");
  }
}

TEST_F(CloudSessionTest, AWrongSecretIsDeniedByEveryService) {
  start();
  config_.secret_access_key = Secret("not-the-secret");
  ASSERT_TRUE(cloud_->put_object("logs-bucket", "k", "x").ok());
  const auto client = session();
  CollectingSink sink;
  EXPECT_EQ(get(*client, "k", sink).error().kind, ErrorKind::denied);
  EXPECT_EQ(client->queue().receive({}, stop_).error().kind, ErrorKind::denied);
  EXPECT_FALSE(client->caller_identity(stop_).ok());
  EXPECT_EQ(cloud_->queue_counters("q").value().received, 0U);
}

TEST_F(CloudSessionTest, ARoleChainEndsInTheLastRole) {
  CloudOptions options;
  options.roles.push_back(
      {"arn:aws:iam::123456789012:role/base", {"arn:aws:iam::123456789012:user/test"}, "", seconds(43200)});
  options.roles.push_back(
      {"arn:aws:iam::210987654321:role/reader", {"arn:aws:iam::123456789012:role/base"}, "ext-1", seconds(43200)});
  start(options);
  config_.base_role = "arn:aws:iam::123456789012:role/base";
  config_.cross_account_role = "arn:aws:iam::210987654321:role/reader";
  config_.external_id = Secret("ext-1");
  const auto client = session();
  const auto identity = client->caller_identity(stop_);
  ASSERT_TRUE(identity.ok()) << identity.error().message;
  EXPECT_EQ(identity.value().arn, "arn:aws:sts::210987654321:assumed-role/reader/dray");
  config_.external_id = Secret("ext-2");
  EXPECT_FALSE(session()->check_identity(stop_).ok());
}

}  // namespace
}  // namespace dray::local
