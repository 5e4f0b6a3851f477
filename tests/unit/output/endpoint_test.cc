// How many connections an output uses: fewer when the receiver turns them away, more again after ten quiet minutes.
#include "output/endpoint.h"

#include <gtest/gtest.h>

#include <unistd.h>

namespace dray::output {
namespace {

class NoDialer final : public Dialer {
 public:
  std::unique_ptr<Link> dial() override { return nullptr; }
  void wait(std::span<Link* const>, TimePoint) override {}
  void wait_writable(Link&, TimePoint) override {}
  void wake() override {}
  [[nodiscard]] const std::string& peer() const override { return peer_; }

 private:
  const std::string peer_ = "receiver.example:443";
};

class Connections : public ::testing::Test {
 protected:
  Connections() {
    endpoint_.slots_wanted = 2;
    endpoint_.slots_used = 2;
    endpoint_.standing = 2;
  }
  // The receiver closes a new connection while others stand, and goes on for a second.
  void turn_away() {
    endpoint_.turned_away(now_);
    now_ = now_ + milliseconds(1100);
    endpoint_.weigh_evidence(now_);
  }
  void turn_away_three_times() {
    for (int i = 0; i < 3; ++i) turn_away();
  }

  SystemClock clock_;
  telemetry::Log log_{clock_, STDERR_FILENO, telemetry::Format::text, telemetry::Level::error};
  NoDialer dialer_;
  Endpoint endpoint_{clock_, dialer_, telemetry::Logger(log_, "test"), ProofMode::automatic, "devo_1"};
  TimePoint now_{seconds(1000)};
};

TEST_F(Connections, AreFewerOnceTheThirdIsTurnedAway) {
  turn_away();
  turn_away();
  EXPECT_EQ(endpoint_.slots_used, 2U);
  turn_away();
  EXPECT_EQ(endpoint_.slots_used, 1U);
  EXPECT_FALSE(endpoint_.single);
  turn_away_three_times();
  EXPECT_TRUE(endpoint_.single);
  EXPECT_EQ(endpoint_.sockets_per_slot(), 1U);
}

TEST_F(Connections, StayAsTheyAreWhenTheReceiverIsDying) {
  for (int i = 0; i < 9; ++i) {
    endpoint_.turned_away(now_);
    endpoint_.standing_one_died();
    now_ = now_ + milliseconds(1100);
    endpoint_.weigh_evidence(now_);
  }
  EXPECT_EQ(endpoint_.slots_used, 2U);
}

TEST_F(Connections, GrowByOneAfterTenQuietMinutesUpToTheConfiguredNumber) {
  turn_away_three_times();
  turn_away_three_times();
  ASSERT_TRUE(endpoint_.single);
  const TimePoint shrunk = now_;
  endpoint_.maybe_one_more(shrunk + std::chrono::minutes(9));
  EXPECT_TRUE(endpoint_.single);
  endpoint_.maybe_one_more(shrunk + std::chrono::minutes(10));
  EXPECT_FALSE(endpoint_.single);
  EXPECT_EQ(endpoint_.slots_used, 1U);
  endpoint_.maybe_one_more(shrunk + std::chrono::minutes(19));
  EXPECT_EQ(endpoint_.slots_used, 1U);
  endpoint_.maybe_one_more(shrunk + std::chrono::minutes(20));
  EXPECT_EQ(endpoint_.slots_used, 2U);
  endpoint_.maybe_one_more(shrunk + std::chrono::minutes(60));
  EXPECT_EQ(endpoint_.slots_used, 2U);
}

}  // namespace
}  // namespace dray::output
