#include "generate.h"

#include <array>
#include <vector>

#include <fmt/format.h>
#include <isa-l/igzip_lib.h>

#include "base/assert.h"
#include "base/random.h"

namespace dray::bench {
namespace {

constexpr std::uint64_t kStart = 1709629800;  // 2024-03-05T09:10:00Z

// Small numbers are common and large ones rare, as in traffic.
std::uint64_t skewed(Random& random, std::uint64_t bound) {
  const double x = random.fraction();
  return static_cast<std::uint64_t>(x * x * x * static_cast<double>(bound));
}

struct Interface {
  std::string id;
  std::string address;
};

std::vector<Interface> make_interfaces(Random& random, int count) {
  std::vector<Interface> interfaces;
  interfaces.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    interfaces.push_back(
        {fmt::format("eni-0{:016x}", random.next()), fmt::format("10.0.{}.{}", i / 8, random.below(250) + 4)});
  }
  return interfaces;
}

void append_flow(const Interface& interface, std::uint64_t window, Random& random, std::string& out) {
  static constexpr std::array<int, 8> kServices{443, 443, 443, 80, 53, 22, 5432, 6379};
  const std::string peer = fmt::format("{}.{}", random.chance(0.5) ? "198.51.100" : "203.0.113", random.below(256));
  const std::uint64_t ephemeral = 32768 + random.below(28000);
  const int service = kServices[random.below(kServices.size())];
  const std::uint64_t packets = 1 + skewed(random, 60);
  const std::uint64_t bytes = packets * (random.chance(0.45) ? 52 : 40 + random.below(1400));
  const bool outward = random.chance(0.5);
  const bool accepted = random.chance(0.93);
  fmt::format_to(std::back_inserter(out), "2 111122223333 {} {} {} {} {} {} {} {} {} {} {} OK\n", interface.id,
                 outward ? interface.address : peer, outward ? peer : interface.address,
                 outward ? ephemeral : static_cast<std::uint64_t>(service),
                 outward ? static_cast<std::uint64_t>(service) : ephemeral, service == 53 ? 17 : 6, packets, bytes,
                 window, window + 59, accepted ? "ACCEPT" : "REJECT");
}

struct Call {
  std::string_view source, name, parameters;
  bool read_only;
};

constexpr std::array<Call, 6> kCalls{{
    {"s3.amazonaws.com", "GetObject",
     R"("bucketName":"example-logs","Host":"example-logs.s3.eu-west-1.amazonaws.com","key":)", true},
    {"sts.amazonaws.com", "AssumeRole",
     R"("roleArn":"arn:aws:iam::111122223333:role/reader","durationSeconds":3600,"roleSessionName":)", true},
    {"ec2.amazonaws.com", "DescribeInstances", R"("filterSet":{},"instancesSet":{"items":[]},"nextToken":)", true},
    {"kms.amazonaws.com", "Decrypt", R"("encryptionAlgorithm":"SYMMETRIC_DEFAULT","encryptionContext":)", true},
    {"logs.amazonaws.com", "CreateLogStream", R"("logGroupName":"/aws/lambda/example","logStreamName":)", false},
    {"config-service.amazonaws.com", "PutEvaluations", R"("testMode":false,"resultToken":)", false},
}};

// Text of so many base64 characters, as tokens are.
std::string token(Random& random, std::size_t size) {
  static constexpr std::string_view kCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += kCharacters[random.below(kCharacters.size())];
  return text;
}

// What a call answered and what else is told of it.
std::string answer(std::string_view name, Random& random) {
  if (name == "AssumeRole") {
    return fmt::format(R"("responseElements":{{"credentials":{{"accessKeyId":"ASIAEXAMPLE{:08}","sessionToken":"{}",)"
                       R"("expiration":"Mar 5, 2024, 10:10:11 AM"}}}},)",
                       random.below(100'000'000), token(random, 700));
  }
  if (name == "GetObject") {
    return fmt::format(
        R"("responseElements":null,"additionalEventData":{{"SignatureVersion":"SigV4",)"
        R"("AuthenticationMethod":"AuthHeader","bytesTransferredIn":0,"bytesTransferredOut":{},"x-amz-id-2":"{}"}},)",
        skewed(random, 1'000'000), token(random, 76));
  }
  return R"("responseElements":null,)";
}

void append_call(std::uint64_t second, Tokens tokens, Random& random, std::string& out) {
  const Call& call = kCalls[random.below(kCalls.size())];
  const std::uint64_t who = skewed(random, 40);
  const std::uint64_t a = random.next();
  const std::uint64_t b = random.next();
  auto to = std::back_inserter(out);
  fmt::format_to(
      to,
      R"({{"eventVersion":"1.09","userIdentity":{{"type":"AssumedRole","principalId":"AROAEXAMPLE{0:08}:worker-{0}",)"
      R"("arn":"arn:aws:sts::111122223333:assumed-role/service-{0}/worker-{0}","accountId":"111122223333",)"
      R"("accessKeyId":"ASIAEXAMPLE{0:08}","sessionContext":{{"sessionIssuer":{{"type":"Role",)"
      R"("principalId":"AROAEXAMPLE{0:08}","arn":"arn:aws:iam::111122223333:role/service-{0}",)"
      R"("accountId":"111122223333","userName":"service-{0}"}},"attributes":{{"creationDate":)"
      R"("2024-03-05T08:00:00Z","mfaAuthenticated":"false"}}}}}},)",
      who);
  fmt::format_to(
      to,
      R"("eventTime":"2024-03-05T09:{:02}:{:02}Z","eventSource":"{}","eventName":"{}","awsRegion":"eu-west-1",)"
      R"("sourceIPAddress":"192.0.2.{}","userAgent":"aws-sdk-go/1.44.{} (go1.20; linux; amd64) \"exec-env\"",)"
      R"("requestParameters":{{{}"{:016x}{}"}},{})",
      second / 60 % 60, second % 60, call.source, call.name, skewed(random, 256), skewed(random, 9), call.parameters,
      random.next(), tokens == Tokens::some && call.name == "PutEvaluations" ? token(random, 300) : "",
      tokens == Tokens::some ? answer(call.name, random) : R"("responseElements":null,)");
  fmt::format_to(
      to,
      R"("requestID":"{:08x}-{:04x}-{:04x}","eventID":"{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}","readOnly":{},)"
      R"("eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333",)"
      R"("eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256",)"
      R"("clientProvidedHostHeader":"{}"}}}})",
      a >> 32U, a >> 16U & 0xFFFFU, a & 0xFFFFU, b >> 32U, b >> 16U & 0xFFFFU, b & 0xFFFU, a & 0xFFFU,
      b & 0xFFFFFFFFFFFFU, call.read_only, call.source);
}

}  // namespace

