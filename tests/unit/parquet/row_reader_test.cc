// The real program on real files: every claim here goes through a process, its sandbox and the socket.
#include "parquet/row_reader.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>  // NOLINT: setenv

#include <filesystem>
#include <fstream>
#include <functional>
#include <random>
#include <sstream>

#include "parquet/program.h"

namespace dray::parquet {
namespace {

namespace fs = std::filesystem;

class InMemory final : public RangeSource {
 public:
  explicit InMemory(std::string bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  Status read(std::uint64_t offset, std::uint32_t length, ByteSink& sink) override {
    ++reads;
    if (on_read) on_read();
    if (fault) return *fault;
    return sink.write(std::string_view(bytes_).substr(offset, length));
  }
  int reads = 0;
  std::function<void()> on_read;
  std::optional<Error> fault;

 private:
  std::string bytes_;
};

class Collected final : public flow::RecordSink {
 public:
  Status accept(const flow::Record& record) override {
    EXPECT_TRUE(record.is_json);
    rows.emplace_back(record.bytes);
    if (on_row) on_row();
    return refusal ? Status(*refusal) : Status();
  }
  std::vector<std::string> rows;
  std::function<void()> on_row;
  std::optional<Error> refusal;
};

std::string content(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

fs::path corpora() {
  const char* named = std::getenv("DRAY_CORPORA");
  return named != nullptr ? fs::path(named) / "parquet" : fs::path();
}

struct Read : ::testing::Test {
  Status run(std::string bytes, std::size_t record_bytes_max = std::size_t{16} << 20U) {
    InMemory source(std::move(bytes));
    return run(source, record_bytes_max);
  }
  Status run(InMemory& source, std::size_t record_bytes_max = std::size_t{16} << 20U) {
    const RowReader reader({.program = DRAY_PARQUET_PROGRAM, .memory_bytes_max = memory}, clock);
    auto reading = reader.begin(stop);
    if (!reading) return std::move(reading).error();
    process = reading->process();
    return reading->rows(source, record_bytes_max, sink);
  }

  SystemClock clock;
  Stop stop;
  Collected sink;
  pid_t process = 0;
  std::uint64_t memory = kMemoryBytesMax;
};

// Twelve VPC flow records in three row groups, written by us with Arrow 26; the sixth is a NODATA record.
std::string sample() {
  return content(fs::path(DRAY_SOURCE_DIR) / "tests/unit/parquet/vpc_flow.parquet");
}

TEST_F(Read, GivesTheRowsOfFlowLogsAsTheyAre) {
  ASSERT_TRUE(run(sample()).ok());
  ASSERT_EQ(sink.rows.size(), 12U);
  EXPECT_EQ(sink.rows[0],
            R"({"version":2,"account_id":"111122223333","interface_id":"eni-0aa11bb22cc33dd44","srcaddr":"192.0.2.10",)"
            R"("dstaddr":"198.51.100.7","srcport":44321,"dstport":443,"protocol":6,"packets":12,"bytes":5311,)"
            R"("start":1709629800,"end":1709629859,"action":"REJECT","log_status":"OK"})");
  EXPECT_EQ(sink.rows[5],
            R"({"version":2,"account_id":"111122223333","interface_id":"eni-0aa11bb22cc33dd44","srcaddr":"-",)"
            R"("dstaddr":"-","srcport":null,"dstport":null,"protocol":null,"packets":null,"bytes":null,)"
            R"("start":1709630100,"end":1709630159,"action":"-","log_status":"NODATA"})");
}

#define NEED_CORPORA() \
  if (corpora().empty()) GTEST_SKIP() << "DRAY_CORPORA is not set"

TEST_F(Read, GivesEveryRowOfEveryFileOfTheCorpora) {
  NEED_CORPORA();
  const std::vector<std::pair<const char*, std::size_t>> files{
      {"alltypes_plain.snappy.parquet", 2}, {"nested_lists.snappy.parquet", 3}, {"nested_maps.snappy.parquet", 6},
      {"nested_structs.rust.parquet", 1},   {"int32_decimal.parquet", 24},      {"delta_binary_packed.parquet", 200},
      {"datapage_v2.snappy.parquet", 5},    {"null_list.parquet", 1},           {"byte_stream_split.zstd.parquet", 300},
      {"rle_boolean_encoding.parquet", 68}, {"lz4_raw_compressed.parquet", 4}};
  for (const auto& [name, rows] : files) {
    sink.rows.clear();
    const Status status = run(content(corpora() / name));
    EXPECT_TRUE(status.ok()) << name << ": " << (status ? "" : status.error().message);
    EXPECT_EQ(sink.rows.size(), rows) << name;
  }
}

TEST_F(Read, GivesWhatTheOriginOfAFileSaysIsInIt) {
  NEED_CORPORA();
  ASSERT_TRUE(run(content(corpora() / "delta_binary_packed.parquet")).ok());
  std::stringstream table(content(corpora() / "delta_binary_packed_expect.csv"));
  const auto cells = [](const std::string& line) {
    std::vector<std::string> all;
    std::stringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) all.push_back(cell);
    return all;
  };
  std::string line;
  std::getline(table, line);
  const auto names = cells(line);
  for (const std::string& row : sink.rows) {
    ASSERT_TRUE(std::getline(table, line));
    const auto values = cells(line);
    std::string expected = "{";
    for (std::size_t i = 0; i < names.size(); ++i) {
      expected += (i == 0 ? "\"" : ",\"") + names[i] + "\":" + values.at(i);
    }
    EXPECT_EQ(row, expected + "}");
  }
}

TEST_F(Read, KeepsNestingAndNulls) {
  NEED_CORPORA();
  ASSERT_TRUE(run(content(corpora() / "nested_lists.snappy.parquet")).ok());
  EXPECT_EQ(sink.rows[0], R"({"a":[[["a","b"],["c"]],[null,["d"]]],"b":1})");
  sink.rows.clear();
  ASSERT_TRUE(run(content(corpora() / "nested_maps.snappy.parquet")).ok());
  EXPECT_EQ(sink.rows[2], R"({"a":[{"key":"c","value":null}],"b":1,"c":1.0})");
  EXPECT_EQ(sink.rows[3], R"({"a":[{"key":"d","value":[]}],"b":1,"c":1.0})");
}

TEST_F(Read, AsksForASmallObjectOnce) {
  InMemory source(sample());
  ASSERT_TRUE(run(source).ok());
  EXPECT_LE(source.reads, 4) << "its end, and its three row groups";
}

TEST_F(Read, FailsCleanlyOnDamagedFiles) {
  NEED_CORPORA();
  for (const char* name : {"PARQUET-1481.parquet", "ARROW-RS-GH-6229-DICTHEADER.parquet"}) {
    const Status status = run(content(corpora() / "bad_data" / name));
    ASSERT_FALSE(status.ok()) << name;
    EXPECT_EQ(status.error().kind, ErrorKind::poison);
    EXPECT_EQ(status.error().code, "bad_parquet") << status.error().message;
  }
}

TEST_F(Read, SaysWhyAnEncryptedOrCutFileIsNotRead) {
  Status status = run("PAR1" + std::string(100, 'x') + std::string("\x08\0\0\0PARE", 8));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "encrypted_parquet");
  status = run("PAR1" + std::string(100, 'x'));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "bad_parquet");
  EXPECT_NE(status.error().message.find("cut short"), std::string::npos);
  status = run("");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "bad_parquet");
}

