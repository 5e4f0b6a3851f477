// A whole session over loopback sockets: queue and store side by side, from several threads.
#include "aws/session.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <map>
#include <thread>

#include "base/digest.h"
#include "base/encoding.h"
#include "net/http_server.h"
#include "telemetry/log.h"

namespace dray::aws {
namespace {

using Variables = std::map<std::string, std::string>;

EnvironmentLookup lookup(const Variables& variables) {
  return [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

class CountingSink final : public BodySink {
 public:
  Status begin(const ObjectHead& head) override {
    size = head.size;
    return {};
  }
  Status write(std::string_view chunk) override {
    bytes += chunk.size();
    return {};
  }
  Status finish() override { return {}; }
  std::uint64_t size = 0;
  std::uint64_t bytes = 0;
};

class SessionTest : public testing::Test {
 protected:
  ~SessionTest() override { close(null_); }

  static void serve(net::ServerExchange& exchange) {
    if (exchange.path() == "/logs/cut") {
      (void)exchange.begin_answer(200, {{"ETag", "\"e\""}}, 100'000);
      (void)exchange.write_answer(std::string(40'000, 'x'));
      (void)exchange.flush();
      exchange.close_after_this();
    } else if (exchange.method() == "GET") {
      (void)exchange.answer(200, {{"ETag", "\"e\""}}, std::string(2048, 'x'));
    } else if (exchange.header("x-amz-target") == "AmazonSQS.ReceiveMessage") {
      (void)exchange.answer(
          200, {},
          R"({"Messages":[{"MessageId":"m","ReceiptHandle":"h","Body":"b","MD5OfBody":")" + hex(md5("b")) + "\"}]}");
    } else if (exchange.header("x-amz-target") == "AmazonSQS.DeleteMessageBatch") {
      (void)exchange.answer(200, {}, R"({"Successful":[{"Id":"0"}]})");
    } else {
      (void)exchange.answer(400, {}, R"({"__type":"InvalidAction"})");
    }
  }

  std::unique_ptr<Session> open_session(SessionConfig config, const Variables& variables = {}) {
    config.queue_url = "https://sqs.us-east-1.amazonaws.com/123456789012/q";
    config.sqs_endpoint = config.s3_endpoint = server_->url();
    auto session = Session::open(std::move(config), clock_, log_, lookup(variables));
    EXPECT_TRUE(session.ok());
    return std::move(session).value();
  }
  static SessionConfig with_keys() {
    SessionConfig config;
    config.access_key_id = "AKIDEXAMPLE";
    config.secret_access_key = Secret("a-secret-of-the-test");
    return config;
  }

  SystemClock clock_;
  const int null_ = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  telemetry::Log log_{clock_, null_, telemetry::Format::text, telemetry::Level::debug};
  std::unique_ptr<net::HttpServer> server_ = std::move(net::HttpServer::start({}, clock_, &SessionTest::serve)).value();
  Stop stop_;
};

TEST_F(SessionTest, QueueAndStoreWorkWithConfiguredKeys) {
  auto session = open_session(with_keys());
  EXPECT_TRUE(session->check_identity(stop_).ok());
  const auto messages = session->queue().receive({}, stop_);
  ASSERT_TRUE(messages.ok()) << messages.error().message;
  EXPECT_EQ(messages->size(), 1U);
  const auto removed = session->queue().remove({"h"}, TimePoint::never());
  ASSERT_TRUE(removed.ok());
  EXPECT_TRUE(removed->front().ok());
  CountingSink sink;
  ASSERT_TRUE(session->store().get({"logs", "key", "", "", 0, ""}, sink, stop_).ok());
  EXPECT_EQ(sink.bytes, 2048U);
}

TEST_F(SessionTest, KeysComeFromTheEnvironmentWhenNoneAreConfigured) {
  auto session = open_session({}, {{"AWS_ACCESS_KEY_ID", "AK"}, {"AWS_SECRET_ACCESS_KEY", "from-the-environment"}});
  EXPECT_TRUE(session->queue().receive({}, stop_).ok());
}

TEST_F(SessionTest, MissingKeysAreAConfigurationErrorThatNamesBothWays) {
  SessionConfig config;
  config.queue_url = "https://sqs.us-east-1.amazonaws.com/123456789012/q";
  auto session = Session::open(config, clock_, log_, lookup({}));
  ASSERT_FALSE(session.ok());
  EXPECT_EQ(session.error().kind, ErrorKind::config);
  EXPECT_NE(session.error().message.find("aws_access_key_id"), std::string::npos);
  EXPECT_NE(session.error().message.find("AWS_ACCESS_KEY_ID"), std::string::npos);
  config.access_key_id = "AK";
  session = Session::open(config, clock_, log_, lookup({{"AWS_SECRET_ACCESS_KEY", "of-another-key"}}));
  ASSERT_FALSE(session.ok());
  EXPECT_NE(session.error().message.find("aws_secret_access_key"), std::string::npos);
}

TEST_F(SessionTest, AnUnreadableAuthorityFileStopsTheStart) {
  SessionConfig config = with_keys();
  config.queue_url = "https://sqs.us-east-1.amazonaws.com/123456789012/q";
  const auto session = Session::open(config, clock_, log_, lookup({{"AWS_CA_BUNDLE", "/nonexistent/bundle.pem"}}));
  ASSERT_FALSE(session.ok());
  EXPECT_EQ(session.error().kind, ErrorKind::config);
}

TEST_F(SessionTest, ACutBodyIsShortAndKeepsWhatArrived) {
  auto session = open_session(with_keys());
  CountingSink sink;
  const Status status = session->store().get({"logs", "cut", "", "", 0, ""}, sink, stop_);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "short_body");
  EXPECT_EQ(sink.size, 100'000U);
  EXPECT_EQ(sink.bytes, 40'000U);
}

class SessionThreads : public SessionTest {};

TEST_F(SessionThreads, WorkersPollersAndSettlersShareOneSession) {
  auto session = open_session(with_keys());
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      for (int j = 0; j < 40; ++j) {
        CountingSink sink;
        const std::string key = std::to_string(i) + "/" + std::to_string(j);
        right += session->store().get({"logs", key, "", "", 0, ""}, sink, stop_).ok() && sink.bytes == 2048 ? 1 : 0;
        if (i == 0) right += session->queue().receive({}, stop_).ok() ? 1 : 0;
        if (i == 1) right += session->queue().remove({"h"}, TimePoint::never()).ok() ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(right, 6 * 40 + 40 + 40);
  EXPECT_LE(server_->connections_accepted(), 8U);
}

}  // namespace
}  // namespace dray::aws
