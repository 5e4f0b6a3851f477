#include "local/receiver.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

#include "base/clock.h"
#include "local/receiver_command.h"
#include "local/test_certificates.h"
#include "receiver_client.h"

namespace dray::local {
namespace {

using End = TestClient::End;

class ReceiverTest : public testing::Test {
 public:
  ~ReceiverTest() override { std::filesystem::remove_all(directory_); }

 protected:
  ReceiverTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "dray-receiver-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    const Result<CertificateFiles> made = make_test_certificates(directory_ + "/certs", {"localhost", "127.0.0.1"});
    EXPECT_TRUE(made) << made.error().message;
    files_ = *made;
  }

  [[nodiscard]] ReceiverOptions tls() const {
    ReceiverOptions options;
    options.tls = ReceiverTls{files_.server_certificate, files_.server_key, files_.chain, ClientCertificate::required};
    options.count_events = true;
    return options;
  }
  [[nodiscard]] ReceiverOptions plain() const {
    ReceiverOptions options;
    options.count_events = true;
    return options;
  }
  std::unique_ptr<Receiver> start(ReceiverOptions options) {
    auto receiver = Receiver::start(std::move(options), clock_, telemetry::Logger(log_, "Receiver"));
    EXPECT_TRUE(receiver) << receiver.error().message;
    return std::move(receiver).value();
  }
  // Waits until the predicate holds; the test's own TIMEOUT bounds a hang at ten seconds.
  template <class Predicate>
  bool eventually(Predicate holds) {
    for (const TimePoint deadline = clock_.now() + seconds(10); clock_.now() < deadline;) {
      if (holds()) return true;
      clock_.sleep_until(clock_.now() + milliseconds(5));
    }
    return false;
  }
  [[nodiscard]] static std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  static std::string lines(int count, const std::string& name) {
    std::string all;
    for (int i = 0; i < count; ++i)
      all += "<14>2024-01-16 17:02:56.220 h my.app." + name + ": line " + std::to_string(i) + "\n";
    return all;
  }