// The program may die of such a file; dray must get an answer, and the rows that it gets are values.
TEST_F(Read, SurvivesFlippedBitsAndCuts) {
  std::mt19937_64 random(7);
  int refused = 0;
  std::vector<std::string> files{sample()};
  if (!corpora().empty()) {
    for (const auto& entry : fs::directory_iterator(corpora())) {
      if (entry.path().extension() == ".parquet" && entry.file_size() < 5'000) files.push_back(content(entry.path()));
    }
  }
  for (int i = 0; i < 60; ++i) {
    std::string damaged = files[random() % files.size()];
    if (i % 4 == 0) damaged.resize(random() % damaged.size());
    for (int flips = 0; flips < 3 && !damaged.empty(); ++flips) {
      damaged[random() % damaged.size()] ^= static_cast<char>(1U << random() % 8);
    }
    const Status status = run(damaged);
    if (status) continue;
    ++refused;
    EXPECT_EQ(status.error().kind, ErrorKind::poison) << status.error().message;
  }
  EXPECT_GT(refused, 12);
}

TEST_F(Read, TellsThatTheProgramDiedAndGoesOnWithTheNextObject) {
  InMemory source(sample());
  source.on_read = [&] { ::kill(process, SIGSEGV); };
  Status status = run(source);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::poison);
  EXPECT_EQ(status.error().code, "parquet_helper_died");
  EXPECT_NE(status.error().message.find("signal 11"), std::string::npos);
  for (const int signal : {SIGKILL, SIGTERM, SIGINT, SIGHUP}) {
    source.on_read = [&] { ::kill(process, signal); };
    status = run(source);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().kind, ErrorKind::later) << "whoever ends it: the object may be as it should be";
  }
  source.on_read = nullptr;
  EXPECT_TRUE(run(source).ok());
}

