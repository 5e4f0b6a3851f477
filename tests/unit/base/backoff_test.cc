#include "base/backoff.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace dray {
namespace {

TEST(Backoff, TheBoundDoublesUpToTheCap) {
  const Backoff backoff({.first = seconds(1), .cap = seconds(60), .least = Duration{0}}, 1);
  EXPECT_EQ(backoff.bound(0), seconds(1));
  EXPECT_EQ(backoff.bound(3), seconds(8));
  EXPECT_EQ(backoff.bound(6), seconds(60));
  EXPECT_EQ(backoff.bound(2'000'000'000), seconds(60));
}

TEST(Backoff, WaitsSpreadOverTheWholeSpanAndNeverLeaveIt) {
  Backoff backoff({.first = seconds(1), .cap = seconds(16), .least = seconds(1)}, 7);
  for (int i = 0; i < 4; ++i) (void)backoff.next();
  Duration shortest = seconds(99);
  Duration longest{0};
  for (int i = 0; i < 2000; ++i) {
    const Duration wait = backoff.next();
    shortest = std::min(shortest, wait);
    longest = std::max(longest, wait);
  }
  EXPECT_GE(shortest, seconds(1));
  EXPECT_LT(shortest, seconds(2));
  EXPECT_GT(longest, seconds(15));
  EXPECT_LE(longest, seconds(16));
}

TEST(Backoff, ASuccessStartsAnew) {
  Backoff backoff({.first = milliseconds(10), .cap = seconds(10), .least = Duration{0}}, 3);
  for (int i = 0; i < 20; ++i) (void)backoff.next();
  EXPECT_EQ(backoff.tries(), 20);
  backoff.reset();
  EXPECT_LE(backoff.next(), milliseconds(10));
}

TEST(Backoff, EqualSeedsWaitEqually) {
  Backoff one({}, 5), two({}, 5), other({}, 6);
  bool differs = false;
  for (int i = 0; i < 10; ++i) {
    const Duration wait = one.next();
    EXPECT_EQ(wait, two.next());
    differs = differs || wait != other.next();
  }
  EXPECT_TRUE(differs);
}

}  // namespace
}  // namespace dray
