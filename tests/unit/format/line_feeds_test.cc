// LineFeeds against a plain search, and what LineCutter makes of them.
#include "format/line_feeds.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/random.h"
#include "format/plain_lines.h"

namespace dray::format {
namespace {

TEST(LineFeeds, AllAreFoundInOrder) {
  LineFeeds line_feeds;
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    // From line feeds alone to none.
    const std::uint64_t rarity = 1 + random.below(seed % 3 == 0 ? 3 : 200);
    std::string text;
    std::vector<std::uint16_t> expected;
    for (std::size_t size = random.below(LineFeeds::kBytesMax + 1); text.size() < size;) {
      if (random.below(rarity) == 0) {
        expected.push_back(static_cast<std::uint16_t>(text.size()));
        text += '\n';
      } else {
        text += random.chance(0.1) ? '\x8A' : 'x';
      }
    }
    const std::vector<char> copy(text.begin(), text.end());  // so that a look beyond the end is seen
    const auto found = line_feeds.find({copy.data(), copy.size()});
    ASSERT_EQ(std::vector<std::uint16_t>(found.begin(), found.end()), expected) << seed;
  }
}

class Stops final : public flow::RecordSink {
 public:
  explicit Stops(std::size_t after) : after_(after) {}
  Status accept(const flow::Record& record) override {
    if (taken.size() == after_) return Error{ErrorKind::later, "stop", "enough"};
    taken.emplace_back(record.bytes);
    return {};
  }
  std::vector<std::string> taken;

 private:
  std::size_t after_;
};

TEST(LineCutter, AnErrorOfTheSinkEndsABatchOfLinesWhereItIs) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "line " + std::to_string(i) + (i % 7 == 0 ? "\r\n\n" : "\n");
  for (const std::size_t after : {0U, 1U, 77U, 499U}) {
    Stops sink(after);
    PlainLines lines({}, sink);
    const Status status = lines.write(text);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, "stop");
    ASSERT_EQ(sink.taken.size(), after);
    EXPECT_EQ(after == 0 ? "line -1" : sink.taken.back(), "line " + std::to_string(static_cast<int>(after) - 1));
  }
}

}  // namespace
}  // namespace dray::format
