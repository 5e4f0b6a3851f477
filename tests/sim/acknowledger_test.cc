// The acknowledger against a scripted queue, in simulated time: hours of leases in milliseconds.

#include "ack/acknowledger.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "sim/fibers.h"

namespace dray::ack {
namespace {

// Answers every call at once as told; remembers what was asked.
class ScriptedQueue final : public aws::Queue {
 public:
  explicit ScriptedQueue(sim::Fibers& fibers) : fibers_(fibers) {}

  Result<std::vector<aws::ReceivedMessage>> receive(const aws::ReceiveRequest&, const Stop&) override {
    return std::vector<aws::ReceivedMessage>{};
  }
  Result<std::vector<Status>> remove(const std::vector<std::string>& handles, TimePoint) override {
    ++remove_calls;
    if (remove_fails > 0) {
      --remove_fails;
      return Error{ErrorKind::transient, "timeout", "no answer"};
    }
    std::vector<Status> answers;
    for (const std::string& handle : handles) {
      removed.push_back(handle);
      if (entry_fails.erase(handle) > 0) {
        answers.emplace_back(Error{ErrorKind::transient, "InternalError", "one entry failed"});
      } else if (lost.contains(handle)) {
        answers.emplace_back(Error{ErrorKind::lost, "ReceiptHandleIsInvalid", "lost"});
      } else {
        answers.emplace_back();
      }
    }
    return answers;
  }
  Result<std::vector<Status>> change_visibility(const std::vector<aws::VisibilityChange>& changes, TimePoint) override {
    if (visibility_takes > seconds(0)) fibers_.sleep_until(fibers_.now() + visibility_takes);
    std::vector<Status> answers;
    for (const aws::VisibilityChange& change : changes) {
      visibility[change.receipt_handle].push_back(change.visibility);
      asked_at[change.receipt_handle].push_back(fibers_.boot_now());
      if (visibility_fails) {
        answers.emplace_back(Error{ErrorKind::transient, "InternalError", "failed"});
      } else if (lost.contains(change.receipt_handle)) {
        answers.emplace_back(Error{ErrorKind::lost, "MessageNotInflight", "lost"});
      } else {
        answers.emplace_back();
      }
    }
    return answers;
  }

  std::vector<std::string> removed;
  std::map<std::string, std::vector<seconds>> visibility;
  std::map<std::string, std::vector<BootTime>> asked_at;
  std::set<std::string> entry_fails;
  std::set<std::string> lost;
  int remove_calls = 0;
  int remove_fails = 0;
  bool visibility_fails = false;
  seconds visibility_takes{0};

 private:
  sim::Fibers& fibers_;
};

struct Heard final : public AckListener {
  void deleting(const std::string& id) override { before_delete.insert(id); }
  void deleted(const std::string& id, std::uint64_t /*life*/, const std::string& handle) override {
    deletes[id] = handle;
  }
  void released(const std::string& id, std::uint64_t /*life*/) override { releases.insert(id); }
  void lost(const std::string& id, std::uint64_t /*life*/) override { losses.insert(id); }
  void overdue(const std::string& id) override { overdues.insert(id); }

  std::set<std::string> before_delete, releases, losses, overdues;
  std::map<std::string, std::string> deletes;
};

class AcknowledgerTest : public ::testing::Test {
 protected:
  AcknowledgerTest() { start({}); }

  void start(AcknowledgerOptions options) {
    if (acknowledger_) finish();
    options.calls_max = 3;
    acknowledger_ =
        std::make_unique<Acknowledger>(queue_, fibers_, fibers_, heard_, telemetry::Logger(log_, "test"), options);
    acknowledger_->start();
  }
  void finish() { acknowledger_->stop(fibers_.now()); }
  ~AcknowledgerTest() override { finish(); }

  Acknowledger::Adoption adopt(const std::string& id, const std::string& handle) {
    const auto adopted = acknowledger_->adopt({.message_id = id,
                                               .receipt_handle = handle,
                                               .body = {},
                                               .md5_of_body = {},
                                               .receive_count = 1,
                                               .sent_at = {},
                                               .received_at = fibers_.boot_now()});
    return adopted.adoption;
  }
  void pass(Duration length) {
    const TimePoint until = fibers_.now() + length;
    (void)fibers_.run_until([&] { return fibers_.now() >= until; }, until);
  }

