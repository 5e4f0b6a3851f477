// The small rules of delivery, each by itself: byte cap, connect budget, canary, required proof, retry groups, frames.
#include <gtest/gtest.h>

#include <algorithm>

#include "output/byte_cap.h"
#include "output/canary.h"
#include "output/connect_budget.h"
#include "output/epoch.h"
#include "output/frame.h"
#include "output/proof_level.h"
#include "output/retry_groups.h"

namespace dray::output {
namespace {

TimePoint at(Duration since) {
  return {seconds(100) + since};
}

TEST(ByteCap, GrowsWithTheReceiversSpeedAndNoFurtherThanItsBounds) {
  ByteCap cap;
  EXPECT_EQ(cap.bytes(), ByteCap::kStart);
  cap.proven(cap.bytes(), cap.bytes(), milliseconds(2400));
  EXPECT_EQ(cap.bytes(), 2 * ByteCap::kStart);
  cap.proven(cap.bytes(), cap.bytes(), milliseconds(5));
  EXPECT_EQ(cap.bytes(), 16 * ByteCap::kStart) << "at most eightfold";
  for (int i = 0; i < 10; ++i) cap.proven(cap.bytes(), cap.bytes(), milliseconds(5));
  EXPECT_EQ(cap.bytes(), ByteCap::kMax);
}

TEST(ByteCap, IsNotMovedUpByAnEpochThatWasNotFullOrOfAnOlderCap) {
  ByteCap cap;
  const std::size_t start = cap.bytes();
  cap.proven(start, start / 2, milliseconds(5));
  EXPECT_EQ(cap.bytes(), start);
  cap.proven(start, start, milliseconds(2000));
  cap.proven(start, start, milliseconds(2000));
  EXPECT_EQ(cap.bytes(), 2 * start) << "the second proof says nothing about the doubled cap";
}

TEST(ByteCap, ShrinksForASlowReceiverAndAfterAFailure) {
  ByteCap cap;
  const auto start = static_cast<double>(cap.bytes());
  cap.proven(cap.bytes(), cap.bytes(), seconds(6));
  EXPECT_NEAR(static_cast<double>(cap.bytes()), start * 0.7, 1.0);
  cap.failed();
  EXPECT_EQ(cap.bytes(), ByteCap::kMin);
}

TEST(ConnectBudget, AllowsABurstOfTwentyAndThenTenASecond) {
  ConnectBudget budget;
  int taken = 0;
  for (int i = 0; i < 100; ++i) taken += budget.take(at({})) ? 1 : 0;
  EXPECT_EQ(taken, 20);
  EXPECT_GT(budget.next(), at({}));
  for (int ms = 1; ms <= 1000; ++ms) taken += budget.take(at(milliseconds(ms))) ? 1 : 0;
  EXPECT_GE(taken, 29);
  EXPECT_LE(taken, 30);
}

TEST(Canary, TripsOnADeathWithinTheSettlingTimeOnEitherSide) {
  Canary canary;
  canary.died(at(seconds(10)));
  EXPECT_TRUE(canary.tripped(at(seconds(10) - milliseconds(250)), milliseconds(250)));
  EXPECT_TRUE(canary.tripped(at(seconds(10) + milliseconds(250)), milliseconds(250)));
  EXPECT_FALSE(canary.tripped(at(seconds(10) + milliseconds(251)), milliseconds(250)));
}

TEST(Canary, SettlesForFourRoundTripsOnALongWay) {
  EXPECT_EQ(settling_time(milliseconds(1)), milliseconds(250));
  EXPECT_EQ(settling_time(milliseconds(200)), milliseconds(800));
}

using Verdict = RequiredProof::Verdict;

TEST(RequiredProof, OfAutoRisesAndFallsOnlyAfterTwoLowProbesFiveSecondsApart) {
  RequiredProof proof(ProofMode::automatic);
  EXPECT_EQ(proof.probed(ProofLevel::end_of_file, at({})), Verdict::passed);
  EXPECT_EQ(proof.probed(ProofLevel::close_notify, at({})), Verdict::passed);
  EXPECT_FALSE(proof.enough(ProofLevel::end_of_file));
  EXPECT_EQ(proof.probed(ProofLevel::end_of_file, at(seconds(1))), Verdict::low);
  EXPECT_EQ(proof.probed(ProofLevel::end_of_file, at(seconds(5))), Verdict::low) << "only 4 s apart";
  EXPECT_EQ(proof.probed(ProofLevel::end_of_file, at(seconds(6))), Verdict::lowered);
  EXPECT_TRUE(proof.enough(ProofLevel::end_of_file));
}

TEST(RequiredProof, ACloseNotifyBetweenTwoLowProbesKeepsTheRequirement) {
  RequiredProof proof(ProofMode::automatic);
  EXPECT_EQ(proof.probed(ProofLevel::close_notify, at({})), Verdict::passed);
  EXPECT_EQ(proof.probed(ProofLevel::end_of_file, at(seconds(1))), Verdict::low);
  proof.seen(ProofLevel::close_notify);
  EXPECT_EQ(proof.probed(ProofLevel::end_of_file, at(seconds(7))), Verdict::low);
}

TEST(RequiredProof, OfAutoNeverFallsToTheKernel) {
  RequiredProof proof(ProofMode::automatic);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(proof.probed(ProofLevel::kernel, at(seconds(10 * i))), Verdict::low);
}

TEST(RequiredProof, OfStrictNeverFalls) {
  RequiredProof proof(ProofMode::strict);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(proof.probed(ProofLevel::end_of_file, at(seconds(10 * i))), Verdict::low);
  EXPECT_EQ(proof.probed(ProofLevel::close_notify, at(seconds(200))), Verdict::passed);
}

TEST(RequiredProof, SaysOnceThatNothingAnswers) {
  RequiredProof proof(ProofMode::automatic);
  EXPECT_FALSE(proof.unanswered());
  EXPECT_FALSE(proof.unanswered());
  EXPECT_TRUE(proof.unanswered());
  EXPECT_FALSE(proof.unanswered());
  EXPECT_NE(proof.hopeless("host:1").find("delivery_proof: kernel"), std::string::npos);
}

TEST(RetryGroups, StayTogetherAfterTheFirstFailureAndAreHalvedInByteOrderAfterwards) {
  RetryGroups groups("devo");
  const auto first = groups.after_failure({}, 5, 1);
  ASSERT_EQ(first.size(), 5U);
  EXPECT_TRUE(std::ranges::all_of(first, [&](const auto& group) { return group == first[0]; }));
  EXPECT_EQ(first[0].members, 5U);
  EXPECT_EQ(first[0].slot, 1U);
  const auto second = groups.after_failure(first[0], 5, 1);
  EXPECT_EQ(second[0].members, 3U);
  EXPECT_EQ(second[2], second[0]);
  EXPECT_EQ(second[3].members, 2U);
  EXPECT_EQ(second[4], second[3]);
  EXPECT_NE(second[0].id, second[3].id);
  EXPECT_NE(second[0].id, first[0].id);
}

TEST(RetryGroups, OfTwoOutputsNeverShareAnId) {
  RetryGroups one("devo_1");
  RetryGroups two("devo_2");
  EXPECT_NE(one.after_failure({}, 1, 0)[0].id, two.after_failure({}, 1, 0)[0].id);
}

TEST(GroupTally, TellsWhenAllOfAGroupWereSent) {
  GroupTally tally;
  const flow::RetryGroup group{.id = 9, .members = 2, .slot = 0};
  EXPECT_FALSE(tally.finished(group));
  EXPECT_TRUE(tally.finished(group));
}

TEST(Epoch, TakesNoNewObjectAtThreeQuartersAndNothingAtItsCap) {
  Epoch epoch(1, nullptr);
  epoch.passengers.resize(1);
  epoch.cap = 1000;
  epoch.first_byte_at = epoch.last_byte_at = at({});
  epoch.bytes = 749;
  EXPECT_FALSE(epoch.soft_limit_reached(at({})));
  epoch.bytes = 750;
  EXPECT_TRUE(epoch.soft_limit_reached(at({})));
  EXPECT_FALSE(epoch.hard_limit_reached(at({})));
  EXPECT_TRUE(epoch.fits(250));
  EXPECT_FALSE(epoch.fits(251));
  epoch.bytes = 1000;
  EXPECT_TRUE(epoch.hard_limit_reached(at({})));
}

TEST(Epoch, IsSealedByAgeIdleTimeAndNumberOfObjects) {
  Epoch epoch(1, nullptr);
  epoch.passengers.resize(1);
  epoch.cap = 1000;
  epoch.bytes = 1;
  epoch.first_byte_at = epoch.last_byte_at = at({});
  EXPECT_FALSE(epoch.soft_limit_reached(at(milliseconds(999))));
  EXPECT_TRUE(epoch.soft_limit_reached(at(seconds(1)))) << "idle";
  epoch.last_byte_at = at(seconds(5));
  EXPECT_TRUE(epoch.soft_limit_reached(at(seconds(5)))) << "age";
  EXPECT_FALSE(epoch.hard_limit_reached(at(seconds(9))));
  EXPECT_TRUE(epoch.hard_limit_reached(at(seconds(10))));
  epoch.first_byte_at = at(seconds(5));
  EXPECT_FALSE(epoch.soft_limit_reached(at(seconds(5))));
  epoch.passengers.resize(2000);
  EXPECT_TRUE(epoch.soft_limit_reached(at(seconds(5))));
}

TEST(Epoch, TakesALeaseLargerThanItsCapWhenItIsEmpty) {
  Epoch epoch(1, nullptr);
  epoch.cap = 1000;
  EXPECT_TRUE(epoch.fits(5000));
}

class FixedClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return {}; }
  [[nodiscard]] BootTime boot_now() const override { return {}; }
  [[nodiscard]] WallTime wall_now() const override { return wall; }
  void sleep_until(TimePoint) override {}
  WallTime wall{1'705'424'576'220'123};  // 2024-01-16 17:02:56.220123

 private:
  void wait(Signal&, std::unique_lock<std::mutex>&, TimePoint) override {}
  void wake(Signal&, bool) override {}
};

TEST(FrameBuilder, WritesHeaderTextAndLineEnd) {
  FixedClock clock;
  FrameBuilder frames(clock, "host-1");
  frames.append("my.app.a.b", "text one");
  frames.append("my.app.a.b", "");
  frames.append("my.app.c", "three");
  EXPECT_EQ(frames.frames(),
            "<14>2024-01-16 17:02:56.220 host-1 my.app.a.b: text one\n"
            "<14>2024-01-16 17:02:56.220 host-1 my.app.a.b: \n"
            "<14>2024-01-16 17:02:56.220 host-1 my.app.c: three\n");
}

TEST(FrameBuilder, FollowsTheClockAcrossMidnightAndLeapDay) {
  FixedClock clock;
  FrameBuilder frames(clock, "h");
  clock.wall.micros = 1'709'251'199'999'999;  // 2024-02-29 23:59:59.999
  frames.append("t", "x");
  frames.clear();
  clock.wall.micros += 1;
  frames.append("t", "x");
  EXPECT_EQ(frames.frames(), "<14>2024-03-01 00:00:00.000 h t: x\n");
}

TEST(FrameBuilder, GivesBackTheMemoryOfALongEvent) {
  FixedClock clock;
  FrameBuilder frames(clock, "h");
  const std::string text(10 << 20U, 'x');
  EXPECT_FALSE(frames.would_overflow("t", text)) << "an empty buffer takes any event";
  frames.append("t", text);
  EXPECT_TRUE(frames.would_overflow("t", "x"));
  EXPECT_EQ(frames.frames().size(), text.size() + std::string("<14>2024-01-16 17:02:56.220 h t: \n").size());
  frames.clear();
  EXPECT_TRUE(frames.frames().empty());
}

}  // namespace
}  // namespace dray::output
