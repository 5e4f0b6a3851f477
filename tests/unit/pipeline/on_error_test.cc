// on_error through the whole pipeline: one notification, one object, an output that proves when it is told to, and a
// queue that says what was deleted. Each class with each disposition.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <sstream>
#include <thread>

#include "base/digest.h"
#include "base/encoding.h"
#include "pipeline/collector.h"

namespace dray::pipeline {
namespace {

namespace fs = std::filesystem;
using flow::Disposition;
using flow::Trouble;
using Texts = std::vector<std::string>;

// One message, visible at once, again a moment after it was left or released.
class OneMessage final : public aws::Queue {
 public:
  OneMessage(std::string body, Clock& clock) : body_(std::move(body)), clock_(clock) {}

  Result<std::vector<aws::ReceivedMessage>> receive(const aws::ReceiveRequest& request, const Stop& stop) override {
    for (int i = 0; i < 10 && !stop.requested(); ++i) {
      {
        const std::lock_guard lock(mutex_);
        if (!deleted && clock_.now() >= visible_at_) {
          visible_at_ = clock_.now() + request.visibility;
          ++receives;
          return std::vector<aws::ReceivedMessage>{{.message_id = "m1",
                                                    .receipt_handle = "h" + std::to_string(receives),
                                                    .body = body_,
                                                    .md5_of_body = hex(md5(body_)),
                                                    .receive_count = receives,
                                                    .sent_at = {}}};
        }
      }
      clock_.sleep_until(clock_.now() + milliseconds(5));
    }
    return std::vector<aws::ReceivedMessage>{};
  }
  Result<std::vector<Status>> remove(const std::vector<std::string>& handles, TimePoint) override {
    deleted = true;
    return std::vector<Status>(handles.size());
  }
  Result<std::vector<Status>> change_visibility(const std::vector<aws::VisibilityChange>& changes, TimePoint) override {
    const std::lock_guard lock(mutex_);
    for (const aws::VisibilityChange& change : changes) visible_at_ = clock_.now() + change.visibility;
    return std::vector<Status>(changes.size());
  }

  std::atomic<bool> deleted{false};
  std::atomic<int> receives{0};

 private:
  const std::string body_;
  Clock& clock_;
  std::mutex mutex_;
  TimePoint visible_at_;
};

class OneObject final : public aws::ObjectStore {
 public:
  explicit OneObject(std::string bytes) : bytes_(std::move(bytes)) {}
  Status get(const aws::GetRequest& request, aws::BodySink& sink, const Stop&) override {
    ++gets;
    if (!request.if_match.empty() && request.if_match != "e1") {
      return Error{ErrorKind::transient, "PreconditionFailed", "other"};
    }
    if (Status begun = sink.begin({.etag = "e1", .size = bytes_.size(), .offset = request.offset}); !begun)
      return begun;
    return sink.write(std::string_view(bytes_).substr(request.offset));
  }
  std::atomic<int> gets{0};

 private:
  const std::string bytes_;
};

// Every lane's records travel in an epoch of their own that is undecided until settle().
class ToldOutput final : public output::Output {
 public:
  [[nodiscard]] const std::string& name() const override { return name_; }
  std::unique_ptr<output::Lane> open(std::shared_ptr<flow::Ticket> ticket, std::size_t index,
                                     const flow::RetryGroup&) override;
  [[nodiscard]] bool ready() const override { return true; }
  [[nodiscard]] TimePoint down_since() const override { return TimePoint::never(); }
  void start(flow::TicketListener& listener) override { listener_ = &listener; }
  void seal() override {}
  void stop(TimePoint) override { settle(false); }
  [[nodiscard]] output::OutputStats stats() const override { return {}; }

  void settle(bool proven) {
    std::vector<Sent> sent;
    {
      const std::lock_guard lock(mutex_);
      sent.swap(undecided_);
    }
    for (Sent& one : sent) {
      const bool settled =
          proven ? one.ticket->epoch_proven(one.index, one.epoch) : one.ticket->epoch_failed(one.index, one.epoch, {});
      if (settled) listener_->settled(one.ticket);
    }
  }
  [[nodiscard]] std::size_t undecided() {
    const std::lock_guard lock(mutex_);
    return undecided_.size();
  }
  [[nodiscard]] Texts texts() {
    const std::lock_guard lock(mutex_);
    return texts_;
  }

 private:
  struct Sent {
    std::shared_ptr<flow::Ticket> ticket;
    std::size_t index;
    flow::EpochId epoch;
  };
  class ToldLane;

