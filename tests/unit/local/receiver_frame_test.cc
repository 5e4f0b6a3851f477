#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"
#include "local/syslog_frame.h"

namespace dray::local {
namespace {

std::string feed_in_pieces(FrameCutter& cutter, const std::string& stream, std::uint64_t seed) {
  Random random(seed);
  std::string whole;
  for (std::size_t at = 0; at < stream.size();) {
    const std::size_t size = 1 + random.below(9);
    EXPECT_TRUE(cutter.feed(std::string_view(stream).substr(at, size), [&](std::string_view run) {
      EXPECT_EQ(run.back(), '\n');
      whole += run;
    }));
    at += size;
  }
  return whole;
}

TEST(FrameCutter, GivesWholeLinesHoweverTheStreamIsCut) {
  const std::string stream = "<14>d h t: one\n<14>d h t: two\n\n<14>d h t: three\ntorn";
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    FrameCutter cutter(Framing::newline, 1024);
    EXPECT_EQ(feed_in_pieces(cutter, stream, seed), stream.substr(0, stream.size() - 4));
    EXPECT_EQ(cutter.torn_bytes(), 4U);
  }
}

TEST(FrameCutter, GivesOctetCountedFramesWithLfInsideUnchangedAndEndsEachWithLf) {
  const std::string stream =
      "3 a\nb2 c\n0 10 0123456789"
      "7 torn";
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    FrameCutter cutter(Framing::octet_counting, 1024);
    EXPECT_EQ(feed_in_pieces(cutter, stream, seed), "a\nb\nc\n\n0123456789\n");
    EXPECT_GT(cutter.torn_bytes(), 0U);
  }
}

TEST(FrameCutter, RefusesAFrameOverTheLimit) {
  FrameCutter lines(Framing::newline, 8);
  const auto ignore = [](std::string_view) {};
  EXPECT_TRUE(lines.feed("12345678", ignore));
  EXPECT_FALSE(lines.feed("9", ignore));
  FrameCutter counted(Framing::octet_counting, 8);
  EXPECT_FALSE(counted.feed("9 ", ignore));
}

TEST(FrameCutter, RefusesAStreamThatIsNotOctetCounted) {
  FrameCutter counted(Framing::octet_counting, 1024);
  EXPECT_FALSE(counted.feed("<14>d h t: one\n", [](std::string_view) {}));
}

TEST(ParseFrame, SplitsTheWireFormatOfDevo) {
  const auto frame = parse_frame("<14>2024-01-16 17:02:56.220 host-1 cloud.aws.vpc.flow: a: b  c ");
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->priority, 14);
  EXPECT_EQ(frame->date, "2024-01-16 17:02:56.220");
  EXPECT_EQ(frame->host, "host-1");
  EXPECT_EQ(frame->tag, "cloud.aws.vpc.flow");
  EXPECT_EQ(frame->text, "a: b  c ");
}

TEST(ParseFrame, KeepsAnEmptyTextAndTheDateWithTwoSpaces) {
  const auto frame = parse_frame("<14>Jan  1 00:00:00 h my.app: ");
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->date, "Jan  1 00:00:00");
  EXPECT_EQ(frame->text, "");
}

TEST(ParseFrame, RefusesOtherShapes) {
  for (const char* text : {"", "hello", "<14>", "<x>a b c: d", "<14>tag: text", "<14>h tag: text", "14>a b c: d"}) {
    EXPECT_FALSE(parse_frame(text)) << text;
  }
}

}  // namespace
}  // namespace dray::local
