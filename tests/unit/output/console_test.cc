// The console: what counts as delivered on a pipe, a file and a device.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>

#include "base/threads.h"
#include "output/make.h"

namespace dray::output {
namespace {

using flow::Ticket;

class Console : public ::testing::Test, public flow::TicketListener {
 protected:
  void settled(const std::shared_ptr<Ticket>&) override { ++settled_; }
  void begin(int fd) {
    output_ = make_console_output("console", fd, clock_, threads_, log_);
    output_->start(*this);
  }
  std::shared_ptr<Ticket> stream(std::uint64_t records) {
    auto ticket = std::make_shared<Ticket>(std::vector<std::uint64_t>{0});
    const auto lane = output_->open(ticket, 0, {});
    for (std::uint64_t i = 1; i <= records; ++i)
      EXPECT_TRUE(lane->send(i, "my.app.a", "text " + std::to_string(i)).ok());
    static_cast<void>(lane->finish().ok());
    if (ticket->seal(records, std::nullopt)) ++settled_;
    return ticket;
  }
  bool settles(int count) {
    for (int i = 0; i < 500 && settled_ < count; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    return settled_ >= count;
  }
  void TearDown() override {
    if (output_) output_->stop(clock_.now());
  }

  SystemClock clock_;
  SystemThreads threads_;
  telemetry::Log log_{clock_, STDERR_FILENO, telemetry::Format::text, telemetry::Level::error};
  std::atomic<int> settled_{0};
  std::unique_ptr<Output> output_;
};

TEST_F(Console, ProvesWhatTheReaderOfAPipeTook) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  begin(ends[1]);
  const auto ticket = stream(2);
  std::this_thread::sleep_for(std::chrono::milliseconds(400));
  EXPECT_EQ(settled_, 0) << "proven while it lay in the pipe";
  std::array<char, 100> got{};
  EXPECT_EQ(std::string(got.data(), static_cast<std::size_t>(::read(ends[0], got.data(), got.size()))),
            "my.app.a\ttext 1\nmy.app.a\ttext 2\n");
  EXPECT_TRUE(settles(1));
  EXPECT_EQ(ticket->state(), Ticket::State::proven);
  ::close(ends[0]);
  output_->stop(clock_.now());
  ::close(ends[1]);
}

TEST_F(Console, AReaderThatGoesAwayProvesNothing) {
  std::signal(SIGPIPE, SIG_IGN);
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  begin(ends[1]);
  const auto ticket = stream(2);
  ::close(ends[0]);
  EXPECT_TRUE(settles(1));
  EXPECT_EQ(ticket->state(), Ticket::State::failed);
  EXPECT_EQ(ticket->prefix(0), 0U);
  EXPECT_FALSE(output_->ready());
  output_->stop(clock_.now());
  ::close(ends[1]);
}

TEST_F(Console, ProvesAFileAfterItWasSynced) {
  std::string path = testing::TempDir() + "/dray_console_XXXXXX";
  const int fd = ::mkstemp(path.data());
  ASSERT_GE(fd, 0);
  begin(fd);
  const auto ticket = stream(10'000);
  EXPECT_TRUE(settles(1));
  EXPECT_EQ(ticket->state(), Ticket::State::proven);
  output_->stop(clock_.now());
  ::close(fd);
  ::unlink(path.c_str());
}

TEST_F(Console, AFullDiskFailsAndIsTriedAgain) {
  const int fd = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(fd, 0);
  begin(fd);
  const auto ticket = stream(2);
  EXPECT_TRUE(settles(1));
  EXPECT_EQ(ticket->state(), Ticket::State::failed);
  output_->stop(clock_.now());
  ::close(fd);
}

TEST_F(Console, StopSettlesEvenIfNobodyReads) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  begin(ends[1]);
  const auto ticket = stream(2);
  output_->stop(clock_.now() + milliseconds(100));
  EXPECT_EQ(settled_, 1);
  EXPECT_EQ(ticket->state(), Ticket::State::failed);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Discard, CountsAndSettlesBySealAlone) {
  const auto output = make_discard_output("none");
  const auto ticket = std::make_shared<Ticket>(std::vector<std::uint64_t>{0});
  {
    const auto lane = output->open(ticket, 0, {});
    EXPECT_TRUE(lane->send(1, "t", "x").ok());
    EXPECT_TRUE(lane->finish().ok());
  }
  EXPECT_TRUE(ticket->seal(1, std::nullopt));
  EXPECT_EQ(ticket->state(), Ticket::State::proven);
  EXPECT_EQ(output->stats().events_sent, 1U);
}

}  // namespace
}  // namespace dray::output