  sim::Fibers fibers_{7};
  telemetry::Log log_{fibers_, ::open("/dev/null", O_WRONLY | O_CLOEXEC), telemetry::Format::text,
                      telemetry::Level::error};
  ScriptedQueue queue_{fibers_};
  Heard heard_;
  std::unique_ptr<Acknowledger> acknowledger_;
};

constexpr flow::Settlement kDelivered{flow::Verdict::delivered, seconds(0)};

TEST_F(AcknowledgerTest, DeletesADeliveredNotificationWithItsHandle) {
  adopt("m", "h");
  acknowledger_->settle("m", kDelivered);
  pass(seconds(2));
  EXPECT_EQ(heard_.deletes["m"], "h");
  EXPECT_TRUE(heard_.before_delete.contains("m"));
  EXPECT_EQ(acknowledger_->counts().held, 0U);
}

TEST_F(AcknowledgerTest, SendsDeletesInBatchesOfTen) {
  for (int i = 0; i < 25; ++i) adopt("m" + std::to_string(i), "h" + std::to_string(i));
  for (int i = 0; i < 25; ++i) acknowledger_->settle("m" + std::to_string(i), kDelivered);
  pass(seconds(2));
  EXPECT_EQ(queue_.removed.size(), 25U);
  EXPECT_LE(queue_.remove_calls, 4);
}

TEST_F(AcknowledgerTest, ExtendsAHeldNotificationAtAThirdOfItsTimeout) {
  adopt("m", "h");
  pass(seconds(39));
  EXPECT_TRUE(queue_.visibility.empty());
  pass(seconds(3));
  ASSERT_EQ(queue_.visibility["h"].size(), 1U);
  EXPECT_EQ(queue_.visibility["h"][0], seconds(120));
  pass(seconds(200));
  EXPECT_GE(queue_.visibility["h"].size(), 5U);
  EXPECT_TRUE(heard_.losses.empty());
}

TEST_F(AcknowledgerTest, RepeatsADeleteWhoseOutcomeIsUnknown) {
  queue_.remove_fails = 2;
  adopt("m", "h");
  acknowledger_->settle("m", kDelivered);
  pass(seconds(10));
  EXPECT_EQ(queue_.remove_calls, 3);
  EXPECT_EQ(heard_.deletes["m"], "h");
}

TEST_F(AcknowledgerTest, RepeatsOnlyTheEntryOfABatchThatFailed) {
  queue_.entry_fails = {"h1"};
  for (int i = 0; i < 3; ++i) adopt("m" + std::to_string(i), "h" + std::to_string(i));
  for (int i = 0; i < 3; ++i) acknowledger_->settle("m" + std::to_string(i), kDelivered);
  pass(seconds(10));
  EXPECT_EQ(heard_.deletes.size(), 3U);
  EXPECT_EQ(std::count(queue_.removed.begin(), queue_.removed.end(), "h0"), 1);
  EXPECT_EQ(std::count(queue_.removed.begin(), queue_.removed.end(), "h1"), 2);
}

TEST_F(AcknowledgerTest, NoticesALostLeaseAndNeverDeletesWithItsHandle) {
  queue_.lost = {"h"};
  adopt("m", "h");
  pass(seconds(60));
  EXPECT_TRUE(heard_.losses.contains("m"));
  EXPECT_FALSE(acknowledger_->lease_alive("m"));
  acknowledger_->settle("m", kDelivered);
  pass(seconds(60));
  EXPECT_TRUE(queue_.removed.empty());
}

TEST_F(AcknowledgerTest, LosesALeaseFiveSecondsBeforeItWouldEnd) {
  queue_.visibility_fails = true;
  adopt("m", "h");
  pass(seconds(114));
  EXPECT_TRUE(heard_.losses.empty());
  pass(seconds(3));
  EXPECT_TRUE(heard_.losses.contains("m"));
}

TEST_F(AcknowledgerTest, TakesTheNewerHandleOfARedeliveredNotificationAndBeginsNothing) {
  EXPECT_EQ(adopt("m", "old"), Acknowledger::Adoption::fresh);
  EXPECT_EQ(adopt("m", "new"), Acknowledger::Adoption::revived);
  acknowledger_->settle("m", kDelivered);
  pass(seconds(2));
  EXPECT_EQ(heard_.deletes["m"], "new");
  EXPECT_EQ(queue_.removed, std::vector<std::string>{"new"});
}

TEST_F(AcknowledgerTest, CountsTheTimeThatTheMachineSlept) {
  adopt("m", "h");
  fibers_.suspend(seconds(300));
  pass(seconds(5));
  EXPECT_TRUE(heard_.losses.contains("m"));
}

TEST_F(AcknowledgerTest, DeletesWhatWasSettledDuringItsHeartbeat) {
  adopt("m", "h");
  pass(seconds(39));
  queue_.visibility_takes = seconds(3);
  pass(seconds(2));
  acknowledger_->settle("m", kDelivered);
  pass(seconds(5));
  EXPECT_EQ(heard_.deletes["m"], "h");
}

TEST_F(AcknowledgerTest, ReleasesWithTheDelayItWasTold) {
  adopt("m", "h");
  acknowledger_->settle("m", {flow::Verdict::retry_later, seconds(40)});
  pass(seconds(2));
  EXPECT_TRUE(heard_.releases.contains("m"));
  EXPECT_EQ(queue_.visibility["h"], std::vector<seconds>{seconds(40)});
}

TEST_F(AcknowledgerTest, LeavesAPoisonedNotificationToItsTimeout) {
  adopt("m", "h");
  acknowledger_->settle("m", {flow::Verdict::leave, seconds(0)});
  pass(seconds(300));
  EXPECT_TRUE(queue_.visibility.empty());
  EXPECT_TRUE(queue_.removed.empty());
}

TEST_F(AcknowledgerTest, SaysThatANotificationIsOverdueBeforeTwelveHours) {
  adopt("m", "h");
  pass(std::chrono::minutes(11 * 60 + 20));
  EXPECT_TRUE(heard_.overdues.empty());
  pass(std::chrono::minutes(12));
  EXPECT_TRUE(heard_.overdues.contains("m"));
  for (const BootTime at : queue_.asked_at["h"]) EXPECT_LT(at.since_boot, std::chrono::hours(13));
}

TEST_F(AcknowledgerTest, WithoutAckMessagesItNeitherDeletesNorTakesItAgain) {
  start({.visibility = seconds(120), .ack_messages = false});
  adopt("m", "h");
  acknowledger_->settle("m", kDelivered);
  pass(seconds(600));
  EXPECT_TRUE(queue_.removed.empty());
  EXPECT_TRUE(queue_.visibility.empty());
  EXPECT_EQ(adopt("m", "h2"), Acknowledger::Adoption::ignored);
}

}  // namespace
}  // namespace dray::ack
