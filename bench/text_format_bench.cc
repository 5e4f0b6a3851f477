// rooms: format json
// How fast are the text formats alone, on one core, in memory? Prints MB/s of plain text, best of several runs. Text is
// made by a seed, shaped like the real thing: Umbrella's quoted CSV, CloudFront's columns between tabs, PostgreSQL
// statements over several lines.
#include <algorithm>
#include <ctime>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/random.h"
#include "format/splitter.h"
#include "json/write.h"

namespace dray {
namespace {

constexpr std::size_t kPlainBytes = 32U << 20U;
constexpr std::size_t kChunk = 128U << 10U;
constexpr int kRuns = 5;

std::string umbrella() {
  Random random(1);
  std::string out;
  while (out.size() < kPlainBytes) {
    const auto identity = fmt::format("Laptop-{}, Anna (anna@example.com)", random.below(1000));
    out +=
        fmt::format(R"x("2024-03-05 09:{:02}:11","{}","{},Office","10.0.{}.{}","203.0.113.9","{}","1 (A)","NOERROR",)x"
                    R"("host-{}.example.","Business Services,""Test""","AD Users","AD Users,Networks","Malware")"
                    "\n",
                    random.below(60), identity, identity, random.below(256), random.below(256),
                    random.chance(0.9) ? "Allowed" : "Blocked", random.below(100000));
  }
  return out;
}

std::string cloudfront() {
  Random random(2);
  std::string out =
      "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status "
      "cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header\n";
  while (out.size() < kPlainBytes) {
    out += fmt::format(
        "2024-03-05\t09:{:02}:11\tMAD51-C1\t{}\t203.0.113.{}\tGET\td111.cloudfront.net\t/a%20b/{}.html\t200\t-\t"
        "Mozilla/5.0%20(X11;%20Linux%20x86_64)%20AppleWebKit/537.36\t-\t-\tHit\tabc{}==\tshop.example\n",
        random.below(60), random.below(90000), random.below(256), random.below(100000), random.below(1000000));
  }
  return out;
}

std::string postgres() {
  Random random(3);
  std::string out;
  while (out.size() < kPlainBytes) {
    out += fmt::format(
        "2024-03-05 09:{:02}:11 UTC:10.0.0.8({}):app@shop:[{}]:LOG:  statement: SELECT a, b, c FROM orders WHERE id = "
        "{}\n",
        random.below(60), 1024 + random.below(60000), random.below(30000), random.below(1000000));
    if (random.chance(0.3)) out += "\tAND state = 'open'\n\tORDER BY created_at DESC\n\tLIMIT 10;\n";
  }
  return out;
}

std::string table() {
  Random random(4);
  std::string out = "time,host,method,path,status,bytes,agent\n";
  while (out.size() < kPlainBytes) {
    out += fmt::format("2024-03-05T09:{:02}:11Z,web{},GET,/shop/{}/view,200,{},Mozilla/5.0 (X11)\n", random.below(60),
                       random.below(50), random.below(100000), random.below(90000));
  }
  return out;
}

std::string windows() {
  Random random(5);
  std::string out = "<Events>\r\n";
  while (out.size() < kPlainBytes) {
    out += fmt::format(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>\r\n  <System>\r\n    "
        "<Provider Name='Microsoft-Windows-Security-Auditing'/>\r\n    <EventID>4624</EventID>\r\n    "
        "<EventRecordID>{}</EventRecordID>\r\n  </System>\r\n  <EventData>\r\n    "
        "<Data Name='SubjectUserName'>user{}</Data>\r\n    <Data Name='LogonType'>3</Data>\r\n  </EventData>\r\n"
        "</Event>\r\n",
        random.below(1000000), random.below(1000));
  }
  return out + "</Events>\r\n";
}

class Counted final : public flow::RecordSink {
 public:
  Status accept(const flow::Record& record) override {
    ++records;
    bytes += record.bytes.size();
    return {};
  }
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
};

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::uint64_t split(const format::Format& format, const Settings& options, std::string_view text) {
  Counted counted;
  const auto splitter = format.make({.options = options}, counted);
  for (; !text.empty(); text.remove_prefix(std::min(kChunk, text.size()))) {
    if (!splitter->write(text.substr(0, kChunk))) return 0;
  }
  return splitter->finish() ? counted.records : 0;
}

void row(const char* name, const char* format, const Settings& options, const std::string& text) {
  double best = 0;
  std::uint64_t records = 0;
  for (int i = 0; i < kRuns; ++i) {
    const double start = cpu_seconds();
    records = split(*format::find_format(format), options, text);
    best = std::max(best, static_cast<double>(text.size()) / (cpu_seconds() - start) / 1e6);
  }
  fmt::print("{:<34} {:>8.0f} MB/s   {}\n", name, best, records);
}

void escape_row(const std::string& text) {
  std::string out;
  double best = 0;
  for (int i = 0; i < kRuns; ++i) {
    out.clear();
    const double start = cpu_seconds();
    json::append_escaped(text, out);
    best = std::max(best, static_cast<double>(text.size()) / (cpu_seconds() - start) / 1e6);
  }
  fmt::print("{:<34} {:>8.0f} MB/s   {}\n", "  json escapes, lines of text", best, out.size());
}

int run() {
  const Setting::List columns{"time", "identity", "identities", "internalIp", "externalIp", "action", "queryType"};
  const std::string csv = umbrella();
  row("csv", "csv_processor", {}, csv);
  row("csv, header: detect", "csv_processor", {{"header", "detect"}}, csv);
  row("csv, json", "csv_processor", {{"json", "true"}, {"columns", columns}}, csv);
  const std::string w3c = cloudfront();
  row("w3c", "w3c_processor", {}, w3c);
  row("w3c, json", "w3c_processor", {{"json", "true"}}, w3c);
  const std::string sql = postgres();
  row("multiline", "multiline_processor", {{"start", "^20\\d{2}-\\d{2}-\\d{2} "}}, sql);
  const std::string plain = table();
  row("text_file, header before lines", "text_file_processor", {{"header", "true"}, {"header_field_separator", ","}},
      plain);
  row("text_file, use_json", "text_file_processor",
      {{"header", "true"}, {"header_field_separator", ","}, {"use_json", "true"}}, plain);
  row("line_split, substrings", "line_split_processor",
      {{"chunks", "true"}, {"substrings", Setting::List{"web7,", "web9,"}}}, plain);
  row("line_split, regex", "line_split_processor", {{"chunks", "true"}, {"regex", "web[79],"}}, plain);
  row("windows_security, XML", "windows_security_processor", {}, windows());
  escape_row(plain);
  return 0;
}

}  // namespace
}  // namespace dray

int main() {
  return dray::run();
}
