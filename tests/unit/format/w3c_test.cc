#include "split.h"

namespace dray::format {
namespace {

using Records = std::vector<std::string>;

constexpr std::string_view kCloudFront =
    "#Version: 1.0\n#Fields: date time x-edge-location sc-bytes c-ip cs(Host)\n"
    "2024-03-05\t09:10:11\tMAD51-C1\t512\t203.0.113.9\td111.cloudfront.net\n"
    "#Fields: date c-ip\n2024-03-05\t\n";

// formats.md 6.2, quirk 15: headers are per file and come again; only these formats know `#`.
TEST(W3c, LosesHeadersWhereverTheyStand) {
  const Records lines = {"2024-03-05\t09:10:11\tMAD51-C1\t512\t203.0.113.9\td111.cloudfront.net", "2024-03-05\t"};
  EXPECT_EQ(split("w3c_processor", {}, kCloudFront).records, lines);
  EXPECT_EQ(split("bluecoat_processor", {}, kCloudFront).records, lines);
  EXPECT_EQ(split("line_split_processor", {}, kCloudFront).records.size(), 5U);
}

// Quirk 10: a byte order mark at the start of a file that was appended.
TEST(W3c, SeesAHeaderBehindAByteOrderMark) {
  EXPECT_EQ(split("w3c_processor", {},
                  "\xEF\xBB\xBF#Fields: a\n1\n\xEF\xBB\xBF#Fields: a\r\n2\n\xEF\xBB\xBF"
                  "3")
                .records,
            (Records{"1", "2", "3"}));
}

TEST(W3cObjects, TakeNamesFromTheLastFieldsLine) {
  EXPECT_EQ(split("w3c_processor", {{"json", "true"}}, kCloudFront).records,
            (Records{R"({"date":"2024-03-05","time":"09:10:11","x-edge-location":"MAD51-C1","sc-bytes":"512",)"
                     R"x("c-ip":"203.0.113.9","cs(Host)":"d111.cloudfront.net"})x",
                     R"({"date":"2024-03-05","c-ip":""})"}));
}

TEST(W3cObjects, ReadQuotedValuesBetweenBlanks) {
  const Outcome outcome = split("w3c_processor", {{"json", "true"}},
                                "#fields:\ta b  c\r\n1 \"Mozilla/5.0 (X11) \\\"odd\\\"\" \"x; y\"\n\"say \"\"hi\"\" "
                                "now\" \"\" - extra\n1 \"no end\n");
  EXPECT_EQ(outcome.records, (Records{R"({"a":"1","b":"Mozilla/5.0 (X11) \\\"odd\\\"","c":"x; y"})",
                                      R"({"a":"say \"hi\" now","b":"","c":"-","3":"extra"})", "1 \"no end"}));
  EXPECT_EQ(outcome.json, (std::vector<bool>{true, true, false}));
}

TEST(W3cObjects, ReadABackslashBeforeAClosingQuoteAsTheColumnsAsk) {
  const Outcome outcome = split("w3c_processor", {{"json", "true"}},
                                "#Fields: a b c\n"
                                R"("C:\temp\" "x" y)"
                                "\n"
                                R"("C:\\" "say \" now" y)"
                                "\n"
                                R"(1 "\" "")"
                                "\n"
                                R"("\" y)"
                                "\n");
  EXPECT_EQ(outcome.records,
            (Records{R"({"a":"C:\\temp\\","b":"x","c":"y"})", R"({"a":"C:\\\\","b":"say \\\" now","c":"y"})",
                     R"({"a":"1","b":"\\","c":""})", R"({"a":"\\","b":"y"})"}));
}

TEST(Bluecoat, ReadsHeaderBlocksThatChangeTheColumns) {
  EXPECT_EQ(split("bluecoat_processor", {},
                  "#Software: SGOS 7.3.1.1\r\n#Version: 1.0\r\n#Date: 2024-03-05 09:10:11\r\n#Fields: date c-ip\r\n"
                  "2024-03-05 10.0.0.8 \"Mozilla/5.0 (X11) \\\"odd\\\"\" \"Business/Economy;Search\"\n"
                  "#Remark: rotated\r\n#Fields: c-ip date\r\n10.0.0.9 2024-03-05 - - none")
                .records,
            (Records{"2024-03-05 10.0.0.8 \"Mozilla/5.0 (X11) \\\"odd\\\"\" \"Business/Economy;Search\"",
                     "10.0.0.9 2024-03-05 - - none"}));
}

TEST(W3cOptions, AreChecked) {
  EXPECT_TRUE(find_format("w3c_processor")->check({{"json", "true"}}).ok());
  EXPECT_FALSE(find_format("w3c_processor")->check({{"json", "x"}}).ok());
  EXPECT_FALSE(find_format("bluecoat_processor")->check({{"json", "true"}}).ok());
}

}  // namespace
}  // namespace dray::format
