// rooms: format codec json
// How fast are inflate, splitters and lookups alone, on one core, in memory? Prints MB/s of plain text, best of
// several runs. Text is made by a seed, shaped like the real thing: CloudTrail records of about 1.2 KB, flow-log lines
// of about 110 bytes.
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/random.h"
#include "codec/decompressor.h"
#include "format/splitter.h"
#include "json/compact.h"
#include "json/members.h"
#include "json/strict.h"

namespace dray {
namespace {

constexpr std::size_t kPlainBytes = 48U << 20U;
constexpr std::size_t kChunk = 128U << 10U;
constexpr int kRuns = 7;

std::string id(Random& random, std::size_t size) {
  static constexpr std::string_view kLetters = "0123456789abcdefghijklmnopqrstuv";
  std::string out;
  while (out.size() < size) {
    out += kLetters[random.below(kLetters.size())];
  }
  return out;
}

std::string trail_record(Random& random) {
  static constexpr std::string_view kServices[] = {"s3",  "ec2",    "sts",      "kms",
                                                   "iam", "lambda", "dynamodb", "resource-explorer-2"};
  const std::string_view service = kServices[random.below(std::size(kServices))];
  const std::string account = std::to_string(111122223333 + random.below(9));
  return fmt::format(R"({{"eventVersion":"1.09","userIdentity":{{"type":"AssumedRole","principalId":"AROA{0}:session",)"
                     R"("arn":"arn:aws:sts::{1}:assumed-role/ci-deployer/session-{2}","accountId":"{1}",)"
                     R"("accessKeyId":"ASIA{0}","sessionContext":{{"sessionIssuer":{{"type":"Role",)"
                     R"("principalId":"AROA{0}","arn":"arn:aws:iam::{1}:role/ci-deployer","accountId":"{1}",)"
                     R"("userName":"ci-deployer"}},"attributes":{{"creationDate":"2024-03-05T09:00:11Z",)"
                     R"("mfaAuthenticated":"false"}}}}}},"eventTime":"2024-03-05T09:{3:02}:11Z",)"
                     R"("eventSource":"{4}.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1",)"
                     R"("sourceIPAddress":"192.0.2.{3}",)"
                     R"("userAgent":"[aws-cli/2.15.10 Python/3.11.6 Linux/5.10 exe/x86_64 prompt/off]",)"
                     R"("requestParameters":{{"bucketName":"corp-logs","Host":"corp-logs.s3.eu-west-1.amazonaws.com",)"
                     R"("key":"a/b \"c\"/{5}.txt","policy":"{{\"Version\":\"2012-10-17\"}}"}},"responseElements":null,)"
                     R"("additionalEventData":{{"SignatureVersion":"SigV4","bytesTransferredIn":0,)"
                     R"("bytesTransferredOut":{6}.0}},"requestID":"{0}","eventID":"{5}","readOnly":true,)"
                     R"("resources":[{{"type":"AWS::S3::Object",)"
                     R"("ARN":"arn:aws:s3:::corp-logs/{5}"}},{{"accountId":"{1}","type":"AWS::S3::Bucket",)"
                     R"("ARN":"arn:aws:s3:::corp-logs"}}],"eventType":"AwsApiCall","managementEvent":false,)"
                     R"("recipientAccountId":"{1}","eventCategory":"Data","tlsDetails":{{"tlsVersion":"TLSv1.3",)"
                     R"("cipherSuite":"TLS_AES_128_GCM_SHA256"}}}})",
                     id(random, 16), account, random.below(100000), random.below(60), service, id(random, 36),
                     random.below(100000));
}

std::string trail() {
  Random random(1);
  std::string out = "{\"Records\":[";
  while (out.size() < kPlainBytes) {
    out += trail_record(random) + ",";
  }
  out.back() = ']';
  return out + "}";
}

std::string lines_of_json() {
  Random random(2);
  std::string out;
  while (out.size() < kPlainBytes) {
    out += trail_record(random) + "\n";
  }
  return out;
}

// As Python's json.dumps writes it.
std::string with_spaces(const std::string& text) {
  std::string out;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    inside ^= text[i] == '"' && (i == 0 || text[i - 1] != '\\');
    out += text[i];
    if (!inside && (text[i] == ',' || text[i] == ':')) out += ' ';
  }
  return out;
}

