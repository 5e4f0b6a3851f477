#include "app/samples.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <ctime>
#include <utility>

#include "app/sample_texts.h"
#include "base/assert.h"
#include "base/random.h"

namespace dray::app {
namespace {

constexpr std::int64_t kStart = 1709629800;  // 2024-03-05T09:10:00Z
constexpr std::string_view kBucket = "corp-logs-example";

// One member, as the services write it. Speed counts for nothing here.
std::string gzip(std::string_view plain) {
  std::string out(plain.size() + plain.size() / 8 + 1024, '\0');
  isal_zstream stream;
  isal_deflate_stateless_init(&stream);
  stream.gzip_flag = IGZIP_GZIP;
  std::string input(plain);
  stream.next_in = reinterpret_cast<std::uint8_t*>(input.data());
  stream.avail_in = static_cast<std::uint32_t>(input.size());
  stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream.avail_out = static_cast<std::uint32_t>(out.size());
  stream.end_of_stream = 1;
  DRAY_ASSERT(isal_deflate_stateless(&stream) == COMP_OK);
  out.resize(stream.total_out);
  return out;
}

std::size_t lines_of(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

std::size_t times_in(std::string_view text, std::string_view what) {
  std::size_t times = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++times;
  return times;
}

std::string time_in(const char* form, std::int64_t seconds) {
  return fmt::format(fmt::runtime(form), fmt::gmtime(static_cast<std::time_t>(seconds)));
}

// What AWS puts at the end of a file's name.
std::string token(Random& random, std::size_t length) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  std::string out;
  while (out.size() < length) out += letters[random.below(letters.size())];
  return out;
}

std::string aws_key(std::string_view folder, const std::string& file, std::int64_t time) {
  return fmt::format("AWSLogs/{}/{}/{}/{}/{}", kSampleAccount, folder, kSampleRegion, time_in("{:%Y/%m/%d}", time),
                     file);
}

std::string cloudtrail_key(Random& random, std::string_view folder, std::int64_t time) {
  return aws_key(folder,
                 fmt::format("{}_{}_{}_{}_{}.json.gz", kSampleAccount, folder, kSampleRegion,
                             time_in("{:%Y%m%dT%H%MZ}", time), token(random, 16)),
                 time);
}

class Bucket {
 public:
  explicit Bucket(std::uint64_t seed) : random_(seed) {}
  std::vector<SampleObject> fill();

 private:
  void put(std::string key, std::string bytes, std::size_t events, std::string_view service) {
    objects_.push_back({std::string(kBucket), std::move(key), std::move(bytes), events, std::string(service)});
  }
  void put_cloudtrail();
  void put_vpc_flow();
  void put_load_balancer();
  void put_application();

  Random random_;
  std::vector<SampleObject> objects_;
};

void Bucket::put_cloudtrail() {
  constexpr std::string_view service = "aws_sqs_cloudtrail";
  for (int i = 0; i < 6; ++i) {
    const std::int64_t time = kStart + i * 300;
    const std::size_t records = 80 + random_.below(80);
    put(cloudtrail_key(random_, "CloudTrail", time), gzip(cloudtrail_sample(random_, records, time)), records, service);
  }
  put(cloudtrail_key(random_, "CloudTrail-Insight", kStart), gzip(cloudtrail_insight_sample(random_, 6, kStart)), 6,
      service);
  put(cloudtrail_key(random_, "CloudTrail-Digest", kStart), gzip(cloudtrail_digest_sample(random_, kStart)), 0,
      service);
}

void Bucket::put_vpc_flow() {
  for (int i = 0; i < 4; ++i) {
    const std::int64_t time = kStart + i * 300;
    const std::size_t records = 350 + random_.below(150);
    const std::string file = fmt::format("{}_vpcflowlogs_{}_fl-0a1b2c3d4e5f60718_{}_{:08x}.log.gz", kSampleAccount,
                                         kSampleRegion, time_in("{:%Y%m%dT%H%MZ}", time), random_.below(1ULL << 32U));
    put(aws_key("vpcflowlogs", file, time), gzip(vpc_flow_sample(random_, records, time)), records, "aws_sqs_vpc");
  }
}

void Bucket::put_load_balancer() {
  for (int i = 0; i < 4; ++i) {
    const std::int64_t time = kStart + i * 300;
    const bool connections = i == 3;
    const std::string file =
        fmt::format("{}{}_elasticloadbalancing_{}_app.shop.0a1b2c3d4e5f6071_{}_192.0.2.{}_{}.log.gz",
                    connections ? "conn_log." : "", kSampleAccount, kSampleRegion, time_in("{:%Y%m%dT%H%MZ}", time),
                    10 + i, token(random_, 8));
    const std::size_t records = 150 + random_.below(100);
    const std::string text =
        connections ? alb_connection_sample(random_, records, time) : alb_access_sample(random_, records, time);
    put(aws_key("elasticloadbalancing", file, time), gzip(text), lines_of(text), "aws_sqs_alb");
  }
}

void Bucket::put_application() {
  for (int i = 0; i < 3; ++i) {
    const std::int64_t time = kStart + i * 600;
    const std::string text = application_sample(random_, 150 + random_.below(100), time);
    // kSampleServices filters the lines of level DEBUG out.
    const std::size_t sent = lines_of(text) - times_in(text, R"("level":"DEBUG")");
    put(fmt::format("apps/checkout/{}/part {} of 3.ndjson", time_in("{:%Y/%m/%d}", time), i + 1), text, sent,
        "custom_service");
  }
}

std::vector<SampleObject> Bucket::fill() {
  put_cloudtrail();
  put_vpc_flow();
  put_load_balancer();
  put_application();
  return std::move(objects_);
}

}  // namespace

std::vector<SampleObject> make_samples(std::uint64_t seed) {
  return Bucket(seed).fill();
}

}  // namespace dray::app