// While it holds bytes of the object, no thread of it may do more than the filter allows.
TEST_F(Read, IsConfinedInEveryThread) {
  InMemory source(sample());
  std::size_t threads = 0;
  source.on_read = [&] {
    for (const auto& thread : fs::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
      ++threads;
      const std::string status = content(thread.path() / "status");
      EXPECT_NE(status.find("Seccomp:\t2"), std::string::npos) << status;
      EXPECT_NE(status.find("NoNewPrivs:\t1"), std::string::npos) << status;
    }
  };
  EXPECT_TRUE(run(source).ok());
  EXPECT_GT(threads, 0U);
}

TEST_F(Read, RefusesWhatNeedsMoreMemoryThanItMayHave) {
  NEED_CORPORA();
  memory = std::uint64_t{32} << 20U;  // less than the libraries: not a byte more
  const Status status = run(content(corpora() / "nested_structs.rust.parquet"));
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::poison);
  EXPECT_EQ(status.error().code, "limit_memory") << status.error().message;
}

TEST_F(Read, PassesTheFaultsOfSourceAndSinkOn) {
  InMemory source(sample());
  source.fault = Error{ErrorKind::later, "object_replaced", "m"};
  Status status = run(source);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "object_replaced");
  source.fault.reset();
  sink.refusal = Error{ErrorKind::stopped, "stopped", "m"};
  status = run(source);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "stopped");
  EXPECT_EQ(sink.rows.size(), 1U);
}

TEST_F(Read, EndsSoonWhenStopped) {
  InMemory source(sample());
  source.on_read = [&] {
    ::kill(process, SIGSTOP);
    stop.request();
  };
  const Status status = run(source);
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().kind, ErrorKind::stopped);
}

TEST_F(Read, RefusesARowOverTheLimitAfterTheRowsBefore) {
  ASSERT_TRUE(run(sample()).ok());
  const std::string first = sink.rows.at(0);
  ASSERT_EQ(sink.rows.at(1).size(), first.size() + 1);
  sink.rows.clear();
  const Status status = run(sample(), first.size());
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, "oversize_record");
  EXPECT_EQ(sink.rows, (std::vector<std::string>{first}));
}

TEST(Program, IsNamedByTheEnvironmentOrTheErrorSaysHowToGetIt) {
  ASSERT_EQ(::setenv("DRAY_PARQUET_HELPER", DRAY_PARQUET_PROGRAM, 1), 0);
  const auto found = find_program();
  ASSERT_TRUE(found.ok());
  EXPECT_EQ(*found, DRAY_PARQUET_PROGRAM);
  ASSERT_EQ(::setenv("DRAY_PARQUET_HELPER", "/nonexistent", 1), 0);
  auto missing = find_program();
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().kind, ErrorKind::later);
  EXPECT_EQ(missing.error().code, "parquet_unavailable");
  ASSERT_EQ(::unsetenv("DRAY_PARQUET_HELPER"), 0);
  missing = find_program();  // the binary of these tests has none beside it
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().message.find("-DDRAY_PARQUET=ON"), std::string::npos);
}

}  // namespace
}  // namespace dray::parquet
