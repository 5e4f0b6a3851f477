#include "parquet/conversation.h"

#include <gtest/gtest.h>

#include <cstring>
#include <optional>
#include <vector>

#include "parquet_wire/frames.h"

namespace dray::parquet {
namespace {

namespace wire = parquet_wire;

std::string frame(wire::Kind kind, std::string_view body) {
  const auto head = wire::encode(wire::Head{kind, static_cast<std::uint32_t>(body.size())});
  return std::string(head.data(), head.size()).append(body);
}

std::string row(std::string_view json) {
  std::string bytes(4, '\0');
  wire::put_u32(bytes.data(), static_cast<std::uint32_t>(json.size()));
  return bytes.append(json);
}

std::string read_frame(std::uint64_t offset, std::uint32_t length) {
  return frame(wire::Kind::read, wire::encode(wire::Range{offset, length}));
}

const std::string kHello = frame(wire::Kind::hello, "");

// Says what it was told to say, whatever it hears.
class Script final : public Channel {
 public:
  explicit Script(std::string says) : says_(std::move(says)) {}
  Status read(char* to, std::size_t count) override {
    largest = std::max(largest, count);
    if (count > says_.size() - at_) return Error{ErrorKind::poison, "parquet_helper_died", "m"};
    if (count > 0) std::memcpy(to, says_.data() + at_, count);  // nothing may be wanted, and then there is no place
    at_ += count;
    return {};
  }
  Status write(std::string_view bytes) override {
    heard.append(bytes, 0, std::min<std::size_t>(bytes.size(), 100));
    return {};
  }
  std::string heard;
  std::size_t largest = 0;

 private:
  std::string says_;
  std::size_t at_ = 0;
};

class Letters final : public RangeSource {
 public:
  [[nodiscard]] std::uint64_t size() const override { return bytes; }
  Status read(std::uint64_t offset, std::uint32_t length, ByteSink& sink) override {
    EXPECT_LE(offset + length, bytes);
    return sink.write(std::string(length, 'x'));
  }
  std::uint64_t bytes = 1000;
};

class Rows final : public flow::RecordSink {
 public:
  Status accept(const flow::Record& record) override {
    rows.emplace_back(record.bytes);
    members = record.members ? record.members->size() : 0;
    return {};
  }
  std::vector<std::string> rows;
  std::size_t members = 0;
};

struct Converse : ::testing::Test {
  Status run(const std::string& says, std::size_t record_bytes_max = 1000) {
    Script script(says);
    Status status = converse(script, letters, record_bytes_max, rows);
    heard = script.heard;
    largest = script.largest;
    return status;
  }
  void refuses(const std::string& says) {
    const Status status = run(says);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, "parquet_protocol") << status.error().message;
    EXPECT_EQ(status.error().kind, ErrorKind::poison);
  }
  // What goes wrong before the program has heard of the object is not held against the object.
  void comes_again(const std::string& says) {
    const Status status = run(says);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().kind, ErrorKind::later) << status.error().message;
  }
  Letters letters;
  Rows rows;
  std::string heard;
  std::size_t largest = 0;
};

TEST_F(Converse, OpensGivesRangesAndTakesRows) {
  ASSERT_TRUE(run(kHello + read_frame(990, 10) + frame(wire::Kind::rows, row(R"({"a":1,"b":2})") + row("{}")) +
                  frame(wire::Kind::done, wire::encode_done(2)))
                  .ok());
  EXPECT_EQ(heard, frame(wire::Kind::open, wire::encode(wire::Opening{1000, 1000})) +
                       frame(wire::Kind::bytes, std::string(10, 'x')));
  EXPECT_EQ(rows.rows, (std::vector<std::string>{R"({"a":1,"b":2})", "{}"}));
}

TEST_F(Converse, RefusesRangesOutsideTheObject) {
  refuses(kHello + read_frame(991, 10));
  refuses(kHello + read_frame(1000, 1));
  refuses(kHello + read_frame(UINT64_MAX, 1));
  refuses(kHello + read_frame(UINT64_MAX - 5, 10));
  refuses(kHello + read_frame(0, 0));
  letters.bytes = std::uint64_t{1} << 40U;
  refuses(kHello + read_frame(0, wire::kReadBytesMax + 1));
}

TEST_F(Converse, RefusesToReadTheSameBytesForEver) {
  std::string says = kHello;
  for (int i = 0; i < 6000; ++i) says += read_frame(0, 1);
  refuses(says);
  says = kHello;
  letters.bytes = wire::kReadBytesMax;
  for (int i = 0; i < 60; ++i) says += read_frame(0, wire::kReadBytesMax);
  refuses(says);
}

TEST_F(Converse, TakesNoMemoryForALengthThatNoFrameHas) {
  for (const wire::Kind kind : {wire::Kind::hello, wire::Kind::read, wire::Kind::rows, wire::Kind::done,
                                wire::Kind::fault, wire::Kind::open, wire::Kind::bytes}) {
    const auto head = wire::encode(wire::Head{kind, UINT32_MAX});
    refuses(kHello + std::string(head.data(), head.size()) + "abc");
    EXPECT_LE(largest, wire::kHeadBytes);
  }
}

TEST_F(Converse, RefusesRowsThatAreNone) {
  for (const std::string& body : {row("{"), row("[1]"), row("1"), row(""), row("{\"a\":\"\n\"}"), row("{} {}"),
                                  row("{}\n"), std::string("\xFF\xFF\xFF\xFF{}", 6), std::string("\x03\0\0\0{}", 6),
                                  std::string("ab"), row("{\"a\":\"" + std::string(1000, 'x') + "\"}")}) {
    refuses(kHello + frame(wire::Kind::rows, body));
  }
  refuses(kHello + frame(wire::Kind::rows, row("{}")) + frame(wire::Kind::done, wire::encode_done(2)));
}

TEST_F(Converse, RefusesFramesOutOfTurnAndOfOtherVersions) {
  comes_again(frame(wire::Kind::rows, row("{}")));
  comes_again("");
  refuses(kHello + kHello);
  refuses(kHello + frame(wire::Kind::open, ""));
  comes_again(std::string("\x02\x01\0\0\0\0\0\0", 8));
  comes_again(std::string("\x01\x63\0\0\0\0\0\0", 8));
  refuses(kHello + frame(wire::Kind::fault, "\x63why"));
  refuses(kHello + frame(wire::Kind::fault, ""));
}

TEST_F(Converse, GivesTheOtherSidesFaultACodeAndPrintableWords) {
  const Status status =
      run(kHello + frame(wire::Kind::fault, wire::encode(wire::Fault{wire::Cause::encrypted, "a\nb\x1B[31m"})));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "encrypted_parquet");
  EXPECT_EQ(status.error().message, "parquet: a?b?[31m");
}

TEST_F(Converse, StopsABomb) {
  letters.bytes = 100;
  const std::string block = frame(wire::Kind::rows, row("{\"a\":\"" + std::string(100'000, 'x') + "\"}"));
  std::string says = kHello;
  for (int i = 0; i < 3000; ++i) says += block;
  const Status status = run(says, 200'000);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "limit_ratio");
}

}  // namespace
}  // namespace dray::parquet
