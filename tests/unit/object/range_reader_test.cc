#include "object/range_reader.h"

#include "fixture.h"

namespace dray::object {
namespace {

struct Ranges : StoredObject {
  Ranges() {
    for (int i = 0; i < 100'000; ++i) store.content += std::to_string(i);
  }
  std::string part(std::size_t offset, std::size_t length) const { return store.content.substr(offset, length); }

  RangeReader reader{store, clock, object, stop};
};

TEST_F(Ranges, OpenReadsTheEndAndPinsTheObject) {
  ASSERT_TRUE(reader.open("").ok());
  EXPECT_EQ(reader.size(), store.content.size());
  EXPECT_EQ(reader.etag(), "e1");
  EXPECT_EQ(reader.end(), part(store.content.size() - RangeReader::kEndBytes, RangeReader::kEndBytes));
  ASSERT_TRUE(reader.read(100, 50, sink).ok());
  EXPECT_EQ(sink.text, part(100, 50));
  ASSERT_EQ(store.requests.size(), 2U);
  EXPECT_TRUE(store.requests[0].from_end);
  EXPECT_EQ(store.requests[1].offset, 100U);
  EXPECT_EQ(store.requests[1].length, 50U);
  EXPECT_EQ(store.requests[1].if_match, "e1");
  EXPECT_EQ(store.requests[1].version_id, "v");
}

TEST_F(Ranges, WithinTheEndCostNoRequest) {
  ASSERT_TRUE(reader.open("").ok());
  ASSERT_TRUE(reader.read(store.content.size() - 10, 4, sink).ok());
  EXPECT_EQ(sink.text, part(store.content.size() - 10, 4));
  EXPECT_EQ(store.requests.size(), 1U);
}

TEST_F(Ranges, AreResumedAfterACutAtTheFirstMissingByte) {
  store.answers = {{.bytes = 1000, .error = kCut}, {}, {.bytes = 20, .error = kCut}, {}};
  ASSERT_TRUE(reader.open("").ok());
  EXPECT_EQ(reader.end(), part(store.content.size() - RangeReader::kEndBytes, RangeReader::kEndBytes));
  ASSERT_TRUE(reader.read(7, 50, sink).ok());
  EXPECT_EQ(sink.text, part(7, 50));
  EXPECT_EQ(store.requests[3].offset, 27U);
  EXPECT_EQ(store.requests[3].length, 30U);
}

TEST_F(Ranges, OfAServerThatIgnoresThemAreCutOut) {
  store.answers = {{.ignores_range = true}, {.ignores_range = true}};
  ASSERT_TRUE(reader.open("").ok());
  EXPECT_EQ(reader.end(), part(store.content.size() - RangeReader::kEndBytes, RangeReader::kEndBytes));
  ASSERT_TRUE(reader.read(7, 50, sink).ok());
  EXPECT_EQ(sink.text, part(7, 50));
}

TEST_F(Ranges, OfAnObjectThatWasReplacedAreAnError) {
  ASSERT_TRUE(reader.open("").ok());
  store.answers = {{.bytes = 0, .error = Error{ErrorKind::transient, "PreconditionFailed", "m"}}};
  Status status = reader.read(7, 50, sink);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "object_replaced");
  EXPECT_EQ(status.error().kind, ErrorKind::later);
  store.answers = {{.etag = "e2"}};
  status = reader.read(7, 50, sink);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "object_replaced");
  EXPECT_EQ(sink.text, "");
}

TEST_F(Ranges, OfAnotherObjectThanAnEarlierAttemptReadAreAnError) {
  const Status status = reader.open("e0");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "object_replaced");
  EXPECT_EQ(store.requests[0].if_match, "e0");
}

TEST_F(Ranges, OfNothingAreNone) {
  store.content.clear();
  store.answers = {{.bytes = 0, .error = Error{ErrorKind::transient, "InvalidRange", "m"}}};
  ASSERT_TRUE(reader.open("").ok());
  EXPECT_EQ(reader.size(), 0U);
  EXPECT_EQ(reader.end(), "");
}

TEST_F(Ranges, GiveUpWhenNothingComes) {
  for (int i = 0; i < 50; ++i) store.answers.push_back({.bytes = 0, .error = kCut});
  const Status status = reader.open("");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::later);
  EXPECT_LT(store.requests.size(), 10U);
}

TEST_F(Ranges, PassOnWhatTheSinkRefuses) {
  ASSERT_TRUE(reader.open("").ok());
  sink.refusal = Error{ErrorKind::poison, "no_more", "m"};
  const Status status = reader.read(7, 50, sink);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "no_more");
}

}  // namespace
}  // namespace dray::object
