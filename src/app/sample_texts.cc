#include "app/sample_texts.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <ctime>
#include <iterator>

namespace dray::app {
namespace {

template <class T, std::size_t N>
const T& pick(Random& random, const std::array<T, N>& of) {
  return of[random.below(N)];
}

// Small numbers are common and large ones rare, as in traffic.
std::uint64_t skewed(Random& random, std::uint64_t bound) {
  const double x = random.fraction();
  return static_cast<std::uint64_t>(x * x * x * static_cast<double>(bound));
}

std::string uuid(Random& random) {
  const std::uint64_t a = random.next();
  const std::uint64_t b = random.next();
  return fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", a >> 32U, (a >> 16U) & 0xFFFFU, a & 0xFFFU,
                     (b >> 48U) & 0xFFFU, b & 0xFFFFFFFFFFFFU);
}

std::string outside_address(Random& random) {
  constexpr std::array<std::string_view, 3> networks{"192.0.2", "198.51.100", "203.0.113"};
  return fmt::format("{}.{}", pick(random, networks), 1 + random.below(254));
}

struct Call {
  std::string_view source;
  std::string_view name;
  std::string_view parameters;  // requestParameters as JSON
  std::string_view response;    // responseElements as JSON
  bool read_only;
};

constexpr std::array<Call, 14> kCalls{{
    {"s3.amazonaws.com", "GetObject", R"({"bucketName":"corp-data-example","key":"in/2024/report \"final\".csv"})",
     "null", true},
    {"s3.amazonaws.com", "PutBucketPolicy",
     R"({"bucketName":"corp-data-example","bucketPolicy":{"Version":"2012-10-17",)"
     R"("Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*"}]}})",
     "null", false},
    {"ec2.amazonaws.com", "DescribeInstances",
     R"({"instancesSet":{},"filterSet":{"items":[{"name":"tag:env","valueSet":{"items":[{"value":"prod"}]}}]}})",
     "null", true},
    {"ec2.amazonaws.com", "RunInstances",
     R"({"instancesSet":{"items":[{"imageId":"ami-0a1b2c3d4e5f60718","minCount":1,"maxCount":1}]},)"
     R"("instanceType":"t3.micro"})",
     R"({"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef0","instanceState":{"code":0,"name":"pending"}}]}})",
     false},
    {"iam.amazonaws.com", "CreatePolicyVersion",
     R"({"policyArn":"arn:aws:iam::111122223333:policy/ops","policyDocument":"{\n  \"Version\": )"
     R"(\"2012-10-17\",\n  \"Statement\": []\n}","setAsDefault":true})",
     R"({"policyVersion":{"versionId":"v4","isDefaultVersion":true}})", false},
    {"sts.amazonaws.com", "AssumeRole",
     R"({"roleArn":"arn:aws:iam::111122223333:role/ci","roleSessionName":"build-4711","durationSeconds":3600})",
     R"({"assumedRoleUser":{"assumedRoleId":"AROAEXAMPLEEXAMPLE001:build-4711",)"
     R"("arn":"arn:aws:sts::111122223333:assumed-role/ci/build-4711"}})",
     true},
    {"kms.amazonaws.com", "Decrypt",
     R"({"encryptionContext":{"aws:s3:arn":"arn:aws:s3:::corp-data-example"},)"
     R"("encryptionAlgorithm":"SYMMETRIC_DEFAULT"})",
     "null", true},
    {"lambda.amazonaws.com", "Invoke", R"({"functionName":"arn:aws:lambda:eu-west-1:111122223333:function:thumbs"})",
     "null", false},
    {"signin.amazonaws.com", "ConsoleLogin", "null", R"({"ConsoleLogin":"Success"})", false},
    {"dynamodb.amazonaws.com", "UpdateItem", R"({"tableName":"orders","key":{"id":"4711"}})", "null", false},
    {"logs.amazonaws.com", "CreateLogStream",
     R"({"logGroupName":"/aws/lambda/thumbs","logStreamName":"2024/03/05/[$LATEST]0a1b"})", "null", false},
    {"waf-regional.amazonaws.com", "GetWebACL", R"({"webACLId":"0a1b2c3d"})", "null", true},
    {"secretsmanager.amazonaws.com", "GetSecretValue", R"({"secretId":"prod/db"})", "null", true},
    {"elasticloadbalancing.amazonaws.com", "DescribeTargetHealth",
     R"({"targetGroupArn":"arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0011223344556677"})",
     "null", true},
}};