  SystemClock clock_;
  telemetry::Log log_{clock_, STDERR_FILENO, telemetry::Format::text, telemetry::Level::error};
  std::string directory_;
  CertificateFiles files_;
};

TEST_F(ReceiverTest, AnswersCloseNotifyAndFinAfterReadingEverything) {
  ReceiverOptions options = tls();
  options.file = directory_ + "/events";
  const auto receiver = start(options);
  TestClient client(receiver->port(), &files_);
  ASSERT_TRUE(client.connected());
  const std::string sent = lines(50'000, "a");
  ASSERT_TRUE(client.send(sent));
  EXPECT_EQ(client.end(), End::close_notify_and_fin);
  // The end came after the last write: no waiting here.
  EXPECT_EQ(read_file(options.file), sent);
  EXPECT_EQ(receiver->stats().events, 50'000U);
  EXPECT_EQ(receiver->stats().ended, 1U);
  EXPECT_EQ(receiver->stats().torn, 0U);
}

TEST_F(ReceiverTest, PlainTcpIsAnsweredWithFin) {
  ReceiverOptions options = plain();
  options.file = directory_ + "/events";
  const auto receiver = start(options);
  TestClient client(receiver->port(), nullptr);
  const std::string sent = lines(1000, "a");
  ASSERT_TRUE(client.send(sent));
  EXPECT_EQ(client.end(), End::fin);
  EXPECT_EQ(read_file(options.file), sent);
}

// Run under the thread sanitizer too.
class ReceiverThreads : public ReceiverTest {};

TEST_F(ReceiverThreads, ManyConnectionsWriteWholeLinesToOneFile) {
  ReceiverOptions options = tls();
  options.file = directory_ + "/events";
  const auto receiver = start(options);
  std::vector<std::thread> senders;
  senders.reserve(8);
  std::atomic<int> good{0};
  for (int i = 0; i < 8; ++i) {
    senders.emplace_back([&, i] {
      TestClient client(receiver->port(), &files_);
      if (client.send(lines(5000, std::to_string(i))) && client.end() == End::close_notify_and_fin) ++good;
    });
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(good, 8);
  std::vector<int> next(8);
  std::istringstream all(read_file(options.file));
  for (std::string line; std::getline(all, line);) {
    const auto frame = parse_frame(line);
    ASSERT_TRUE(frame) << line;
    const auto sender = static_cast<std::size_t>(frame->tag.back() - '0');
    ASSERT_EQ(frame->text, "line " + std::to_string(next[sender]++));
  }
  for (const int count : next) EXPECT_EQ(count, 5000);
}

TEST_F(ReceiverTest, GivesBytesAndParsedEventsToCallbacks) {
  ReceiverOptions options = plain();
  std::mutex mutex;
  std::string bytes;
  std::vector<std::string> events;
  options.on_bytes = [&](std::uint64_t, std::string_view chunk) {
    const std::lock_guard lock(mutex);
    bytes += chunk;
  };
  options.on_event = [&](const ReceivedEvent& event) {
    const std::lock_guard lock(mutex);
    events.push_back(std::string(event.tag) + "|" + std::string(event.text));
  };
  const auto receiver = start(options);
  TestClient client(receiver->port(), nullptr);
  ASSERT_TRUE(client.send("<14>2024-01-16 17:02:56.220 h my.app: x y\nnoise\n"));
  EXPECT_EQ(client.end(), End::fin);
  receiver->stop();
  EXPECT_EQ(bytes, "<14>2024-01-16 17:02:56.220 h my.app: x y\nnoise\n");
  EXPECT_EQ(events, (std::vector<std::string>{"my.app|x y", "|"}));
}

TEST_F(ReceiverTest, RequiredClientCertificateIsRequired) {
  const auto receiver = start(tls());
  TestClient client(receiver->port(), &files_, false);
  // TLS 1.3: the client's handshake ends before the refusal; nothing that it sends is taken.
  client.send("<14>d h my.app: x\n");
  EXPECT_NE(client.end(), End::close_notify_and_fin);
  EXPECT_TRUE(eventually([&] { return receiver->stats().failed == 1; }));
  EXPECT_EQ(receiver->stats().bytes, 0U);
}

TEST_F(ReceiverTest, OptionalClientCertificateMayBeMissingButNotForeign) {
  ReceiverOptions options = tls();
  options.tls->client_certificate = ClientCertificate::optional;
  const auto receiver = start(options);
  TestClient without(receiver->port(), &files_, false);
  EXPECT_TRUE(without.send("<14>d h my.app: x\n"));
  EXPECT_EQ(without.end(), End::close_notify_and_fin);

  CertificateFiles foreign = *make_test_certificates(directory_ + "/foreign", {"localhost"});
  foreign.chain = files_.chain;
  TestClient stranger(receiver->port(), &foreign);
  stranger.send("<14>d h my.app: x\n");
  EXPECT_NE(stranger.end(), End::close_notify_and_fin);
  EXPECT_EQ(receiver->stats().events, 1U);
}

TEST_F(ReceiverTest, ATornFrameIsCountedAndNotWritten) {
  ReceiverOptions options = plain();
  options.file = directory_ + "/events";
  const auto receiver = start(options);
  TestClient client(receiver->port(), nullptr);
  ASSERT_TRUE(client.send("<14>d h my.app: whole\n<14>d h my.app: to"));
  EXPECT_EQ(client.end(), End::fin);
  receiver->stop();
  EXPECT_EQ(read_file(options.file), "<14>d h my.app: whole\n");
  EXPECT_EQ(receiver->stats().torn, 1U);
}

TEST_F(ReceiverTest, AFileWithATornLastLineIsEndedBeforeItIsContinued) {
  ReceiverOptions options = plain();
  options.file = directory_ + "/events";
  std::ofstream(options.file) << "whole\ntor";
  const auto receiver = start(options);
  TestClient client(receiver->port(), nullptr);
  ASSERT_TRUE(client.send("next\n"));
  EXPECT_EQ(client.end(), End::fin);
  EXPECT_EQ(read_file(options.file), "whole\ntor\nnext\n");
}

TEST_F(ReceiverTest, AStalledReceiverReadsNothingUntilItGoesOn) {
  ReceiverOptions options = plain();
  const auto receiver = start(options);
  Behaviour stalled;
  stalled.stalled = true;
  TestClient client(receiver->port(), nullptr);
  ASSERT_TRUE(eventually([&] { return receiver->stats().open == 1; }));
  receiver->behave(stalled);
  clock_.sleep_until(clock_.now() + seconds(2));  // a reader inside poll(2) sees the change within one second
  ASSERT_TRUE(client.send(lines(10, "a")));
  clock_.sleep_until(clock_.now() + milliseconds(100));
  EXPECT_EQ(receiver->stats().events, 0U);
  receiver->behave({});
  EXPECT_TRUE(eventually([&] { return receiver->stats().events == 10; }));
}

TEST_F(ReceiverTest, TheRateIsSharedByAllConnections) {
  ReceiverOptions options = plain();
  options.behaviour.bytes_per_second = 1'000'000;
  const auto receiver = start(options);
  const TimePoint begin = clock_.now();
  const std::string sent(400'000, '\n');
  std::thread other([&] {
    TestClient second(receiver->port(), nullptr);
    second.send(sent);
    second.end();
  });
  TestClient first(receiver->port(), nullptr);
  first.send(sent);
  first.end();
  other.join();
  EXPECT_EQ(receiver->stats().bytes, 800'000U);
  // A lower bound only: the rate is a promise about slowness.
  EXPECT_GE(clock_.now() - begin, milliseconds(700));
}

struct FaultCase {
  const char* name;
  Behaviour::Fault fault;
  bool with_tls;
  End expected;
};

class ReceiverFault : public ReceiverTest, public testing::WithParamInterface<FaultCase> {};

TEST_P(ReceiverFault, EndsTheConnectionAsAskedAndReadsNoMoreThanAfterBytes) {
  ReceiverOptions options = GetParam().with_tls ? tls() : plain();
  options.behaviour.fault = GetParam().fault;
  options.behaviour.after_bytes = 1000;
  options.behaviour.faults_max = 1;
  const auto receiver = start(options);
  TestClient client(receiver->port(), GetParam().with_tls ? &files_ : nullptr);
  const bool reads_all = GetParam().fault == Behaviour::Fault::close_early;
  client.send(reads_all ? std::string(1000, '\n') : std::string(200'000, '\n'));
  EXPECT_EQ(client.read_end(), GetParam().expected);
  EXPECT_EQ(receiver->stats().bytes, 1000U);
  EXPECT_EQ(receiver->stats().faults, 1U);

  TestClient next(receiver->port(), GetParam().with_tls ? &files_ : nullptr);
  ASSERT_TRUE(next.send(std::string(5000, '\n')));
  EXPECT_EQ(next.end(), GetParam().with_tls ? End::close_notify_and_fin : End::fin);
}

INSTANTIATE_TEST_SUITE_P(
    Tls, ReceiverFault,
    testing::Values(FaultCase{"close_early", Behaviour::Fault::close_early, true, End::close_notify_and_fin},
                    FaultCase{"close_unread", Behaviour::Fault::close_unread, true, End::reset},
                    FaultCase{"reset", Behaviour::Fault::reset, true, End::reset},
                    FaultCase{"notify_unread", Behaviour::Fault::notify_unread, true, End::reset},
                    FaultCase{"plain_close_early", Behaviour::Fault::close_early, false, End::fin},
                    FaultCase{"plain_close_unread", Behaviour::Fault::close_unread, false, End::reset},
                    FaultCase{"plain_reset", Behaviour::Fault::reset, false, End::reset}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(ReceiverTest, APlainFinComesWithoutCloseNotify) {
  ReceiverOptions options = tls();
  options.behaviour.answer = Behaviour::Answer::plain_fin;
  const auto receiver = start(options);
  TestClient client(receiver->port(), &files_);
  ASSERT_TRUE(client.send(lines(10, "a")));
  EXPECT_EQ(client.end(), End::fin);
  EXPECT_EQ(receiver->stats().events, 10U);
}

TEST_F(ReceiverTest, NoAnswerIsGivenUntilTheReceiverStops) {
  ReceiverOptions options = tls();
  options.behaviour.answer = Behaviour::Answer::none;
  const auto receiver = start(options);
  TestClient client(receiver->port(), &files_);
  ASSERT_TRUE(client.send(lines(10, "a")));
  std::atomic<bool> ended{false};
  std::thread waiter([&] {
    client.end();
    ended = true;
  });
  EXPECT_TRUE(eventually([&] { return receiver->stats().faults == 1; }));
  clock_.sleep_until(clock_.now() + milliseconds(100));
  EXPECT_FALSE(ended);
  EXPECT_EQ(receiver->stats().events, 10U);
  receiver->stop();
  waiter.join();
}

TEST_F(ReceiverTest, RefusesHandshakesAndSurplusConnections) {
  ReceiverOptions options = tls();
  options.behaviour.refuse_handshake = true;
  const auto receiver = start(options);
  EXPECT_FALSE(TestClient(receiver->port(), &files_).connected());
  Behaviour one;
  one.connections_max = 1;
  receiver->behave(one);
  TestClient first(receiver->port(), &files_);
  ASSERT_TRUE(first.connected());
  EXPECT_FALSE(TestClient(receiver->port(), &files_).connected());
  EXPECT_EQ(first.end(), End::close_notify_and_fin);
}

TEST_F(ReceiverTest, AWrongKeyIsNamed) {
  ReceiverOptions options = tls();
  options.tls->key = files_.client_key;
  const auto receiver = Receiver::start(options, clock_, telemetry::Logger(log_, "Receiver"));
  ASSERT_FALSE(receiver);
  EXPECT_NE(receiver.error().message.find("client.key"), std::string::npos);
}

TEST_F(ReceiverTest, TheCommandWritesItsPortAndEndsWithZeroWhenStopped) {
  ReceiverCommand command;
  command.file = directory_ + "/events";
  command.port_file = directory_ + "/port";
  Stop stop;
  int code = -1;
  std::thread runner([&] { code = run_receiver(command, clock_, log_, stop); });
  EXPECT_TRUE(eventually([&] { return !read_file(command.port_file).empty(); }));
  TestClient client(std::atoi(read_file(command.port_file).c_str()), nullptr);
  EXPECT_TRUE(client.send("x\n"));
  EXPECT_EQ(client.end(), End::fin);
  stop.request();
  runner.join();
  EXPECT_EQ(code, 0);
  EXPECT_EQ(read_file(command.file), "x\n");
}

TEST_F(ReceiverTest, TheCommandRefusesWrongOptionsWith78) {
  Stop stop;
  stop.request();
  telemetry::Log quiet(clock_, -1, telemetry::Format::text, telemetry::Level::error);
  ReceiverCommand fault;
  fault.fault = "explode";
  EXPECT_EQ(run_receiver(fault, clock_, quiet, stop), 78);
  ReceiverCommand half;
  half.cert = files_.server_certificate;
  EXPECT_EQ(run_receiver(half, clock_, quiet, stop), 78);
  ReceiverCommand missing;
  missing.file = directory_ + "/no/such/file";
  EXPECT_EQ(run_receiver(missing, clock_, quiet, stop), 78);
}

}  // namespace
}  // namespace dray::local