std::string flows() {
  Random random(3);
  std::string out =
      "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
      "log-status\n";
  while (out.size() < kPlainBytes) {
    out += fmt::format("2 111122223333 eni-0{} 10.0.{}.{} 192.0.2.{} {} 443 6 {} {} {} {} {} OK\n", id(random, 16),
                       random.below(256), random.below(256), random.below(256), 1024 + random.below(60000),
                       1 + random.below(50), random.below(90000), 1709629800 + random.below(600),
                       1709629860 + random.below(600), random.chance(0.8) ? "ACCEPT" : "REJECT");
  }
  return out;
}

// CloudWatch Logs envelopes of a hundred flows each, one behind the other.
std::string envelopes(std::string_view lines) {
  Random random(5);
  std::string out;
  while (!lines.empty()) {
    out +=
        R"({"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"/flows","logStream":"eni","logEvents":[)";
    for (int i = 0; i < 100 && !lines.empty(); ++i) {
      const std::size_t end = lines.find('\n');
      out += fmt::format(R"({}{{"id":"{}","timestamp":1709629800000,"message":"{}"}})", i == 0 ? "" : ",",
                         id(random, 56), lines.substr(0, end));
      lines.remove_prefix(end + 1);
    }
    out += "]}";
  }
  return out;
}

class Counted final : public flow::RecordSink {
 public:
  explicit Counted(bool look_up) : look_up_(look_up) {}
  Status accept(const flow::Record& record) override {
    ++records;
    bytes += record.bytes.size();
    if (look_up_) {
      for (const char* key : {"eventCategory", "eventType", "eventSource"}) {
        const auto raw =
            json::find_member(record.bytes, record.members.value_or(std::span<const std::uint32_t>()), key);
        if (raw && json::string_value(*raw, value_)) bytes += value_.size() & 1U;
      }
    }
    return {};
  }
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;

 private:
  bool look_up_;
  std::string value_;
};

class Discarded final : public ByteSink {
 public:
  Status write(std::string_view chunk) override {
    bytes += chunk.size();
    return {};
  }
  Status finish() override { return {}; }
  std::uint64_t bytes = 0;
};

std::string gzip(const std::string& plain) {
  isal_zstream stream;
  isal_deflate_init(&stream);
  std::vector<std::uint8_t> level(ISAL_DEF_LVL1_DEFAULT);
  std::string out(plain.size() + 4096, '\0');
  stream.gzip_flag = IGZIP_GZIP;
  stream.level = 1;
  stream.level_buf = level.data();
  stream.level_buf_size = static_cast<std::uint32_t>(level.size());
  stream.end_of_stream = 1;
  stream.next_in = const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(plain.data()));
  stream.avail_in = static_cast<std::uint32_t>(plain.size());
  stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream.avail_out = static_cast<std::uint32_t>(out.size());
  isal_deflate(&stream);
  out.resize(stream.total_out);
  return out;
}

bool feed(ByteSink& sink, std::string_view text, std::size_t chunk) {
  for (; !text.empty(); text.remove_prefix(std::min(chunk, text.size()))) {
    if (!sink.write(text.substr(0, chunk))) return false;
  }
  return sink.finish().ok();
}

// Of this thread: other work on the machine counts less.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

template <class Run>
void row(const char* name, std::size_t bytes, Run run) {
  double best = 0;
  std::uint64_t result = 0;
  for (int i = 0; i < kRuns; ++i) {
    const double start = cpu_seconds();
    result = run();
    best = std::max(best, static_cast<double>(bytes) / (cpu_seconds() - start) / 1e6);
  }
  fmt::print("{:<34} {:>8.0f} MB/s   {}\n", name, best, result);
  std::fflush(stdout);
}

void split_row(const char* name, const char* format, const Settings& options, const std::string& text,
               bool look_up = false) {
  row(name, text.size(), [&] {
    Counted counted(look_up);
    const auto splitter = format::find_format(format)->make({.options = options}, counted);
    return feed(*splitter, text, kChunk) ? counted.records : 0;
  });
}

void inflate_row(const char* name, const std::string& plain) {
  const std::string stored = gzip(plain);
  codec::DecompressorScratch scratch;
  row(name, plain.size(), [&] {
    Discarded discarded;
    const auto decompressor = codec::make_decompressor({codec::Encoding::detect}, discarded, scratch);
    return feed(*decompressor, stored, 64U << 10U) ? discarded.bytes : 0;
  });
}

