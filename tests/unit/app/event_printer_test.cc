#include "app/event_printer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

#include "app/json_line.h"

namespace dray::app {
namespace {

// A pipe; what went into it is read after its end for writing is closed. Holds 64 KiB.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC), 0); }
  ~Pipe() {
    close_reader();
    close_writer();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  [[nodiscard]] int writer() const { return ends_[1]; }
  void close_reader() { close(0); }
  void close_writer() { close(1); }
  std::string text() {
    close_writer();
    std::string all;
    std::array<char, 4096> chunk{};
    for (ssize_t got = 0; (got = ::read(ends_[0], chunk.data(), chunk.size())) > 0;) {
      all.append(chunk.data(), static_cast<std::size_t>(got));
    }
    return all;
  }

 private:
  void close(std::size_t end) {
    if (ends_.at(end) >= 0) ::close(ends_.at(end));
    ends_.at(end) = -1;
  }
  std::array<int, 2> ends_{-1, -1};
};

TEST(EventPrinter, WritesTagTabAndTheEventsBytes) {
  Pipe pipe;
  EventPrinter printer(pipe.writer(), EventPrinter::Form::lines, 0);
  EXPECT_TRUE(printer.send(1, "my.app", "caf\xe9\t"));
  EXPECT_TRUE(printer.send(2, "my.app", ""));
  EXPECT_TRUE(printer.finish());
  EXPECT_EQ(pipe.text(), "my.app\tcaf\xe9\t\nmy.app\t\n");
}

TEST(EventPrinter, CountsPerTagAndInTotal) {
  Pipe pipe;
  EventPrinter printer(pipe.writer(), EventPrinter::Form::counts, 0);
  for (const char* tag : {"b", "a", "b", "b"}) EXPECT_TRUE(printer.send(1, tag, "x"));
  EXPECT_TRUE(printer.finish());
  EXPECT_EQ(pipe.text(), "1\ta\n3\tb\n4\ttotal\n");
}

TEST(EventPrinter, EndsWithTheLastEventThatIsWanted) {
  Pipe pipe;
  EventPrinter printer(pipe.writer(), EventPrinter::Form::lines, 2);
  EXPECT_TRUE(printer.send(1, "a", "1"));
  EXPECT_FALSE(printer.ended());
  EXPECT_FALSE(printer.send(2, "a", "2"));
  EXPECT_TRUE(printer.ended());
  EXPECT_FALSE(printer.send(3, "a", "3"));
  EXPECT_TRUE(printer.finish());
  EXPECT_EQ(pipe.text(), "a\t1\na\t2\n");
}

TEST(EventPrinter, EndsWithoutAFaultWhenItsReaderGoes) {
  std::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  pipe.close_reader();
  EventPrinter printer(pipe.writer(), EventPrinter::Form::lines, 0);
  EXPECT_TRUE(printer.send(1, "a", "1"));
  EXPECT_FALSE(printer.flush());
  EXPECT_TRUE(printer.ended());
  EXPECT_FALSE(printer.refusal());
}

TEST(EventPrinter, KeepsTheReasonOfAnotherRefusal) {
  EventPrinter printer(-1, EventPrinter::Form::lines, 0);
  EXPECT_TRUE(printer.send(1, "a", "1"));
  EXPECT_FALSE(printer.finish());
  ASSERT_TRUE(printer.refusal());
  EXPECT_EQ(printer.refusal()->code, "stdout");
}

std::string line(std::string_view event) {
  std::string out;
  append_json_line("t", event, out);
  return out;
}

TEST(JsonLine, HoldsTextAsAStringAndOtherBytesAsBase64) {
  EXPECT_EQ(line("a\"\\\t\r\n\x01\x7f\xc3\xa9"), "{\"tag\":\"t\",\"event\":\"a\\\"\\\\\\t\\r\\n\\u0001\x7f\xc3\xa9\"}");
  EXPECT_EQ(line(std::string_view("\0", 1)), R"({"tag":"t","event":"\u0000"})");
  EXPECT_EQ(line("caf\xe9"), R"({"tag":"t","event_base64":"Y2Fm6Q=="})");
}

TEST(JsonLine, KnowsUtf8AsRfc3629Does) {
  for (const char* good : {"", "a", "\xc2\x80", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80",
                           "\xf4\x8f\xbf\xbf", "\xef\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(good)) << good;
  }
  for (const char* bad : {"\x80", "\xc0\xaf", "\xc1\xbf", "\xc2", "\xc2z", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82",
                          "\xe2\x82z", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_FALSE(is_utf8(bad));
  }
}

}  // namespace
}  // namespace dray::app
