#include "telemetry/log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "base/json.h"

namespace dray::telemetry {
namespace {

// A clock that stands at 2024-01-16T12:47:04.044.
class StillClock final : public Clock {
 public:
  [[nodiscard]] TimePoint now() const override { return {}; }
  [[nodiscard]] BootTime boot_now() const override { return {}; }
  [[nodiscard]] WallTime wall_now() const override { return {1705409224044999}; }
  void sleep_until(TimePoint) override {}

 private:
  void wait(Signal&, std::unique_lock<std::mutex>&, TimePoint) override {}
  void wake(Signal&, bool) override {}
};

class LogTest : public testing::Test {
 protected:
  LogTest() : file_(std::tmpfile()) {}
  ~LogTest() override { std::fclose(file_); }
  [[nodiscard]] int fd() const { return fileno(file_); }
  std::string written() {
    std::string text(1U << 20U, '\0');
    const ssize_t size = ::pread(fd(), text.data(), text.size(), 0);
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
  }

  StillClock clock_;

 private:
  std::FILE* file_;
};

TEST_F(LogTest, PrintsTheLineOfTheProduct) {
  Log log(clock_, fd(), Format::text, Level::info);
  const Logger logger(log, "InputProcess::MainThread");
  logger.info("Process Started");
  logger.named("InputProcess::AWSsqsPuller(a,1,b,predefined)").warning("Waiting until setup will be executed");
  EXPECT_EQ(written(),
            "2024-01-16T12:47:04.044    INFO InputProcess::MainThread -> Process Started\n"
            "2024-01-16T12:47:04.044 WARNING InputProcess::AWSsqsPuller(a,1,b,predefined) -> "
            "Waiting until setup will be executed\n");
}

TEST_F(LogTest, KeepsBackWhatIsBelowTheThreshold) {
  Log log(clock_, fd(), Format::text, Level::info);
  const Logger logger(log, "P::T");
  logger.debug("hidden");
  EXPECT_FALSE(logger.debug_enabled());
  EXPECT_EQ(written(), "");
  log.configure(Format::text, Level::debug);
  EXPECT_TRUE(logger.debug_enabled());
  logger.debug("shown");
  EXPECT_EQ(written(), "2024-01-16T12:47:04.044   DEBUG P::T -> shown\n");
}

TEST_F(LogTest, AJsonLineParsesToTheSameWords) {
  Log log(clock_, fd(), Format::json, Level::info);
  Logger(log, "OutputProcess::Sender(a)").error("a \"quoted\"\nline \xff end");
  const std::string line = written();
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto parsed = Json::parse(line.substr(0, line.size() - 1));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->text("time"), "2024-01-16T12:47:04.044Z");
  EXPECT_EQ(parsed->text("level"), "ERROR");
  EXPECT_EQ(parsed->text("process"), "OutputProcess");
  EXPECT_EQ(parsed->text("thread"), "Sender(a)");
  EXPECT_EQ(parsed->text("message"), "a \"quoted\"\nline \xEF\xBF\xBD end");
}

TEST_F(LogTest, HidesSecretsAndTheirUrlForm) {
  for (const Format format : {Format::text, Format::json}) {
    Log log(clock_, fd(), format, Level::info);
    log.add_secret(Secret("wJal/rXUtn+FEMI"));
    log.add_secret(Secret("wJal/rXUtn+FEMI-and-more"));
    log.add_secret(Secret("abc"));
    Logger(log, "P::T").info("key wJal/rXUtn+FEMI-and-more, url ?k=wJal%2FrXUtn%2BFEMI&abc");
  }
  const std::string text = written();
  EXPECT_EQ(text.find("wJal"), std::string::npos) << text;
  EXPECT_EQ(text.find("and-more"), std::string::npos) << text;
  EXPECT_NE(text.find("key ***, url ?k=***&abc"), std::string::npos) << text;
}

TEST_F(LogTest, AMessageCannotForgeALineNorDriveATerminal) {
  Log log(clock_, fd(), Format::text, Level::info);
  Logger(log, "P::T").info("one\n2024 two\r\t\x1b[2J\x7f \xc2\x9b \xc3\xa9");
  EXPECT_EQ(written(), "2024-01-16T12:47:04.044    INFO P::T -> one\\n2024 two\\r\\t\\x1b[2J\\x7f \\u009b \xc3\xa9\n");
}

TEST_F(LogTest, CutsALineThatIsTooLong) {
  Log log(clock_, fd(), Format::text, Level::info);
  Logger(log, "P::T").info(std::string(Log::kLineBytesMax * 3, 'x'));
  const std::string text = written();
  EXPECT_LT(text.size(), Log::kLineBytesMax + 100);
  EXPECT_TRUE(text.ends_with("x [cut]\n"));
}

TEST_F(LogTest, SurvivesAClosedDescriptor) {
  Log log(clock_, -1, Format::text, Level::info);
  Logger(log, "P::T").info("lost");
}

using LogThreads = LogTest;

TEST_F(LogThreads, LinesOfManyThreadsStayWhole) {
  Log log(clock_, fd(), Format::text, Level::info);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&log, t] {
      const Logger logger(log, "P::T");
      for (int i = 0; i < 100; ++i) {
        logger.info(std::string(200, static_cast<char>('a' + t)));
        log.add_secret(Secret("secret-" + std::to_string(i)));
        log.configure(Format::text, Level::info);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string text = written();
  std::size_t lines = 0;
  for (std::size_t from = 0, end = 0; (end = text.find('\n', from)) != std::string::npos; from = end + 1) {
    const std::string line = text.substr(from, end - from);
    const std::string body = line.substr(line.find("-> ") + 3);
    EXPECT_EQ(body, std::string(200, body.front()));
    ++lines;
  }
  EXPECT_EQ(lines, 400U);
}

}  // namespace
}  // namespace dray::telemetry
