// What dray-parquet does to one object, in this process: MB of JSON a second on one core, and peak memory.
// usage: parquet_bench [MIB_OF_THE_ROW_GROUP [FILE]]: writes FILE (default parquet_bench.tmp), a row group of flow-like
// rows of about that size as stored (default 64), reads it in a child, and removes it.
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <fcntl.h>
#include <parquet/arrow/writer.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>

#include "parquet_program/object_rows.h"

namespace {

namespace pp = dray::parquet_program;

constexpr std::int64_t kRowBytes = 64;  // as stored, about
constexpr std::int64_t kChunkRows = 100'000;

class File final : public pp::Source {
 public:
  explicit File(const std::string& path) : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  [[nodiscard]] std::uint64_t size() const { return static_cast<std::uint64_t>(::lseek(descriptor_, 0, SEEK_END)); }
  ::arrow::Status read(std::int64_t offset, std::int64_t length, std::uint8_t* to) override {
    ++reads;
    return ::pread(descriptor_, to, static_cast<std::size_t>(length), offset) == length
               ? ::arrow::Status::OK()
               : ::arrow::Status::IOError("pread");
  }
  int reads = 0;

 private:
  int descriptor_;
};

void ok(const ::arrow::Status& status) {
  if (!status.ok()) status.Abort();
}

std::shared_ptr<::arrow::RecordBatch> batch(const std::shared_ptr<::arrow::Schema>& schema, std::mt19937_64& random) {
  ::arrow::StringBuilder source;
  ::arrow::StringBuilder message;
  ::arrow::Int64Builder bytes;
  ::arrow::Int32Builder port;
  ::arrow::TimestampBuilder time(schema->field(4)->type(), ::arrow::default_memory_pool());
  std::string text;
  for (std::int64_t i = 0; i < kChunkRows; ++i) {
    ok(source.Append("192.0.2." + std::to_string(random() % 256)));
    text = "request " + std::to_string(random()) + std::to_string(random()) + " of the service \"shop\"";
    ok(message.Append(text));
    ok(bytes.Append(static_cast<std::int64_t>(random() % 1'000'000)));
    ok(port.Append(static_cast<std::int32_t>(random() % 65'536)));
    ok(time.Append(1'709'629'811'123 + static_cast<std::int64_t>(random() % 1'000'000)));
  }
  return ::arrow::RecordBatch::Make(
      schema, kChunkRows,
      {source.Finish().ValueOrDie(), message.Finish().ValueOrDie(), bytes.Finish().ValueOrDie(),
       port.Finish().ValueOrDie(), time.Finish().ValueOrDie()});
}

void write_file(const std::string& path, std::int64_t mib) {
  const auto schema =
      ::arrow::schema({::arrow::field("src_endpoint_ip", ::arrow::utf8()), ::arrow::field("message", ::arrow::utf8()),
                       ::arrow::field("traffic_bytes", ::arrow::int64()), ::arrow::field("dst_port", ::arrow::int32()),
                       ::arrow::field("time", ::arrow::timestamp(::arrow::TimeUnit::MILLI, "UTC"))});
  auto out = ::arrow::io::FileOutputStream::Open(path).ValueOrDie();
  const auto properties = ::parquet::WriterProperties::Builder()
                              .compression(::arrow::Compression::SNAPPY)
                              ->max_row_group_length(INT64_MAX)
                              ->build();
  auto writer =
      ::parquet::arrow::FileWriter::Open(*schema, ::arrow::default_memory_pool(), out, properties).ValueOrDie();
  std::mt19937_64 random(1);
  for (std::int64_t rows = 0; rows * kRowBytes < mib << 20U; rows += kChunkRows) {
    ok(writer->WriteRecordBatch(*batch(schema, random)));
  }
  ok(writer->Close());
  ok(out->Close());
}

int read_file(const std::string& path) {
  File file(path);
  std::uint64_t json = 0;
  const auto begin = std::chrono::steady_clock::now();
  const pp::Outcome outcome =
      pp::read_rows(file, {file.size(), 16U << 20U}, [&](std::string_view body) { json += body.size(); });
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const double cpu = static_cast<double>(usage.ru_utime.tv_sec) + static_cast<double>(usage.ru_utime.tv_usec) / 1e6;
  std::printf(
      "rows=%llu stored=%.0f MB json=%.0f MB reads=%d %.2f s: %.0f MB/s of JSON a second of CPU; peak RSS %ld MB%s\n",
      static_cast<unsigned long long>(outcome.rows), static_cast<double>(file.size()) / 1e6,
      static_cast<double>(json) / 1e6, file.reads, seconds, static_cast<double>(json) / 1e6 / cpu,
      usage.ru_maxrss / 1024, outcome.fault ? (" FAULT: " + outcome.fault->reason).c_str() : "");
  return outcome.fault ? 1 : 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::int64_t mib = count > 1 ? std::atoll(arguments[1]) : 64;
  const std::string path = count > 2 ? arguments[2] : "parquet_bench.tmp";
  // Each half in a process of its own, so that the writer's memory is not the reader's.
  const auto in_child = [](auto work) {
    const pid_t child = ::fork();
    if (child == 0) {
      const int code = work();
      std::fflush(stdout);
      ::_exit(code);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status == 0 ? 0 : 1;
  };
  int failed = in_child([&] {
    write_file(path, mib);
    return 0;
  });
  if (failed == 0) failed = in_child([&] { return read_file(path); });
  ::unlink(path.c_str());
  return failed;
}