  const std::string name_ = "told";
  flow::TicketListener* listener_ = nullptr;
  std::mutex mutex_;
  std::vector<Sent> undecided_;
  Texts texts_;
  flow::EpochId next_ = 1;
};

class ToldOutput::ToldLane final : public output::Lane {
 public:
  ToldLane(ToldOutput& output, std::shared_ptr<flow::Ticket> ticket, std::size_t index)
      : output_(output), ticket_(std::move(ticket)), index_(index) {}

  Status send(std::uint64_t ordinal, std::string_view, std::string_view text) override {
    if (ordinal <= ticket_->prefix(index_)) return {};
    const std::lock_guard lock(output_.mutex_);
    if (epoch_ == 0) epoch_ = output_.next_++;
    if (!ticket_->register_range(index_, epoch_, ordinal)) return Error{ErrorKind::later, "failed", "ticket failed"};
    output_.texts_.emplace_back(text);
    return {};
  }
  Status finish() override {
    const std::lock_guard lock(output_.mutex_);
    if (epoch_ != 0) output_.undecided_.push_back({ticket_, index_, epoch_});
    return {};
  }

 private:
  ToldOutput& output_;
  const std::shared_ptr<flow::Ticket> ticket_;
  const std::size_t index_;
  flow::EpochId epoch_ = 0;
};

std::unique_ptr<output::Lane> ToldOutput::open(std::shared_ptr<flow::Ticket> ticket, std::size_t index,
                                               const flow::RetryGroup&) {
  return std::make_unique<ToldLane>(*this, std::move(ticket), index);
}

struct Setting {
  service::Definition definition;
  std::string stored;
  flow::Dispositions dispositions;
  bool quarantine_is_broken = false;
  std::size_t record_bytes_max = 1U << 20U;
};

class Bench {
 public:
  explicit Bench(const Setting& setting)
      : queue(kBody, clock_),
        store(setting.stored),
        log_(clock_, -1, telemetry::Format::text, telemetry::Level::error) {
    std::string pattern = (fs::temp_directory_path() / "dray-on-error-XXXXXX").string();
    root_ = ::mkdtemp(pattern.data());
    if (setting.quarantine_is_broken) std::ofstream(root_ / "state") << "a file in its place";
    quarantine_ =
        std::make_unique<quarantine::Quarantine>((root_ / "state/quarantine").string(), quarantine::Limits{}, clock_);
    auto service =
        decode::prepare(setting.definition, {.record_bytes_max = setting.record_bytes_max, .oversize_in_pieces = true});
    EXPECT_TRUE(service);
    auto told = std::make_unique<ToldOutput>();
    output = told.get();
    Plan plan;
    plan.input = "input";
    plan.identity_scope = "test";
    plan.dispositions = setting.dispositions;
    plan.quarantine = quarantine_.get();
    plan.outputs = {output};
    plan.selector = std::make_unique<const route::Selector>(std::vector{service->service});
    plan.services.push_back(*std::move(service));
    InputRunOptions options;
    options.workers = 1;
    options.pollers = 1;
    options.receive = {.messages_max = 1, .wait = seconds(0), .visibility = seconds(1)};
    options.acknowledger.visibility = seconds(1);
    collector_ = std::make_unique<Collector>(clock_, telemetry::Logger(log_, "collector"));
    collector_->add_output(std::move(told));
    collector_->add_input(std::make_unique<InputRun>(std::move(plan), queue, store, clock_, threads_,
                                                     telemetry::Logger(log_, "input"), options));
    collector_->start();
  }
  ~Bench() {
    (void)collector_->stop(seconds(1));
    collector_.reset();
    fs::remove_all(root_);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  template <class Holds>
  bool comes(const Holds& holds) {
    for (int i = 0; i < 2000 && !holds(); ++i) std::this_thread::sleep_for(milliseconds(5));
    return holds();
  }
  // The worker is through with the object when the ledger has nothing to stream; what is sent waits for its verdict.
  bool streamed() {
    return comes([&] { return output->undecided() > 0; });
  }
  bool is_deleted() {
    return comes([&] {
      output->settle(true);
      return queue.deleted.load();
    });
  }
  // It came back twice and was not deleted.
  bool is_left() {
    return comes([&] {
             output->settle(true);
             return queue.receives > 2;
           }) &&
           !queue.deleted;
  }
  // The summary's: quarantined and dropped, once each whatever the attempts were.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> counted() const {
    const LedgerCounts counts = collector_->counts().work;
    return {counts.quarantined, counts.dropped};
  }
  [[nodiscard]] std::size_t quarantined() const { return quarantine_->files(); }
  [[nodiscard]] std::string quarantined_text() const {
    std::ostringstream text;
    for (const auto& one : fs::directory_iterator(root_ / "state/quarantine"))
      text << std::ifstream(one.path()).rdbuf();
    return text.str();
  }