std::string identity(Random& random, std::int64_t time) {
  if (random.chance(0.15)) return R"({"type":"AWSService","invokedBy":"autoscaling.amazonaws.com"})";
  if (random.chance(0.3)) {
    return fmt::format(R"({{"type":"IAMUser","principalId":"AIDAEXAMPLEEXAMPLE{0:03}",)"
                       R"("arn":"arn:aws:iam::111122223333:user/user{0}","accountId":"111122223333",)"
                       R"("accessKeyId":"AKIAIOSFODNN7EXAMPLE","userName":"user{0}"}})",
                       random.below(20));
  }
  return fmt::format(R"({{"type":"AssumedRole","principalId":"AROAEXAMPLEEXAMPLE{0:03}:s{0}",)"
                     R"("arn":"arn:aws:sts::111122223333:assumed-role/ci/s{0}","accountId":"111122223333",)"
                     R"("accessKeyId":"ASIAIOSFODNN7EXAMPLE","sessionContext":{{"sessionIssuer":{{"type":"Role",)"
                     R"("principalId":"AROAEXAMPLEEXAMPLE{0:03}","arn":"arn:aws:iam::111122223333:role/ci",)"
                     R"("accountId":"111122223333","userName":"ci"}},"attributes":{{"creationDate":"{1}",)"
                     R"("mfaAuthenticated":"false"}}}}}})",
                     random.below(40), iso_time(time - 900));
}

std::string api_call(Random& random, std::int64_t time) {
  const Call& call = pick(random, kCalls);
  constexpr std::array<std::string_view, 4> agents{
      "[aws-cli/2.15.21 Python/3.11.6 Linux/5.10 source/x86_64]", "Boto3/1.34.51 md/Botocore#1.34.51 ua/2.0 os/linux",
      "aws-sdk-go/1.50.25 (go1.21.7; linux; amd64)",
      "Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0"};
  std::string record =
      fmt::format(R"({{"eventVersion":"1.09","userIdentity":{},"eventTime":"{}","eventSource":"{}","eventName":"{}",)"
                  R"("awsRegion":"{}","sourceIPAddress":"{}","userAgent":"{}",)",
                  identity(random, time), iso_time(time), call.source, call.name, kSampleRegion,
                  outside_address(random), pick(random, agents));
  if (random.chance(0.06)) {
    record += R"("errorCode":"AccessDenied","errorMessage":"User is not authorized to perform this action",)";
  }
  const bool data = call.name == "GetObject" || call.name == "Invoke" || call.name == "UpdateItem";
  record += fmt::format(R"("requestParameters":{},"responseElements":{},)", call.parameters, call.response);
  if (call.name == "GetObject") {
    record += fmt::format(R"("additionalEventData":{{"bytesTransferredIn":0.0,"bytesTransferredOut":{}.0}},)",
                          skewed(random, 1U << 20U));
  }
  record += fmt::format(R"("requestID":"{}","eventID":"{}","readOnly":{},"eventType":"{}","managementEvent":{},)"
                        R"("recipientAccountId":"{}","eventCategory":"{}"}})",
                        uuid(random), uuid(random), call.read_only,
                        call.name == "ConsoleLogin" ? "AwsConsoleSignIn" : "AwsApiCall", !data, kSampleAccount,
                        data ? "Data" : "Management");
  return record;
}