std::string vpc_flow_plain(std::uint64_t seed, std::size_t bytes_min) {
  Random random(seed);
  const std::vector<Interface> interfaces = make_interfaces(random, 40);
  std::string out =
      "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
      "log-status\n";
  out.reserve(bytes_min + 256);
  // AWS writes one interface's window of a minute after the other.
  for (std::uint64_t window = kStart; out.size() < bytes_min; window += 60) {
    for (const Interface& interface : interfaces) {
      const std::uint64_t flows = 5 + random.below(60);
      for (std::uint64_t i = 0; i < flows && out.size() < bytes_min; ++i) append_flow(interface, window, random, out);
    }
  }
  return out;
}

std::string cloudtrail_plain(std::uint64_t seed, std::size_t bytes_min, Tokens tokens) {
  Random random(seed);
  std::string out = R"({"Records":[)";
  out.reserve(bytes_min + 4096);
  for (std::uint64_t second = 0; out.size() < bytes_min; second += random.below(2)) {
    if (out.back() != '[') out += ',';
    append_call(second, tokens, random, out);
  }
  out += "]}";
  return out;
}

std::string gzip(std::string_view plain, int times) {
  std::vector<std::uint8_t> level_buffer(ISAL_DEF_LVL3_DEFAULT);
  std::vector<std::uint8_t> chunk(1U << 20U);
  isal_zstream stream;
  isal_deflate_init(&stream);
  stream.level = 3;
  stream.level_buf = level_buffer.data();
  stream.level_buf_size = static_cast<std::uint32_t>(level_buffer.size());
  stream.gzip_flag = IGZIP_GZIP;
  std::string out;
  for (int i = 1; i <= times; ++i) {
    // ISA-L only reads its input; its C interface has no const.
    stream.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(plain.data()));
    stream.avail_in = static_cast<std::uint32_t>(plain.size());
    stream.end_of_stream = i == times ? 1 : 0;
    do {
      stream.next_out = chunk.data();
      stream.avail_out = static_cast<std::uint32_t>(chunk.size());
      DRAY_ASSERT(isal_deflate(&stream) == COMP_OK);
      out.append(reinterpret_cast<const char*>(chunk.data()), chunk.size() - stream.avail_out);
    } while (stream.avail_out == 0 || stream.avail_in > 0);
  }
  return out;
}

}  // namespace dray::bench
