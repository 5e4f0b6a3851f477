// The local cloud's queues, without HTTP: visibility, handles, redrive and their cost.
#include <gtest/gtest.h>

#include <set>

#include "local/message_queue.h"
#include "local/queue_directory.h"

namespace dray::local {
namespace {

// Time that passes when told to; nobody waits on it here.
class SteppedClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return {now_}; }
  [[nodiscard]] BootTime boot_now() const override { return {now_}; }
  [[nodiscard]] WallTime wall_now() const override { return {now_.count() / 1000}; }
  void sleep_until(TimePoint when) override { now_ = when.since_start; }
  void pass(Duration time) { now_ += time; }

 private:
  void wait(Signal& /*signal*/, std::unique_lock<std::mutex>& /*lock*/, TimePoint deadline) override {
    now_ = deadline.since_start;
  }
  void wake(Signal& /*signal*/, bool /*all*/) override {}
  Duration now_{seconds(1'000'000)};
};

class CloudQueueTest : public ::testing::Test {
 protected:
  std::vector<DeliveredMessage> receive(MessageQueue& queue, std::size_t most = 10, seconds visibility = seconds(30),
                                        seconds wait = seconds(0)) {
    ReceiveCall call;
    call.messages_max = most;
    call.visibility = visibility;
    call.deadline = clock_.now() + wait;
    auto got = queue.receive(call);
    EXPECT_TRUE(got.ok());
    return got.ok() ? std::move(got).value() : std::vector<DeliveredMessage>();
  }

  SteppedClock clock_;
  IdSource ids_{7};
  MessageQueue queue_{"q", clock_, ids_};
};

TEST_F(CloudQueueTest, AMessageIsInvisibleForItsTimeoutAndNotLonger) {
  queue_.send("m", seconds(0), {});
  ASSERT_EQ(receive(queue_).size(), 1U);
  clock_.pass(seconds(29));
  EXPECT_TRUE(receive(queue_).empty());
  clock_.pass(seconds(1));
  const auto again = receive(queue_);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].message.receive_count, 2);
}

TEST_F(CloudQueueTest, ALongPollEndsWhenAnotherMessageBecomesVisibleAgain) {
  queue_.send("m", seconds(0), {});
  ASSERT_EQ(receive(queue_, 1, seconds(5)).size(), 1U);
  const TimePoint begun = clock_.now();
  EXPECT_EQ(receive(queue_, 1, seconds(5), seconds(20)).size(), 1U);
  EXPECT_EQ(clock_.now() - begun, seconds(5));
  EXPECT_TRUE(receive(queue_, 1, seconds(5), seconds(3)).empty());
  EXPECT_EQ(clock_.now() - begun, seconds(8));
}

TEST_F(CloudQueueTest, AnExtendedMessageStaysHiddenAndAReleasedOneReturns) {
  queue_.send("m", seconds(0), {});
  const auto first = receive(queue_);
  ASSERT_TRUE(queue_.change_visibility(first[0].receipt_handle, seconds(100)).ok());
  clock_.pass(seconds(99));
  EXPECT_TRUE(receive(queue_).empty());
  ASSERT_TRUE(queue_.change_visibility(first[0].receipt_handle, seconds(0)).ok());
  EXPECT_EQ(receive(queue_).size(), 1U);
}

TEST_F(CloudQueueTest, VisibilityEndsTwelveHoursAfterTheReceive) {
  queue_.send("m", seconds(0), {});
  const auto got = receive(queue_, 1, seconds(43200));
  clock_.pass(seconds(100));
  const Status late = queue_.change_visibility(got[0].receipt_handle, seconds(43101));
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().code, "InvalidParameterValue");
  EXPECT_TRUE(queue_.change_visibility(got[0].receipt_handle, seconds(43100)).ok());
}

TEST_F(CloudQueueTest, OnlyTheLatestHandleDeletes) {
  queue_.send("m", seconds(0), {});
  const auto first = receive(queue_);
  clock_.pass(seconds(30));
  const auto second = receive(queue_);
  auto stale = queue_.remove(first[0].receipt_handle);
  ASSERT_TRUE(stale.ok());
  EXPECT_FALSE(stale.value().has_value());
  EXPECT_EQ(queue_.change_visibility(first[0].receipt_handle, seconds(5)).error().code, "MessageNotInflight");
  EXPECT_EQ(queue_.counters().left(), 1U);
  auto fresh = queue_.remove(second[0].receipt_handle);
  ASSERT_TRUE(fresh.ok() && fresh.value().has_value());
  EXPECT_EQ(queue_.counters().left(), 0U);
  EXPECT_EQ(queue_.change_visibility(second[0].receipt_handle, seconds(5)).error().code, "InvalidParameterValue");
}