void small_objects_row() {
  Random random(4);
  const std::string plain = flows().substr(0, 2048);
  const std::string stored = gzip(plain);
  codec::DecompressorScratch scratch;
  constexpr std::size_t kObjects = 20000;
  row("2 KB objects: inflate + lines", plain.size() * kObjects, [&] {
    Counted counted(false);
    for (std::size_t i = 0; i < kObjects; ++i) {
      const auto splitter = format::find_format("vpc_flow_processor")->make({}, counted);
      const auto decompressor = codec::make_decompressor({codec::Encoding::detect}, *splitter, scratch);
      if (!feed(*decompressor, stored, 64U << 10U)) return std::uint64_t{0};
    }
    return counted.records;
  });
}

void json_rows(const std::string& text) {
  std::string out;
  row("  compact", text.size(), [&] {
    json::compact(text, out);
    return static_cast<std::uint64_t>(out.size());
  });
  row("  is_value", text.size(), [&] { return static_cast<std::uint64_t>(json::is_value(text)); });
}

void both_row(const char* name, const char* format, const Settings& options, const std::string& plain, bool look_up) {
  const std::string stored = gzip(plain);
  codec::DecompressorScratch scratch;
  row(name, plain.size(), [&] {
    Counted counted(look_up);
    const auto splitter = format::find_format(format)->make({.options = options}, counted);
    const auto decompressor = codec::make_decompressor({codec::Encoding::detect}, *splitter, scratch);
    return feed(*decompressor, stored, 64U << 10U) ? counted.records : 0;
  });
}

void json_format_rows(const std::string& trail, const std::string& ndjson, const std::string& flow) {
  constexpr const char* kJson = "unseparated_json_processor";
  split_row("unseparated_json, values", kJson, {}, ndjson);
  split_row("unseparated_json, include", kJson, {{"key", "Records"}, {"include", Settings{{"account", "account"}}}},
            R"({"account":"111122223333",)" + trail.substr(1));
  split_row("unseparated_json, rename", kJson, {{"key", "Records"}, {"rename", Settings{{"eventName", "name"}}}},
            trail);
  split_row("unseparated_json, flat", kJson, {{"key", "Records"}, {"flat", "true"}}, trail);
  split_row("extract_key, object", "unseparated_json_processor_extract_key",
            {{"key", "Records"}, {"extraction_key", "userIdentity"}}, trail);
  split_row("cloudwatch_logs, messages", "cloudwatch_logs_processor", {}, envelopes(flow));
  split_row("cloudwatch_logs, records", "cloudwatch_logs_processor", {{"event", "record"}}, envelopes(flow));
  split_row("guardduty, lines", "guardduty_processor", {}, ndjson);
  split_row("separated_json", "separated_json_processor", {}, ndjson);
  split_row("split_or_unseparated, lines", "split_or_unseparated_processor", {}, ndjson);
}

int run() {
  const std::string cloudtrail = trail();
  const std::string ndjson = lines_of_json();
  const std::string flow = flows();
  split_row("vpc_flow_processor", "vpc_flow_processor", {}, flow);
  split_row("line_split_processor", "line_split_processor", {}, flow);
  split_row("unseparated_json, Records", "unseparated_json_processor", {{"key", "Records"}}, cloudtrail);
  split_row("unseparated_json, Records, 3 looks", "unseparated_json_processor", {{"key", "Records"}}, cloudtrail, true);
  split_row("unseparated_json, spaces", "unseparated_json_processor", {{"key", "Records"}}, with_spaces(cloudtrail));
  split_row("line_split, json", "line_split_processor", {{"json", "true"}}, ndjson);
  split_row("line_split, json, 3 looks", "line_split_processor", {{"json", "true"}}, ndjson, true);
  split_row("line_split, json, spaces", "line_split_processor", {{"json", "true"}}, with_spaces(ndjson));
  json_format_rows(cloudtrail, ndjson, flow);
  json_rows(cloudtrail);
  inflate_row("inflate, flow logs", flow);
  inflate_row("inflate, CloudTrail", cloudtrail);
  both_row("inflate + split, flow logs", "vpc_flow_processor", {}, flow, false);
  both_row("inflate + split + 3 looks, trail", "unseparated_json_processor", {{"key", "Records"}}, cloudtrail, true);
  small_objects_row();
  return 0;
}

}  // namespace
}  // namespace dray

int main() {
  return dray::run();
}