std::string insight(Random& random, std::int64_t time, bool begins, const std::string& shared_id) {
  return fmt::format(
      R"({{"eventVersion":"1.09","eventTime":"{}","awsRegion":"{}","eventID":"{}",)"
      R"("eventType":"AwsCloudTrailInsight","recipientAccountId":"{}","sharedEventID":"{}",)"
      R"("insightDetails":{{"state":"{}","eventSource":"ec2.amazonaws.com","eventName":"RunInstances",)"
      R"("insightType":"ApiCallRateInsight","insightContext":{{"statistics":{{"baseline":{{"average":0.00)"
      R"(04959}},"insight":{{"average":{}.0}},"insightDuration":{},"baselineDuration":10080}}}}}},)"
      R"("eventCategory":"Insight"}})",
      iso_time(time), kSampleRegion, uuid(random), kSampleAccount, shared_id, begins ? "Start" : "End",
      1 + random.below(40), 1 + random.below(9));
}

std::string records_array(const std::string& records) {
  return "{\"Records\":[" + records + "]}";
}

}  // namespace

std::string iso_time(std::int64_t seconds) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(static_cast<std::time_t>(seconds)));
}

std::string cloudtrail_sample(Random& random, std::size_t records, std::int64_t start) {
  std::string all;
  std::int64_t time = start;
  for (std::size_t i = 0; i < records; ++i) {
    if (i > 0) all += ',';
    all += api_call(random, time);
    time += static_cast<std::int64_t>(random.below(4));
  }
  return records_array(all);
}

std::string cloudtrail_insight_sample(Random& random, std::size_t records, std::int64_t start) {
  std::string all;
  std::string shared_id;
  for (std::size_t i = 0; i < records; ++i) {
    const bool begins = i % 2 == 0;
    if (begins) shared_id = uuid(random);
    if (i > 0) all += ',';
    all += insight(random, start + static_cast<std::int64_t>(i) * 60, begins, shared_id);
  }
  return records_array(all);
}

std::string cloudtrail_digest_sample(Random& random, std::int64_t start) {
  return fmt::format(R"({{"awsAccountId":"{}","digestStartTime":"{}","digestEndTime":"{}",)"
                     R"("digestS3Bucket":"corp-logs-example","digestSignatureAlgorithm":"SHA256withRSA",)"
                     R"("previousDigestSignature":null,"logFiles":[{{"s3Bucket":"corp-logs-example",)"
                     R"("hashValue":"{:016x}{:016x}{:016x}{:016x}","hashAlgorithm":"SHA-256"}}]}})",
                     kSampleAccount, iso_time(start), iso_time(start + 3600), random.next(), random.next(),
                     random.next(), random.next());
}

std::string vpc_flow_sample(Random& random, std::size_t records, std::int64_t start) {
  constexpr std::array<int, 8> ports{443, 443, 443, 80, 53, 22, 5432, 6379};
  std::array<std::string, 8> interfaces;
  for (std::string& one : interfaces) one = fmt::format("eni-0{:016x}", random.next());
  std::string text =
      "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
      "log-status\n";
  for (std::size_t i = 0; i < records; ++i) {
    const std::size_t which = random.below(interfaces.size());
    const std::int64_t window = start + static_cast<std::int64_t>(i * 300 / records / 60 * 60);
    fmt::format_to(std::back_inserter(text), "2 {} {} ", kSampleAccount, interfaces[which]);
    if (random.chance(0.02)) {
      fmt::format_to(std::back_inserter(text), "- - - - - - - {} {} - NODATA\n", window, window + 59);
      continue;
    }
    const int port = pick(random, ports);
    const std::uint64_t packets = 1 + skewed(random, 80);
    fmt::format_to(std::back_inserter(text), "{} 10.0.3.{} {} {} {} {} {} {} {} {} OK\n", outside_address(random),
                   which + 4, 32768 + random.below(28000), port, port == 53 ? 17 : 6, packets,
                   packets * (40 + random.below(1400)), window, window + 59, random.chance(0.9) ? "ACCEPT" : "REJECT");
  }
  return text;
}