TEST_F(CloudQueueTest, ADeleteAfterTheTimeoutStillDeletesIfNobodyReceivedSince) {
  queue_.send("m", seconds(0), {});
  const auto got = receive(queue_);
  clock_.pass(seconds(31));
  auto removed = queue_.remove(got[0].receipt_handle);
  ASSERT_TRUE(removed.ok() && removed.value().has_value());
  EXPECT_TRUE(receive(queue_).empty());
}

TEST_F(CloudQueueTest, HandlesOfOtherQueuesAndNonsenseAreInvalid) {
  MessageQueue other("other", clock_, ids_);
  other.send("m", seconds(0), {});
  const auto got = receive(other);
  for (const std::string& handle :
       {got[0].receipt_handle, std::string(), std::string("AQEB"), std::string("AQEBxx==")}) {
    const auto removed = queue_.remove(handle);
    ASSERT_FALSE(removed.ok());
    EXPECT_EQ(removed.error().code, "ReceiptHandleIsInvalid");
  }
}

TEST_F(CloudQueueTest, AMessageMovesAtTheReceiveThatWouldExceedItsLimit) {
  QueueDirectory queues(clock_, ids_);
  ASSERT_TRUE(queues.create("dead", {}).ok());
  const QueueAttributes attributes{
      {"RedrivePolicy", R"({"deadLetterTargetArn":"arn:aws:sqs:r:1:dead","maxReceiveCount":"3"})"}};
  ASSERT_TRUE(queues.create("live", attributes).ok());
  const auto live = queues.find("live").value().queue;
  const auto dead = queues.find("dead").value().queue;
  const QueueMessage sent = live->send("m", seconds(0), {});
  for (int i = 0; i < 3; ++i) ASSERT_EQ(receive(*live, 10, seconds(0)).size(), 1U);
  EXPECT_EQ(dead->counters().left(), 0U);
  EXPECT_TRUE(receive(*live).empty());
  const auto moved = receive(*dead);
  ASSERT_EQ(moved.size(), 1U);
  EXPECT_EQ(moved[0].message.id, sent.id);
  EXPECT_EQ(live->counters().moved, 1U);
  queues.stop();
}

TEST_F(CloudQueueTest, ADelayedMessageWaitsForItsTime) {
  queue_.send("later", seconds(10), {});
  EXPECT_EQ(queue_.counters().delayed, 1U);
  EXPECT_TRUE(receive(queue_).empty());
  clock_.pass(seconds(10));
  EXPECT_EQ(receive(queue_).size(), 1U);
}

TEST_F(CloudQueueTest, ACallerThatLeftTakesNothingWithIt) {
  ReceiveCall call;
  call.deadline = clock_.now() + seconds(20);
  call.caller_is_gone = [] { return true; };
  queue_.send("m", seconds(5), {});
  const auto got = queue_.receive(call);
  ASSERT_TRUE(got.ok());
  EXPECT_TRUE(got.value().empty());
  clock_.pass(seconds(5));
  EXPECT_EQ(receive(queue_)[0].message.receive_count, 1);
}

TEST_F(CloudQueueTest, AHundredThousandMessagesPassOnceEach) {
  constexpr std::size_t kCount = 100'000;
  for (std::size_t i = 0; i < kCount; ++i) queue_.send(std::to_string(i), seconds(0), {});
  std::set<std::string> seen;
  for (;;) {
    const auto got = receive(queue_, 10, seconds(1000));
    if (got.empty()) break;
    for (const DeliveredMessage& one : got) {
      EXPECT_TRUE(seen.insert(one.message.id).second);
      ASSERT_TRUE(queue_.change_visibility(one.receipt_handle, seconds(2000)).ok());
      ASSERT_TRUE(queue_.remove(one.receipt_handle).value().has_value());
    }
  }
  EXPECT_EQ(seen.size(), kCount);
  EXPECT_EQ(queue_.counters().left(), 0U);
}

TEST_F(CloudQueueTest, AttributesOutOfRangeAreRefusedAndChangeNothing) {
  QueueDirectory queues(clock_, ids_);
  ASSERT_TRUE(queues.create("q", {{"VisibilityTimeout", "5"}}).ok());
  for (const auto& [name, value] :
       QueueAttributes{{"VisibilityTimeout", "43201"}, {"DelaySeconds", "x"}, {"RedrivePolicy", "{}"}}) {
    const Status set = queues.set_attributes("q", {{name, value}});
    ASSERT_FALSE(set.ok()) << name;
    EXPECT_EQ(set.error().code, "InvalidAttributeValue");
  }
  EXPECT_EQ(queues.find("q").value().defaults.visibility, seconds(5));
  EXPECT_EQ(queues.create("q", {{"VisibilityTimeout", "6"}}).error().code, "QueueNameExists");
  EXPECT_TRUE(queues.create("q", {}).ok());
  EXPECT_EQ(queues.find("none").error().code, "QueueDoesNotExist");
}

}  // namespace
}  // namespace dray::local
