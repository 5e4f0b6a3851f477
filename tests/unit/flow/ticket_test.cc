#include "flow/ticket.h"

#include <gtest/gtest.h>

namespace dray::flow {
namespace {

using State = Ticket::State;

constexpr RetryGroup kAgain{.id = 7, .members = 3, .slot = 1};

Error cut() {
  return {ErrorKind::transient, "short_body", "s3://bucket/key: the body was cut"};
}

TEST(Ticket, IsBornHeldAndSettlesOnlyBySeal) {
  Ticket ticket({0});
  ASSERT_TRUE(ticket.register_range(0, 1, 10));
  EXPECT_FALSE(ticket.epoch_proven(0, 1)) << "settled while its streamer still held it";
  EXPECT_EQ(ticket.state(), State::streaming);
  EXPECT_TRUE(ticket.seal(10, std::nullopt));
  EXPECT_EQ(ticket.state(), State::proven);
  EXPECT_EQ(ticket.records(), 10U);
}

TEST(Ticket, OfAnEmptyOrAllFilteredObjectIsProvenBySealAlone) {
  Ticket ticket({0, 0});
  EXPECT_TRUE(ticket.seal(25, std::nullopt));
  EXPECT_EQ(ticket.state(), State::proven);
}

TEST(Ticket, WaitsAfterSealForTheLastEpoch) {
  Ticket ticket({0});
  ASSERT_TRUE(ticket.register_range(0, 1, 10));
  ASSERT_TRUE(ticket.register_range(0, 2, 20));
  EXPECT_FALSE(ticket.seal(20, std::nullopt));
  EXPECT_EQ(ticket.state(), State::sealed);
  EXPECT_FALSE(ticket.epoch_proven(0, 1));
  EXPECT_EQ(ticket.prefix(0), 10U);
  EXPECT_TRUE(ticket.epoch_proven(0, 2));
  EXPECT_EQ(ticket.prefix(0), 20U);
  EXPECT_EQ(ticket.state(), State::proven);
}

TEST(Ticket, PrefixWaitsForAnEarlierEpochsVerdict) {
  Ticket ticket({0});
  ASSERT_TRUE(ticket.register_range(0, 1, 10));
  ASSERT_TRUE(ticket.register_range(0, 2, 20));
  EXPECT_FALSE(ticket.epoch_proven(0, 2));
  EXPECT_EQ(ticket.prefix(0), 0U) << "rose over a gap";
  EXPECT_FALSE(ticket.epoch_proven(0, 1));
  EXPECT_EQ(ticket.prefix(0), 20U);
}

TEST(Ticket, AFailedEpochVoidsTheLaterOnesAndKeepsThePrefix) {
  Ticket ticket({0});
  for (const EpochId epoch : {1U, 2U, 3U}) ASSERT_TRUE(ticket.register_range(0, epoch, epoch * 10));
  EXPECT_FALSE(ticket.epoch_proven(0, 1));
  EXPECT_FALSE(ticket.epoch_failed(0, 2, kAgain));
  EXPECT_TRUE(ticket.failing());
  EXPECT_FALSE(ticket.register_range(0, 4, 40)) << "may write although it can only fail";
  EXPECT_FALSE(ticket.seal(30, cut()));
  EXPECT_TRUE(ticket.epoch_proven(0, 3)) << "the last verdict settles";
  EXPECT_EQ(ticket.state(), State::failed);
  EXPECT_EQ(ticket.prefix(0), 10U);
  EXPECT_TRUE(ticket.failure().by_receiver);
  EXPECT_EQ(ticket.failure().group, kAgain);
}

TEST(Ticket, ALaterEpochProvenBeforeAnEarlierOneFailsProvesNothing) {
  Ticket ticket({0});
  ASSERT_TRUE(ticket.register_range(0, 1, 10));
  ASSERT_TRUE(ticket.register_range(0, 2, 20));
  EXPECT_FALSE(ticket.epoch_proven(0, 2));
  EXPECT_FALSE(ticket.seal(20, std::nullopt));
  EXPECT_TRUE(ticket.epoch_failed(0, 1, kAgain));
  EXPECT_EQ(ticket.state(), State::failed);
  EXPECT_EQ(ticket.prefix(0), 0U);
  EXPECT_EQ(ticket.live_epochs(), 0U);
}

TEST(Ticket, RestartsFromItsPrefixAndCanStillBeProven) {
  Ticket ticket({0});
  ASSERT_TRUE(ticket.register_range(0, 1, 10));
  ASSERT_TRUE(ticket.register_range(0, 2, 20));
  EXPECT_FALSE(ticket.epoch_proven(0, 1));
  EXPECT_FALSE(ticket.seal(20, std::nullopt));
  ASSERT_TRUE(ticket.epoch_failed(0, 2, kAgain));
  ticket.restart();
  EXPECT_EQ(ticket.state(), State::streaming);
  EXPECT_EQ(ticket.prefix(0), 10U);
  EXPECT_FALSE(ticket.failing());
  ASSERT_TRUE(ticket.register_range(0, 3, 20));
  EXPECT_FALSE(ticket.seal(20, std::nullopt));
  EXPECT_TRUE(ticket.epoch_proven(0, 3));
  EXPECT_EQ(ticket.state(), State::proven);
  EXPECT_EQ(ticket.receiver_failures(), 1);
}

TEST(Ticket, ASourceErrorFailsItAfterItsEpochsWereDecided) {
  Ticket ticket({0});
  ASSERT_TRUE(ticket.register_range(0, 1, 10));
  EXPECT_FALSE(ticket.seal(10, cut()));
  EXPECT_TRUE(ticket.epoch_proven(0, 1));
  EXPECT_EQ(ticket.state(), State::failed);
  EXPECT_EQ(ticket.prefix(0), 10U) << "what was proven need not be sent again";
  EXPECT_FALSE(ticket.failure().by_receiver);
  ASSERT_TRUE(ticket.failure().source.has_value());
  EXPECT_EQ(ticket.failure().source->code, "short_body");
}

TEST(Ticket, IsProvenOnlyInEveryOutput) {
  Ticket ticket({0, 0});
  ASSERT_TRUE(ticket.register_range(0, 1, 10));
  ASSERT_TRUE(ticket.register_range(1, 1, 10));
  EXPECT_FALSE(ticket.seal(10, std::nullopt));
  EXPECT_FALSE(ticket.epoch_proven(0, 1));
  EXPECT_TRUE(ticket.epoch_failed(1, 1, kAgain));
  EXPECT_EQ(ticket.state(), State::failed);
  EXPECT_EQ(ticket.prefixes(), (std::vector<std::uint64_t>{10, 0}));
}

TEST(Ticket, ResumesFromPrefixesThatItWasBornWith) {
  Ticket ticket({5});
  EXPECT_EQ(ticket.prefix(0), 5U);
  EXPECT_TRUE(ticket.seal(5, std::nullopt));
  EXPECT_EQ(ticket.state(), State::proven);
}

TEST(Ticket, CountsLoneFailuresUntilItsPrefixRises) {
  Ticket ticket({0});
  for (EpochId epoch = 1; epoch <= 2; ++epoch) {
    ASSERT_TRUE(ticket.register_range(0, epoch, 10));
    EXPECT_FALSE(ticket.seal(10, std::nullopt));
    ASSERT_TRUE(ticket.epoch_failed(0, epoch, kAgain, true));
    ticket.restart();
  }
  EXPECT_EQ(ticket.lone_failures(), 2);
  ASSERT_TRUE(ticket.register_range(0, 3, 5));
  ASSERT_TRUE(ticket.register_range(0, 4, 10));
  EXPECT_FALSE(ticket.epoch_proven(0, 3));
  EXPECT_EQ(ticket.lone_failures(), 0);
  EXPECT_FALSE(ticket.epoch_failed(0, 4, kAgain, false));
  EXPECT_EQ(ticket.lone_failures(), 0);
  EXPECT_EQ(ticket.receiver_failures(), 3);
}

TEST(Ticket, CountsOneReceiverFailureAnAttempt) {
  Ticket ticket({0});
  ASSERT_TRUE(ticket.register_range(0, 1, 10));
  ASSERT_TRUE(ticket.register_range(0, 2, 20));
  EXPECT_FALSE(ticket.seal(20, std::nullopt));
  EXPECT_FALSE(ticket.epoch_failed(0, 1, kAgain));
  EXPECT_TRUE(ticket.epoch_failed(0, 2, {.id = 8, .members = 1, .slot = 0}));
  EXPECT_EQ(ticket.receiver_failures(), 1);
  EXPECT_EQ(ticket.failure().group, kAgain) << "the first failure names the group";
}

TEST(TicketDeath, SecondVerdictOfAnEpochIsOurBug) {
  Ticket ticket({0});
  ASSERT_TRUE(ticket.register_range(0, 1, 10));
  EXPECT_FALSE(ticket.epoch_proven(0, 1));
  EXPECT_DEATH(static_cast<void>(ticket.epoch_failed(0, 1, kAgain)), "assertion failed");
}

TEST(TicketDeath, ARangeThatDoesNotAscendIsOurBug) {
  Ticket ticket({0});
  ASSERT_TRUE(ticket.register_range(0, 1, 10));
  EXPECT_DEATH(static_cast<void>(ticket.register_range(0, 1, 10)), "assertion failed");
}

}  // namespace
}  // namespace dray::flow