std::string alb_access_sample(Random& random, std::size_t records, std::int64_t start) {
  constexpr std::array<std::string_view, 5> paths{"/", "/cart", "/api/v1/orders?page=2&q=%20x", "/static/app.js",
                                                  "/login?next=%2Fcart"};
  constexpr std::array<std::string_view, 3> agents{"Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
                                                   R"(curl/8.5 \x22odd\x22)", "ELB-HealthChecker/2.0"};
  constexpr std::array<int, 8> statuses{200, 200, 200, 200, 301, 304, 404, 503};
  std::string text;
  for (std::size_t i = 0; i < records; ++i) {
    const std::string time = iso_time(start + static_cast<std::int64_t>(i)).substr(0, 19);
    const std::uint64_t micros = random.below(900000) + 50000;
    const int status = pick(random, statuses);
    const std::string target = fmt::format("10.0.3.{}:8080", 4 + random.below(4));
    const bool answered = status != 503;
    const std::string served = answered ? fmt::format("0.001 0.{:03} 0.000", random.below(400)) : "-1 -1 -1";
    fmt::format_to(std::back_inserter(text),
                   R"(https {0}.{1:06}Z app/shop/0a1b2c3d4e5f6071 {2}:{3} {4} {5} {6} {7} {8} {9} "{10} )"
                   R"(https://shop.example:443{11} HTTP/2.0" "{12}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 )"
                   R"(arn:aws:elasticloadbalancing:eu-west-1:111122223333:targetgroup/web/0011223344556677 )"
                   R"("Root=1-{13:08x}-{14:024x}" "shop.example" )"
                   R"("arn:aws:acm:eu-west-1:111122223333:certificate/0a1b2c3d" {15} {0}.{16:06}Z "forward" "-" "-" )"
                   R"("{17}" "{7}" "-" "-" TID_{18:032x})",
                   time, micros, outside_address(random), 1024 + random.below(60000), answered ? target : "-", served,
                   status, answered ? fmt::to_string(status) : "-", 120 + random.below(900), skewed(random, 60000),
                   random.chance(0.8) ? "GET" : "POST", pick(random, paths), pick(random, agents), start, random.next(),
                   random.below(4), micros - 40000, answered ? target : "-", random.next());
    text += '\n';
  }
  return text;
}

std::string alb_connection_sample(Random& random, std::size_t records, std::int64_t start) {
  std::string text;
  for (std::size_t i = 0; i < records; ++i) {
    const std::string time = iso_time(start + static_cast<std::int64_t>(i)).substr(0, 19);
    const bool failed = random.chance(0.05);
    fmt::format_to(std::back_inserter(text),
                   "{}.{:06}Z {} {} 443 {} {} {} \"CN=dev{},O=Example\" "
                   "NotBefore=2024-01-01T00:00:00Z;NotAfter=2025-01-01T00:00:00Z {:016X} {} TID_{:032x}\n",
                   time, random.below(1000000), outside_address(random), 1024 + random.below(60000),
                   failed ? "-" : "TLSv1.3", failed ? "-" : "TLS_AES_128_GCM_SHA256", failed ? "-" : "0.004",
                   random.below(9), random.next(), failed ? "Failed:ClientCertUntrusted" : "Success", random.next());
  }
  return text;
}

std::string application_sample(Random& random, std::size_t records, std::int64_t start) {
  struct Line {
    std::string_view level;
    std::string_view logger;
    std::string_view message;
  };
  constexpr std::array<Line, 6> lines{{{"INFO", "http", "request served"},
                                       {"INFO", "orders", "order accepted"},
                                       {"INFO", "http", "request served"},
                                       {"WARN", "payment", "provider slow, trying again"},
                                       {"ERROR", "payment", R"(card refused: \"limit\" exceeded)"},
                                       {"DEBUG", "cache", "miss"}}};
  std::string text;
  for (std::size_t i = 0; i < records; ++i) {
    const Line& line = pick(random, lines);
    fmt::format_to(std::back_inserter(text),
                   R"({{"time":"{}","level":"{}","logger":"{}","message":"{}","trace":"{:016x}","client":"{}",)"
                   R"("ms":{}.{},"user":{}}})",
                   iso_time(start + static_cast<std::int64_t>(i)), line.level, line.logger, line.message, random.next(),
                   outside_address(random), skewed(random, 400), random.below(10),
                   random.chance(0.3) ? "null" : "\"Zoë\"");
    text += '\n';
  }
  return text;
}

}  // namespace dray::app
