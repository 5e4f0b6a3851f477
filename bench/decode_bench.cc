// rooms: decode config
// What does decoding cost over inflating? For lines, {"Records":[…]} arrays and NDJSON with a tag from a field: MB/s of
// plain text on one core of the whole chain (decompress ▸ split ▸ filter and tag ▸ a sink that counts), beside the
// library alone (ISA-L into one buffer) and our inflate stage alone. Objects lie in memory; best of several runs. With
// DRAY_CORPORA also on published objects. Without tokens: text that repeats itself, inflates at twice the speed and so
// shows how near decoding comes to it at worst; no aim is set for it.
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/assert.h"
#include "config/predefined.h"
#include "decode/object_decoder.h"
#include "generate.h"

namespace dray::bench {
namespace {

constexpr std::size_t kPlainBytes = 48U << 20U;
constexpr std::size_t kChunk = 64U << 10U;
constexpr int kRuns = 7;

class CountedEvents final : public flow::EventSink {
 public:
  Status send(std::uint64_t, std::string_view, std::string_view text) override {
    bytes += text.size();  // that alone: the decoder counts the events
    return {};
  }
  Status send_all(std::uint64_t, std::string_view, std::span<const std::string_view> texts,
                  std::size_t& sent) override {
    sent = texts.size();
    for (const std::string_view text : texts) bytes += text.size();
    return {};
  }
  std::uint64_t bytes = 0;
};

class CountedBytes final : public ByteSink {
 public:
  Status write(std::string_view chunk) override {
    bytes += chunk.size();
    if (kept) kept->append(chunk);
    return {};
  }
  Status finish() override { return {}; }
  std::uint64_t bytes = 0;
  std::optional<std::string> kept;  // if wanted
};

// Of this thread: other work on the machine counts less.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <class Run>
double best_rate(std::size_t plain_bytes, Run run) {
  double best = 0;
  for (int i = 0; i < kRuns; ++i) {
    const double start = cpu_seconds();
    run();
    best = std::max(best, static_cast<double>(plain_bytes) / (cpu_seconds() - start) / 1e6);
  }
  return best;
}

void feed(ByteSink& sink, std::string_view stored) {
  for (; !stored.empty(); stored.remove_prefix(std::min(kChunk, stored.size()))) {
    DRAY_ASSERT(sink.write(stored.substr(0, kChunk)));
  }
  DRAY_ASSERT(sink.finish());
}

// The least that inflating can cost: no CRC, no next stage.
void inflate_alone(const std::string& stored) {
  std::vector<std::uint8_t> out(128U << 10U);
  inflate_state state;
  isal_inflate_init(&state);
  state.crc_flag = ISAL_GZIP;
  state.next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(stored.data()));
  state.avail_in = static_cast<std::uint32_t>(stored.size());
  while (true) {
    do {
      state.next_out = out.data();
      state.avail_out = static_cast<std::uint32_t>(out.size());
      DRAY_ASSERT(isal_inflate(&state) >= 0);
    } while (state.block_state != ISAL_BLOCK_FINISH);
    if (state.avail_in == 0) return;
    std::uint8_t* const next = state.next_in;
    const std::uint32_t left = state.avail_in;
    isal_inflate_reset(&state);
    state.crc_flag = ISAL_GZIP;
    state.next_in = next;
    state.avail_in = left;
  }
}

service::Definition own_ndjson() {
  service::Definition definition;
  definition.name = "ndjson";
  definition.file_format = {.type = "line_split_processor", .options = {{"json", "true"}}};
  definition.record_field_mapping.push_back({.name = "region", .keys = {"awsRegion"}});
  definition.routing_template = "my.app.trail.[record-region]";
  return definition;
}

// The elements of the one array, a line each.
std::string as_lines(std::string trail) {
  trail = trail.substr(trail.find('[') + 1);
  constexpr std::string_view between = "},{\"eventVersion\"";
  for (std::size_t at = 0; (at = trail.find(between, at)) != std::string::npos; ++at) trail[at + 1] = '\n';
  return trail.substr(0, trail.rfind(']')) + "\n";
}

struct Row {
  const char* name;
  service::Definition definition;
  std::string plain;
  int aim = 0;  // percent of the inflate stage alone; 0: none
  // Whole objects, one gzip member each, one after another up to kPlainBytes: as compressible as they are, and no more.
  bool repeated = false;
};

// The published CloudTrail objects of the sample corpora, in order of their names; none without DRAY_CORPORA.
std::vector<std::string> published_trails() {
  const char* corpora = std::getenv("DRAY_CORPORA");
  std::vector<std::string> trails;
  if (corpora == nullptr || !std::filesystem::exists(std::filesystem::path(corpora) / "cloudtrail/AWSLogs")) return {};
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(std::string(corpora) + "/cloudtrail/AWSLogs")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    CountedBytes plain;
    plain.kept.emplace();
    codec::DecompressorScratch scratch;
    const auto decompressor = codec::make_decompressor({}, plain, scratch);
    feed(*decompressor, std::string(std::istreambuf_iterator<char>(file), {}));
    trails.push_back(*plain.kept);
  }
  std::sort(trails.begin(), trails.end());
  return trails;
}

