// What a format leaves out it tells, for those who want to know (`dray try --explain`).
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "format/splitter.h"

namespace dray::format {
namespace {

class Sink final : public flow::RecordSink {
 public:
  Status accept(const flow::Record& record) override {
    seen.push_back("record: " + std::string(record.bytes));
    return {};
  }
  void leave_out(std::string_view bytes, std::string_view why) override {
    seen.push_back(std::string(why) + ": " + std::string(bytes));
  }
  std::vector<std::string> seen;
};

std::vector<std::string> split(const char* name, const Settings& options, std::string_view text) {
  const Format* format = find_format(name);
  EXPECT_NE(format, nullptr);
  EXPECT_TRUE(format->check(options));
  Sink sink;
  SplitterOptions splitter_options;
  splitter_options.options = options;
  const auto splitter = format->make(splitter_options, sink);
  EXPECT_TRUE(splitter->write(text));
  EXPECT_TRUE(splitter->finish());
  return sink.seen;
}

using Seen = std::vector<std::string>;

TEST(LeftOut, HeaderLinesOfEveryFormatThatHasThem) {
  EXPECT_EQ(split("vpc_flow_processor", {}, "version account-id\n2 1\n"),
            (Seen{"header line: version account-id", "record: 2 1"}));
  EXPECT_EQ(split("w3c_processor", {}, "#Version: 1.0\na b\n"), (Seen{"header line: #Version: 1.0", "record: a b"}));
  EXPECT_EQ(split("csv_processor", {{"header", "first_line"}}, "a,b\n1,2\na,b\n"),
            (Seen{"header line: a,b", "record: 1,2", "header line: a,b"}));
  const Seen text =
      split("text_file_processor", {{"header", "true"}, {"header_field_separator", ","}}, "a,b\n1,2\na,b\n");
  ASSERT_EQ(text.size(), 3U);
  EXPECT_EQ(text[0], "header line: a,b");
  EXPECT_EQ(text[2], "header line: a,b");
}

}  // namespace
}  // namespace dray::format
