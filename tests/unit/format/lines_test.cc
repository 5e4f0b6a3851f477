#include "format/flow_log_header.h"
#include "split.h"

namespace dray::format {
namespace {

using Lines = std::vector<std::string>;

TEST(Lines, EndAtLineFeedAndLoseOneCarriageReturn) {
  const Outcome outcome = split("line_split_processor", {}, "a\nb\r\n\n\r\nc\rd\ne\r\r\n \nf\r");
  EXPECT_EQ(outcome.records, (Lines{"a", "b", "c\rd", "e\r", " ", "f\r"}));
  EXPECT_EQ(outcome.json, std::vector<bool>(6, false));
}

TEST(Lines, AreNotCutByOtherSeparatorsOrNul) {
  const std::string line(
      "a\xE2\x80\xA8"
      "b\xC2\x85"
      "c\v\f\x1C\0d",
      14);
  EXPECT_EQ(split("line_split_processor", {}, line + "\n" + line).records, (Lines{line, line}));
  EXPECT_EQ(split("aws_access_logs_processor", {}, line).records, (Lines{line}));
}

TEST(Lines, OverTheLimitEndTheObjectAfterEarlierLines) {
  const SplitterOptions options{.record_bytes_max = 5, .options = {}};
  for (const std::size_t step : {1U, 3U, 100U}) {
    const auto run = [&](std::string_view text) {
      return split_by("line_split_processor", options, text, [step] { return step; });
    };
    EXPECT_EQ(run("12345\r\n12345\n12345").records, (Lines{"12345", "12345", "12345"}));
    EXPECT_EQ(run("1\n123456\n2\n").records, (Lines{"1"}));
    EXPECT_EQ(run("1\n123456\n2\n").code, "oversize_record");
    EXPECT_EQ(run("1\n123456").code, "oversize_record");
    EXPECT_EQ(run("1\n12345\r").code, "oversize_record");
    EXPECT_EQ(run("1\n12345\r\r\n").code, "oversize_record");
  }
}

TEST(Lines, OverTheLimitComeInPiecesIfSoConfigured) {
  using flow::Flaw;
  const SplitterOptions options{.record_bytes_max = 5, .options = {}, .oversize_in_pieces = true};
  for (const std::string_view format : {"line_split_processor", "vpc_flow_processor"}) {
    for (const std::size_t step : {1U, 3U, 100U}) {
      const auto run = [&](std::string_view text) { return split_by(format, options, text, [step] { return step; }); };
      const Outcome outcome = run("1\n12345678901\r\n2\n12345\r\r\n3\n123456\r");
      EXPECT_EQ(outcome.records, (Lines{"1", "12345", "67890", "1", "2", "12345", "\r", "3", "12345", "6\r"}));
      EXPECT_EQ(outcome.flaws,
                (std::vector{Flaw::none, Flaw::oversize, Flaw::oversize, Flaw::oversize, Flaw::none, Flaw::oversize,
                             Flaw::oversize, Flaw::none, Flaw::oversize, Flaw::oversize}));
      EXPECT_EQ(outcome.code, "");
    }
  }
}

// A CR right behind a full piece belongs to the line's end or to the text: the next byte says which, whenever it comes.
TEST(Lines, InPiecesAreTheSameHoweverTheBytesCome) {
  const SplitterOptions options{.record_bytes_max = 5, .options = {}, .oversize_in_pieces = true};
  for (const std::string_view text : {"1234567890\xC3\r\nx\n", "12345678\r\r\nx\n", "123456789\xE9\r\n",
                                      "1234567890\rx\n", "1234567890\r", "12345678901234\xF0\x9F\r\n"}) {
    const Outcome whole = split_by("line_split_processor", options, text, [] { return std::string_view::npos; });
    for (std::size_t first = 1; first < text.size(); ++first) {
      std::size_t piece = 0;
      const std::size_t sizes[] = {first, text.size()};
      EXPECT_EQ(split_by("line_split_processor", options, text, [&] { return sizes[piece++]; }), whole)
          << text << " cut at " << first;
    }
  }
}

TEST(Lines, InPiecesDoNotTearUtf8) {
  const SplitterOptions options{.record_bytes_max = 5, .options = {}, .oversize_in_pieces = true};
  const auto run = [&](std::string_view text) {
    return split_by("line_split_processor", options, text, [] { return 1; }).records;
  };
  EXPECT_EQ(run("1234\xC3\xA9"
                "12\xF0\x9F\x98\x80x"),
            (Lines{"1234",
                   "\xC3\xA9"
                   "12",
                   "\xF0\x9F\x98\x80x"}));
  EXPECT_EQ(run("\x80\x80\x80\x80\x80\x80\x80"), (Lines{"\x80\x80\x80\x80\x80", "\x80\x80"}));
  EXPECT_EQ(run("\xFF\xFF\xFF\xFF\xFF\xFF\xFF").size(), 2U);
}

TEST(JsonLines, AreJsonOnlyIfTheyAreOneValue) {
  const std::string text =
      "{\"a\":1}\n{\"a\":1} {\"b\":2}\n{\"a\":1,}\n{a:1}\nplain "
      "text\n[1]\n12\n\"s\"\nnull\nNaN\n{\"a\":01}\n{\"a\":\"\\q\"}\n{\"a\":1\n}";
  const Outcome outcome = split("line_split_processor", {{"json", "true"}}, text);
  EXPECT_EQ(outcome.records, (Lines{"{\"a\":1}", "{\"a\":1} {\"b\":2}", "{\"a\":1,}", "{a:1}", "plain text", "[1]",
                                    "12", "\"s\"", "null", "NaN", "{\"a\":01}", "{\"a\":\"\\q\"}", "{\"a\":1", "}"}));
  EXPECT_EQ(outcome.json, (std::vector<bool>{true, false, false, false, false, true, true, true, true, false, false,
                                             false, false, false}));
}

TEST(JsonLines, LoseWhiteSpaceOutsideStringsOnlyIfTheyAreJson) {
  const Outcome outcome = split("line_split_processor", {{"json", "True"}},
                                " {\"a b\": [1.0, \" x \"]}\t\r\n{ not json }\n { \"a\" : 1 , }\n  5 \n \n");
  EXPECT_EQ(outcome.records, (Lines{"{\"a b\":[1.0,\" x \"]}", "{ not json }", " { \"a\" : 1 , }", "5", " "}));
}

TEST(JsonLines, TooDeepAreText) {
  const std::string line = std::string(1025, '[') + std::string(1025, ']');
  const Outcome outcome = split("line_split_processor", {{"json", "true"}}, line + "\n" + line.substr(1, 2048));
  EXPECT_EQ(outcome.json, (std::vector<bool>{false, true}));
}

TEST(LineOptions, AreChecked) {
  const Format& format = *find_format("line_split_processor");
  EXPECT_TRUE(format.check({{"json", "true"}}).ok());
  EXPECT_TRUE(format.check({{"json", "False"}, {"chunks", "false"}}).ok());
  EXPECT_FALSE(format.check({{"json", "maybe"}}).ok());
  EXPECT_TRUE(format.check({{"chunks", "true"}, {"indices", Setting::List{"0", "-3"}}, {"json", "true"}}).ok());
  EXPECT_FALSE(format.check({{"chunks", "true"}}).ok());
  EXPECT_FALSE(format.check({{"chunks", "true"}, {"indices", "first"}}).ok());
  EXPECT_FALSE(format.check({{"chunks", "true"}, {"indices", "-1001"}}).ok());
  EXPECT_FALSE(format.check({{"chunks", "true"}, {"substrings", Setting::List{"a", ""}}}).ok());
  EXPECT_FALSE(format.check({{"substrings", "a"}}).ok());
  const OptionFaults wrong = format.check({{"chunks", "true"}, {"regex", Setting::List{"a", "(?<=b)"}}});
  EXPECT_NE(wrong.text().find("config.regex[1]: \"(?<=b)\""), std::string::npos) << wrong.text();
  EXPECT_FALSE(format.check({{"jsn", "true"}}).ok());
  EXPECT_FALSE(find_format("aws_access_logs_processor")->check({{"json", "true"}}).ok());
}

Lines chosen(Options options, std::string_view text) {
  options.set("chunks", "true");
  EXPECT_TRUE(find_format("line_split_processor")->check(options).ok());
  return split("line_split_processor", options, text).records;
}

TEST(ChosenLines, AreThoseThatAnyChoiceTakes) {
  const std::string_view text = "zero\none\r\n\nthree alpha\nfour beta\nfive";
  EXPECT_EQ(chosen({{"indices", Setting::List{"0", "3"}}}, text), (Lines{"zero", "three alpha"}));
  EXPECT_EQ(chosen({{"indices", Setting::List{"1", "2", "9"}}}, text), (Lines{"one"}));
  EXPECT_EQ(chosen({{"substrings", Setting::List{"alpha", "fi"}}}, text), (Lines{"three alpha", "five"}));
  EXPECT_EQ(chosen({{"regex", Setting::List{"^f", "z.r"}}}, text), (Lines{"zero", "four beta", "five"}));
  EXPECT_EQ(chosen({{"indices", "1"}, {"substrings", "beta"}, {"regex", "^five$"}}, text),
            (Lines{"one", "four beta", "five"}));
}

TEST(ChosenLines, CountFromTheEndWithNegativeIndices) {
  EXPECT_EQ(chosen({{"indices", Setting::List{"-1", "0", "-3"}}}, "a\nb\nc\nd\ne\n"), (Lines{"a", "c", "e"}));
  EXPECT_EQ(chosen({{"indices", Setting::List{"-9"}}, {"substrings", "b"}}, "a\nb\nc"), (Lines{"b"}));
  EXPECT_EQ(chosen({{"indices", Setting::List{"-1"}}}, "a\n\n"), Lines{});
}

TEST(ChosenLines, KeepNoMoreForTheEndThanTheLimit) {
  const SplitterOptions options{.record_bytes_max = 10, .options = {{"chunks", "true"}, {"indices", "-3"}}};
  const auto run = [&](std::string_view text) {
    return split_by("line_split_processor", options, text, [] { return 4U; });
  };
  EXPECT_EQ(run("1234\n5678\n90\n12\n").records, (Lines{"5678"}));
  EXPECT_EQ(run("1234\n5678\n901\n12\n").code, "oversize_record");
}

TEST(ChosenLines, MayBeJson) {
  const Outcome outcome = split("line_split_processor", {{"chunks", "true"}, {"indices", "1"}, {"json", "true"}},
                                "{\"a\":1}\n{\"a\": 2}\n");
  EXPECT_EQ(outcome.records, (Lines{"{\"a\":2}"}));
  EXPECT_EQ(outcome.json, std::vector<bool>{true});
}

constexpr std::string_view kFlowHeader =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action "
    "log-status";
constexpr std::string_view kFlow =
    "2 111122223333 eni-0aa11bb22cc33dd44 192.0.2.10 198.51.100.7 44321 443 6 12 5311 1709629800 1709629859 ACCEPT OK";

Lines flows(const std::string& text) {
  return split("vpc_flow_processor", {}, text).records;
}

TEST(FlowLogs, LoseTheHeaderOfAJoinedFileBehindItsByteOrderMark) {
  EXPECT_EQ(split("vpc_flow_processor", {},
                  "2 a\n\xEF\xBB\xBFversion srcaddr\n2 b\n\xEF\xBB\xBF"
                  "2 c\n")
                .records,
            (std::vector<std::string>{"2 a", "2 b",
                                      "\xEF\xBB\xBF"
                                      "2 c"}));
}

TEST(FlowLogs, LoseHeadersWhereverTheyStand) {
  const std::string header(kFlowHeader);
  const std::string flow(kFlow);
  EXPECT_EQ(flows(header + "\n" + flow + "\n" + header + "\r\n" + flow), (Lines{flow, flow}));
  EXPECT_EQ(flows("account_id log_status\n" + flow), (Lines{flow}));
  EXPECT_EQ(flows("version resource-type account-id tgw-id packets-lost-mtu-exceeded\n" + flow), (Lines{flow}));
  EXPECT_EQ(flows(" version  start \n" + flow), (Lines{flow}));
}

TEST(FlowLogs, KeepAFirstLineThatIsAFlow) {
  EXPECT_EQ(flows(std::string(kFlow)), (Lines{std::string(kFlow)}));
}

TEST(FlowLogs, AllowNewColumnsInTheFirstLineOnly) {
  const std::string newer = "version account-id brand-new-column";
  const std::string flow(kFlow);
  EXPECT_EQ(flows(newer + "\n" + flow + "\n" + newer), (Lines{flow, newer}));
  EXPECT_EQ(flows("\n" + newer + "\n" + flow), (Lines{flow}));
  EXPECT_EQ(flows("version new-one\n"), Lines{});
  EXPECT_EQ(flows("version new-one new-two\n"), (Lines{"version new-one new-two"}));
  EXPECT_EQ(flows("version account-id New\n"), (Lines{"version account-id New"}));
  EXPECT_EQ(flows("eni-0aa11bb22cc33dd44 - - ACCEPT\n"), (Lines{"eni-0aa11bb22cc33dd44 - - ACCEPT"}));
}

TEST(FlowLogs, KnowColumnsInBothSpellings) {
  EXPECT_TRUE(is_flow_log_column("pkt-dst-aws-service"));
  EXPECT_TRUE(is_flow_log_column("pkt_dst_aws_service"));
  EXPECT_TRUE(is_flow_log_column("reject-reason"));
  EXPECT_TRUE(is_flow_log_column("ecs-container-instance-arn"));
  EXPECT_FALSE(is_flow_log_column("Version"));
  EXPECT_FALSE(is_flow_log_column("versio"));
  EXPECT_FALSE(is_flow_log_column(""));
  EXPECT_FALSE(is_flow_log_column(std::string(500, 'a')));
}

}  // namespace
}  // namespace dray::format
