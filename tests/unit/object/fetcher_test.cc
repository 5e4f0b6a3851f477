#include "object/fetcher.h"

#include "fixture.h"

namespace dray::object {
namespace {

struct Fetch : StoredObject {
  Fetch() { store.content = "the whole content of the object"; }
  Status run(const std::string& expected_etag = "") {
    return Fetcher(store, clock).fetch(object, expected_etag, sink, stop, fetched);
  }

  Fetched fetched;
};

TEST_F(Fetch, ReadsAWholeObjectOnce) {
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(sink.text, store.content);
  EXPECT_EQ(sink.finished, 1);
  EXPECT_EQ(fetched.etag, "e1");
  EXPECT_EQ(fetched.bytes, store.content.size());
  ASSERT_EQ(store.requests.size(), 1U);
  EXPECT_EQ(store.requests[0].version_id, "v");
  EXPECT_EQ(store.requests[0].if_match, "");
}

TEST_F(Fetch, ReadsAnEmptyObject) {
  store.content.clear();
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(sink.finished, 1);
}

TEST_F(Fetch, ResumesAtTheFirstMissingByteOfTheSameEtag) {
  store.answers = {{.bytes = 5, .error = kCut}, {.bytes = 0, .error = kCut}, {.bytes = 9, .error = kCut}, {}};
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(sink.text, store.content);
  ASSERT_EQ(store.requests.size(), 4U);
  EXPECT_EQ(store.requests[1].offset, 5U);
  EXPECT_EQ(store.requests[3].offset, 14U);
  EXPECT_EQ(store.requests[3].if_match, "e1");
  EXPECT_GT(clock.now(), TimePoint{});
}

TEST_F(Fetch, DropsWhatAServerSendsAgain) {
  store.answers = {{.bytes = 5, .error = kCut}, {.ignores_range = true}};
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(sink.text, store.content);
}

TEST_F(Fetch, TreatsAQuietEndBeforeTheSizeAsACut) {
  store.answers = {{.bytes = 5}, {}};
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(sink.text, store.content);
}

TEST_F(Fetch, NoticesAReplacedObject) {
  const Error failed{ErrorKind::transient, "PreconditionFailed", "412"};
  for (const Answer& second : {Answer{.bytes = 0, .error = failed}, Answer{.etag = "e2"}}) {
    sink = {};
    store.answers = {{.bytes = 5, .error = kCut}, second};
    const Status status = run();
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().kind, ErrorKind::later);
    EXPECT_EQ(status.error().code, "object_replaced");
    EXPECT_EQ(sink.finished, 0);
    EXPECT_EQ(sink.text, store.content.substr(0, 5));
    EXPECT_EQ(fetched.etag, "e1");
  }
}

TEST_F(Fetch, ComparesTheEtagOfAnEarlierAttempt) {
  EXPECT_FALSE(run("e0").ok());
  EXPECT_EQ(store.requests[0].if_match, "e0");
  EXPECT_EQ(sink.text, "");
  EXPECT_TRUE(run("e1").ok());
}

TEST_F(Fetch, GivesUpWithoutProgressAndSaysLater) {
  store.answers = {{.bytes = 5, .error = kCut}, {.bytes = 0, .error = kCut}};
  store.repeat_last = true;
  const Status status = run();
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::later);
  EXPECT_EQ(status.error().code, "short_body");
  EXPECT_LE(store.requests.size(), 10U);
  EXPECT_EQ(fetched.bytes, 5U);
}

TEST_F(Fetch, GoesOnAsLongAsThereIsProgress) {
  store.content.assign(4U << 20U, 'x');
  store.answers = {{.bytes = 64U << 10U, .error = kCut}};
  store.repeat_last = true;
  ASSERT_TRUE(run().ok());
  EXPECT_EQ(sink.text.size(), store.content.size());
}

TEST_F(Fetch, ReturnsErrorsOfTheSinkAndTheStoreUnchanged) {
  sink.refusal = Error{ErrorKind::transient, "mine", "of the sink"};
  EXPECT_EQ(run().error().code, "mine");
  EXPECT_EQ(store.requests.size(), 1U);
  sink.refusal.reset();
  store.answers = {{.bytes = 0, .error = Error{ErrorKind::poison, "NoSuchKey", "404"}}};
  EXPECT_EQ(run().error().code, "NoSuchKey");
}

TEST_F(Fetch, StopsWhileItWaits) {
  store.answers = {{.bytes = 0, .error = kCut}};
  store.repeat_last = true;
  clock.stop_at_sleep = &stop;
  EXPECT_EQ(run().error().kind, ErrorKind::stopped);
  EXPECT_EQ(store.requests.size(), 1U);
}

}  // namespace
}  // namespace dray::object