std::string stored_of(Row& row) {
  const std::string member = gzip(row.plain);
  if (!row.repeated) return member;
  std::string stored;
  const std::string one = row.plain;
  for (row.plain.clear(); row.plain.size() < kPlainBytes; row.plain += one) stored += member;
  return stored;
}

void print_row(Row row) {
  const std::string stored = stored_of(row);
  codec::DecompressorScratch scratch;
  const auto service = decode::prepare(row.definition, 16U << 20U);
  DRAY_ASSERT(service);
  std::uint64_t events = 0;
  const double library = best_rate(row.plain.size(), [&] { inflate_alone(stored); });
  const double stage = best_rate(row.plain.size(), [&] {
    CountedBytes counted;
    const auto decompressor = codec::make_decompressor({}, counted, scratch);
    feed(*decompressor, stored);
    DRAY_ASSERT(counted.bytes == row.plain.size());
  });
  const flow::ObjectRef object{.bucket = "b", .key = "k"};
  const double chain = best_rate(row.plain.size(), [&] {
    CountedEvents counted;
    decode::ObjectDecoder decoder(*service, object, counted, scratch);
    feed(decoder, stored);
    events = decoder.events();
    DRAY_ASSERT(counted.bytes > 0);
  });
  fmt::print("{:<26}{:>10.0f}{:>10.0f}{:>10.0f}{:>12.2f}{:>9.0f}%{}\n", row.name, library, stage, chain,
             chain / static_cast<double>(row.plain.size()) * static_cast<double>(events), 100 * chain / stage,
             row.aim == 0 ? "" : fmt::format("  (aim {}%)", row.aim));
  std::fflush(stdout);
}

}  // namespace

// Only the row of that word, if one is given: for a profiler.
int run(std::string_view only) {
  fmt::print("{:<26}{:>10}{:>10}{:>10}{:>12}{:>10}\n", "MB/s of plain text, 1 core", "ISA-L", "inflate", "chain",
             "M events/s", "of inflate");
  const std::string trail = cloudtrail_plain(1, kPlainBytes);
  const auto print = [&](std::string_view word, const Row& row) {
    if (only.empty() || only == word) print_row(row);
  };
  print("lines", {"VPC flow lines", *config::predefined("aws_sqs_vpc"), vpc_flow_plain(1, kPlainBytes), 90});
  print("records", {"CloudTrail Records, tagged", *config::predefined("aws_sqs_cloudtrail"), trail, 75});
  print("ndjson", {"NDJSON, tag from a field", own_ndjson(), as_lines(trail), 60});
  const std::vector<std::string> published = published_trails();
  if (!published.empty()) {
    const std::string& largest = *std::max_element(published.begin(), published.end(),
                                                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
    print("published-records", {"Records, published", *config::predefined("aws_sqs_cloudtrail"), largest, 75, true});
    print("published-ndjson", {"NDJSON, published", own_ndjson(), as_lines(largest), 60, true});
  }
  const std::string alike = cloudtrail_plain(1, kPlainBytes, Tokens::none);
  print("alike-records", {"Records without tokens", *config::predefined("aws_sqs_cloudtrail"), alike});
  print("alike-ndjson", {"NDJSON without tokens", own_ndjson(), as_lines(alike)});
  return 0;
}

}  // namespace dray::bench

int main(int argc, char** argv) {
  return dray::bench::run(argc > 1 ? argv[1] : "");
}