 private:
  static constexpr const char* kBody =
      R"({"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-1",)"
      R"("eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"k","size":1,"eTag":"e1",)"
      R"("sequencer":"01"}}}]})";
  SystemClock clock_;
  SystemThreads threads_;
  fs::path root_;

 public:
  OneMessage queue;
  OneObject store;
  ToldOutput* output = nullptr;

 private:
  telemetry::Log log_;
  std::unique_ptr<quarantine::Quarantine> quarantine_;
  std::unique_ptr<Collector> collector_;
};

service::Definition lines(const char* json = "false") {
  service::Definition definition;
  definition.name = "custom_service";
  definition.file_format = {"line_split_processor", {{"json", json}}};
  definition.routing_template = "my.app.t";
  return definition;
}

service::Definition records() {
  service::Definition definition = lines();
  definition.file_format = {"unseparated_json_processor", {{"key", "Records"}}};
  return definition;
}

flow::Dispositions with(Trouble trouble, Disposition disposition) {
  flow::Dispositions dispositions;
  dispositions.set(trouble, disposition);
  return dispositions;
}

constexpr const char* kBroken = "{\"Records\":[{\"a\":1},{\"a\":2}x\n,{\"a\":3}]}";
const Texts kGood{"{\"a\":1}", "{\"a\":2}"};

TEST(OnError, ACorruptObjectIsLeftByDefaultItsGoodPartSentOnce) {
  Bench bench({.definition = records(), .stored = kBroken, .dispositions = {}});
  EXPECT_TRUE(bench.is_left());
  EXPECT_EQ(bench.output->texts(), kGood);
}

TEST(OnError, AQuarantinedObjectIsDeletedOnlyAfterTheFileIsThereAndItsGoodPartIsProven) {
  Bench bench({.definition = records(),
               .stored = kBroken,
               .dispositions = with(Trouble::corrupt_object, Disposition::quarantine)});
  ASSERT_TRUE(bench.streamed());
  ASSERT_TRUE(bench.comes([&] { return bench.quarantined() == 1; }));
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_FALSE(bench.queue.deleted) << "nothing is proven yet";
  EXPECT_TRUE(bench.is_deleted());
  EXPECT_EQ(bench.output->texts(), kGood);
  const std::string text = bench.quarantined_text();
  for (const char* part : {"\"corrupt_object\"", "\"bad_json\"", "\"bucket\":\"b\"", "\"key\":\"k\"", "\"etag\":\"e1\"",
                           "\"message_id\":\"m1\"", "custom_service", "{\"a\":2}x"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
}

TEST(OnError, AFailedEpochSendsOnlyTheGoodPartAgainAndWritesTheSameFile) {
  Bench bench({.definition = records(),
               .stored = kBroken,
               .dispositions = with(Trouble::corrupt_object, Disposition::quarantine)});
  ASSERT_TRUE(bench.streamed());
  bench.output->settle(false);
  ASSERT_TRUE(bench.comes([&] { return bench.output->texts().size() == 4; }));
  EXPECT_TRUE(bench.is_deleted());
  EXPECT_EQ(bench.quarantined(), 1U);
  EXPECT_EQ(bench.counted(), std::pair(1UL, 0UL));
  EXPECT_EQ(bench.output->texts(), (Texts{kGood[0], kGood[1], kGood[0], kGood[1]}));
}

TEST(OnError, AQuarantineThatCannotTakeItLeavesTheObject) {
  Bench bench({.definition = records(),
               .stored = kBroken,
               .dispositions = with(Trouble::corrupt_object, Disposition::quarantine),
               .quarantine_is_broken = true});
  EXPECT_TRUE(bench.is_left());
  EXPECT_EQ(bench.counted(), std::pair(0UL, 0UL));
  EXPECT_EQ(bench.output->texts(), kGood);
}

TEST(OnError, ADeletedObjectGoesAfterItsGoodPartIsProven) {
  Bench bench(
      {.definition = records(), .stored = kBroken, .dispositions = with(Trouble::corrupt_object, Disposition::remove)});
  ASSERT_TRUE(bench.streamed());
  std::this_thread::sleep_for(milliseconds(50));
  EXPECT_FALSE(bench.queue.deleted);
  EXPECT_TRUE(bench.is_deleted());
  EXPECT_EQ(bench.output->texts(), kGood);
}

TEST(OnError, ACorruptObjectSentRawIsReadTwiceAndSentOnce) {
  Bench bench({.definition = records(),
               .stored = kBroken,
               .dispositions = with(Trouble::corrupt_object, Disposition::send_raw)});
  EXPECT_TRUE(bench.is_deleted());
  EXPECT_EQ(bench.output->texts(), (Texts{"{\"a\":1}", "{\"a\":2}", "x", ",{\"a\":3}]}"}));
  EXPECT_EQ(bench.store.gets, 2);
}

// Not one record comes out of them, so that "sent raw" would be a notification deleted for nothing.
TEST(OnError, AnObjectOfWhichNothingCanBeSentRawIsLeft) {
  service::Definition gzip_only = lines();
  gzip_only.encoding = "gzip";
  for (const char* stored : {"plain text where gzip was announced\n", "\x1F\x8B\x07 damaged header"}) {
    SCOPED_TRACE(stored);
    Bench bench({.definition = gzip_only,
                 .stored = stored,
                 .dispositions = with(Trouble::corrupt_object, Disposition::send_raw)});
    EXPECT_TRUE(bench.is_left());
    EXPECT_EQ(bench.output->texts(), Texts{});
  }
}

struct Whole {
  Trouble trouble;
  const char* stored;
  Texts raw;
};

// Of the classes that concern an object as a whole: nothing of it is sent but raw.
TEST(OnError, EveryClassOfObjectsHasEveryDisposition) {
  const std::string deep = std::string("{\"Records\":[") + std::string(2000, '[');
  const Whole all[] = {
      {Trouble::unknown_codec, "Obj\x01 avro", {"Obj\x01 avro"}},
      {Trouble::limit_exceeded, deep.c_str(), {deep}},
      {Trouble::unknown_format, "{\"Other\":[]}", {"{\"Other\":[]}"}},
  };
  for (const Whole& one : all) {
    for (const flow::DispositionName& disposition : flow::kDispositions) {
      SCOPED_TRACE(std::string(flow::name_of(one.trouble)) + ": " + std::string(disposition.name));
      Bench bench(
          {.definition = records(), .stored = one.stored, .dispositions = with(one.trouble, disposition.disposition)});
      if (disposition.disposition == Disposition::leave) {
        EXPECT_TRUE(bench.is_left());
      } else {
        EXPECT_TRUE(bench.is_deleted());
      }
      EXPECT_EQ(bench.output->texts(), disposition.disposition == Disposition::send_raw ? one.raw : Texts{});
      const bool quarantined = disposition.disposition == Disposition::quarantine;
      EXPECT_EQ(bench.quarantined(), quarantined ? 1U : 0U);
      EXPECT_EQ(bench.counted(),
                std::pair(quarantined ? 1UL : 0UL, disposition.disposition == Disposition::remove ? 1UL : 0UL));
    }
  }
}

TEST(OnError, QuarantinedRecordsAreKeptAndResumingSkipsWhatIsProven) {
  Bench bench({.definition = lines("true"),
               .stored = "{\"a\":1}\nbad 1\n{\"a\":2}\nbad 2\n{\"a\":3}\n",
               .dispositions = with(Trouble::undecodable_record, Disposition::quarantine)});
  ASSERT_TRUE(bench.streamed());
  bench.output->settle(false);
  EXPECT_TRUE(bench.is_deleted());
  EXPECT_EQ(bench.quarantined(), 2U);
  EXPECT_EQ(bench.counted(), std::pair(2UL, 0UL));
  const Texts once{"{\"a\":1}", "{\"a\":2}", "{\"a\":3}"};
  Texts twice = once;
  twice.insert(twice.end(), once.begin(), once.end());
  EXPECT_EQ(bench.output->texts(), twice);
}

TEST(OnError, OversizeRecordsGoInPiecesOrToQuarantineOrAway) {
  const std::pair<Disposition, Texts> all[] = {{Disposition::send_raw, {"short", "01234567", "89", "end"}},
                                               {Disposition::quarantine, {"short", "end"}},
                                               {Disposition::remove, {"short", "end"}}};
  for (const auto& [disposition, texts] : all) {
    Bench bench({.definition = lines(),
                 .stored = "short\n0123456789\nend\n",
                 .dispositions = with(Trouble::oversize_record, disposition),
                 .record_bytes_max = 8});
    EXPECT_TRUE(bench.is_deleted());
    EXPECT_EQ(bench.output->texts(), texts);
    EXPECT_EQ(bench.quarantined(), disposition == Disposition::quarantine ? 2U : 0U);
    EXPECT_EQ(bench.counted(), std::pair(disposition == Disposition::quarantine ? 2UL : 0UL,
                                         disposition == Disposition::remove ? 2UL : 0UL));
  }
}

}  // namespace
}  // namespace dray::pipeline
