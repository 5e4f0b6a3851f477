// rooms: local
// dray_bench: the collector beside the limit, row by row, on the same machine and in the same minutes.
//
// For each row: a local cloud in this process holds the objects and one notification for each; the real program runs as
// a child (`dray run --until-idle 1`) and sends to a TlsSink in a third process; then `limit` runs on the same data.
// CPU and peak memory are the child's own. "settled" is when the last notification was deleted, proof included, counted
// from the first byte that S3 answered. Rates of large objects are over that time; of small ones, which take less time
// than their proof, to the last GET. `ratio` compares CPU per byte: 100 % would be a collector that costs no more than
// the limit.
//
// usage: dray_bench DRAY LIMIT DIRECTORY [ROW…]
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "generate.h"
#include "local/cloud.h"
#include "tls_sink.h"

namespace dray::bench {
namespace {

using Steady = std::chrono::steady_clock;

struct Row {
  std::string name;
  std::string title;
  std::string limit;    // what `limit` is called with
  std::string service;  // of the collector
  int objects = 1;
  int latency_ms = 0;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> all{
      {"vpc", "VPC flow, 10 MB gz", "vpc", "aws_sqs_vpc", 40, 0},
      {"cloudtrail", "CloudTrail, 1.5 MB gz", "cloudtrail", "aws_sqs_cloudtrail", 200, 0},
      {"small", "2 KB objects, 0 ms", "small", "aws_sqs_vpc", 5000, 0},
      {"small30", "2 KB objects, 30 ms", "small", "aws_sqs_vpc", 5000, 30},
      {"huge", "one object of 2 GiB", "vpc", "aws_sqs_vpc", 1, 0},
  };
  return all;
}

struct Load {
  std::string stored;
  std::uint64_t plain_bytes = 0;  // of one object
  std::uint64_t events = 0;       // of one object
};

Load make_load(const Row& row) {
  const bool json = row.limit == "cloudtrail";
  const std::size_t bytes = json ? 17U << 20U : row.limit == "small" ? 13U << 10U : 65U << 20U;
  const std::string plain = json ? cloudtrail_plain(1, bytes) : vpc_flow_plain(1, bytes);
  const int times = row.name == "huge" ? 32 : 1;  // 32 × 65 MiB
  Load load;
  load.stored = gzip(plain, times);
  load.plain_bytes = plain.size() * static_cast<std::uint64_t>(times);
  if (json) {
    for (std::size_t at = 0; (at = plain.find("\"eventVersion\"", at)) != std::string::npos; ++at) ++load.events;
  } else {
    load.events = static_cast<std::uint64_t>(std::count(plain.begin(), plain.end(), '\n') - 1) *
                  static_cast<std::uint64_t>(times);
  }
  return load;
}

struct Measured {
  double stream_seconds = 0;   // what rates are over
  double settled_seconds = 0;  // to the last delete
  double cpu_seconds = 0;
  std::int64_t rss_kib = 0;
};

struct LimitMeasured {
  double plain_bytes = 0, events = 0, objects = 0, wall_seconds = 0, cpu_seconds = 0;
};

std::string key_of(const Row& row, int number) {
  return row.limit == "cloudtrail"
             ? fmt::format(
                   "AWSLogs/111122223333/CloudTrail/eu-west-1/2024/03/05/"
                   "111122223333_CloudTrail_eu-west-1_20240305T0910Z_{:016}.json.gz",
                   number)
             : fmt::format(
                   "AWSLogs/111122223333/vpcflowlogs/eu-west-1/2024/03/05/"
                   "111122223333_vpcflowlogs_eu-west-1_fl-0a1b2c3d4e5f60718_20240305T0910Z_{:08x}.log.gz",
                   number);
}

// A message that cannot be helped here: the benchmark ends.
template <class T>
T must(Result<T> result) {
  if (!result) {
    std::cerr << "dray_bench: " << result.error().message << "\n";
    std::exit(70);
  }
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

class Bench {
 public:
  Bench(std::string dray, std::string limit, std::string directory)
      : dray_(std::move(dray)), limit_(std::move(limit)), directory_(std::move(directory)), sink_(directory_) {}

  void run(const Row& row) {
    const Load load = make_load(row);
    const std::optional<Measured> ours = measure(row, load);
    const std::optional<LimitMeasured> limit = measure_limit(row);
    if (!ours || !limit) return;
    const double plain = static_cast<double>(load.plain_bytes) * row.objects;
    const double events = static_cast<double>(load.events) * row.objects;
    const double cpu_per_gb = ours->cpu_seconds / plain * 1e9;
    const double limit_cpu_per_gb = limit->cpu_seconds / limit->plain_bytes * 1e9;
    print(row.title,
          {plain / 1e6 / ours->stream_seconds, events / ours->stream_seconds, row.objects / ours->stream_seconds,
           cpu_per_gb, static_cast<double>(ours->rss_kib) / 1024, ours->settled_seconds},
          fmt::format("{:.0f}%", limit_cpu_per_gb / cpu_per_gb * 100));
    print("  limit",
          {limit->plain_bytes / 1e6 / limit->wall_seconds, limit->events / limit->wall_seconds,
           limit->objects / limit->wall_seconds, limit_cpu_per_gb, 0, limit->wall_seconds},
          "");
  }

  static void print_head() {
    std::cout << fmt::format("{:<24}{:>9}{:>12}{:>11}{:>10}{:>10}{:>11}{:>8}\n", "", "MB/s", "events/s", "objects/s",
                             "CPU s/GB", "RSS MB", "settled s", "ratio")
              << std::flush;
  }

 private:
  struct Columns {
    double megabytes, events, objects, cpu, rss, settled;
  };

  static void print(const std::string& title, const Columns& c, const std::string& ratio) {
    std::cout << fmt::format("{:<24}{:>9.0f}{:>12.0f}{:>11.0f}{:>10.2f}{:>10}{:>11.1f}{:>8}\n", title, c.megabytes,
                             c.events, c.objects, c.cpu, c.rss > 0 ? fmt::format("{:.1f}", c.rss) : "", c.settled,
                             ratio)
              << std::flush;
  }

  std::optional<Measured> measure(const Row& row, const Load& load) {
    local::CloudOptions options;
    options.region = "eu-west-1";
    options.keys.push_back({.id = "AKIDBENCH",
                            .secret = Secret("bench-secret"),
                            .session_token = {},
                            .expires = {},
                            .arn = {},
                            .role = {}});
    const std::unique_ptr<local::Cloud> cloud = must(local::Cloud::start(options, clock_));
    must(cloud->add_bucket("bench"));
    const std::string queue_url = must(cloud->create_queue("bench", {{"VisibilityTimeout", "120"}}));
    must(cloud->notify("bench", "bench"));
    const local::Content content = local::memory_content(load.stored);
    for (int i = 0; i < row.objects; ++i) must(cloud->put_object("bench", key_of(row, i), content));
    if (row.latency_ms > 0) {
      cloud->faults().add({.kind = local::FaultKind::latency,
                           .operation = "GetObject",
                           .subject = "",
                           .times = -1,
                           .probability = 1.0,
                           .value = static_cast<std::uint64_t>(row.latency_ms)});
    }
    write_config(row, cloud->url(), queue_url);
    const pid_t child = start_collector();
    return watch(row, *cloud, child, load.stored.size() * static_cast<std::uint64_t>(row.objects));
  }

  void write_config(const Row& row, const std::string& cloud_url, const std::string& queue_url) const {
    std::ofstream(directory_ + "/config.yaml") << fmt::format(
        "globals: {{id: 1, name: bench}}\n"
        "outputs:\n"
        "  devo_1:\n"
        "    type: devo_platform\n"
        "    config: {{address: 127.0.0.1, port: {0}, chain: {1}, cert: {1}, key: {2}}}\n"
        "inputs:\n"
        "  sqs_collector:\n"
        "    id: 1\n"
        "    base_url: {3}\n"
        "    region: eu-west-1\n"
        "    endpoints: {{sqs: \"{4}\", s3: \"{4}\", sts: \"{4}\"}}\n"
        "    credentials: {{aws_access_key_id: AKIDBENCH, aws_secret_access_key: bench-secret}}\n"
        "    services: {{{5}: {{}}}}\n",
        sink_.port(), sink_.certificate(), sink_.key(), queue_url, cloud_url, row.service);
  }

  [[nodiscard]] pid_t start_collector() const {
    const std::string log = directory_ + "/collector.log";
    const std::string config = directory_ + "/config.yaml";
    const pid_t child = fork();
    if (child != 0) return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int file = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    dup2(file, STDERR_FILENO);
    dup2(file, STDOUT_FILENO);
    execl(dray_.c_str(), "dray", "run", "--config", config.c_str(), "--until-idle", "1", nullptr);
    _exit(127);
  }

  // Of the program itself; the rusage of a child counts also what it was before exec, a copy of this process.
  static std::int64_t peak_kib(pid_t process) {
    std::ifstream status(fmt::format("/proc/{}/status", process));
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmHWM:")) return std::stoll(line.substr(6));
    }
    return 0;
  }

  // Until the collector ended; nothing if it failed.
  [[nodiscard]] std::optional<Measured> watch(const Row& row, local::Cloud& cloud, pid_t child,
                                              std::uint64_t stored_bytes) const {
    Measured measured;
    std::optional<Steady::time_point> first;
    const auto since_first = [&] { return std::chrono::duration<double>(Steady::now() - *first).count(); };
    int status = 0;
    rusage usage{};
    while (wait4(child, &status, WNOHANG, &usage) == 0) {
      const std::uint64_t out = cloud.counters().bytes_out;
      if (!first && out > 0) first = Steady::now();
      if (first && measured.stream_seconds == 0 && out >= stored_bytes) measured.stream_seconds = since_first();
      if (first && measured.settled_seconds == 0 && must(cloud.queue_counters("bench")).left() == 0) {
        measured.settled_seconds = since_first();
      }
      // The last answer counts: before its exec the child was a copy of this process.
      if (const std::int64_t peak = peak_kib(child); peak > 0) measured.rss_kib = peak;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    // A cloud counts a body's bytes when it begins to send it: true enough for small ones.
    if (row.limit != "small") measured.stream_seconds = measured.settled_seconds;
    const auto seconds = [](const timeval& t) {
      return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
    };
    measured.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || measured.settled_seconds == 0) {
      std::cerr << "dray_bench: the collector failed; see " << directory_ << "/collector.log\n";
      return std::nullopt;
    }
    return measured;
  }

  [[nodiscard]] std::optional<LimitMeasured> measure_limit(const Row& row) const {
    const std::string command = fmt::format("'{}' {} 3 '{}/limit'", limit_, row.limit, directory_);
    std::string text;
    if (std::FILE* pipe = popen(command.c_str(), "r")) {
      char line[256];
      if (std::fgets(line, sizeof line, pipe) != nullptr) text = line;
      pclose(pipe);
    }
    LimitMeasured limit;
    std::istringstream(text) >> limit.plain_bytes >> limit.events >> limit.objects >> limit.wall_seconds >>
        limit.cpu_seconds;
    if (limit.wall_seconds > 0) return limit;
    std::cerr << "dray_bench: limit failed\n";
    return std::nullopt;
  }

  std::string dray_, limit_, directory_;
  TlsSink sink_;  // forks, so before the first thread
  SystemClock clock_;
};

int run(const std::vector<std::string>& arguments) {
  Bench bench(arguments[0], arguments[1], arguments[2]);
  Bench::print_head();
  for (const Row& row : rows()) {
    const auto wanted = arguments.begin() + 3;
    if (wanted == arguments.end() || std::find(wanted, arguments.end(), row.name) != arguments.end()) bench.run(row);
  }
  return 0;
}

}  // namespace
}  // namespace dray::bench

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "usage: dray_bench DRAY LIMIT DIRECTORY [vpc|cloudtrail|small|small30|huge]…\n";
    return 64;
  }
  return dray::bench::run({argv + 1, argv + argc});
}
