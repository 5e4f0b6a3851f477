#include "aws/error_body.h"

#include <gtest/gtest.h>

#include "aws/dates.h"

namespace dray::aws {
namespace {

TEST(ErrorBody, XmlErrorsAreTakenApart) {
  const ErrorBody error = parse_xml_error(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>PermanentRedirect</Code><Message>a &lt;b&gt; &amp; "
      "&#x41;&#66;&quot;</Message><Region>eu-west-1</Region><RequestId>R</RequestId><HostId>H</HostId></Error>");
  EXPECT_EQ(error.code, "PermanentRedirect");
  EXPECT_EQ(error.message, "a <b> & AB\"");
  EXPECT_EQ(error.region, "eu-west-1");
  EXPECT_EQ(error.request_id, "R");
}

TEST(ErrorBody, JsonErrorsLoseNamespaceAndSuffix) {
  EXPECT_EQ(parse_json_error(R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"m"})", "").code,
            "QueueDoesNotExist");
  EXPECT_EQ(parse_json_error(R"({"__type":"OverLimit:http://internal","Message":"M"})", "").code, "OverLimit");
  EXPECT_EQ(parse_json_error(R"({"__type":"OverLimit","Message":"M"})", "").message, "M");
}

TEST(ErrorBody, TheQueryErrorHeaderWins) {
  const ErrorBody error = parse_json_error(R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"m"})",
                                           "AWS.SimpleQueueService.NonExistentQueue;Sender");
  EXPECT_EQ(error.code, "AWS.SimpleQueueService.NonExistentQueue");
  EXPECT_EQ(error.message, "m");
}

TEST(ErrorBody, ForeignPagesGiveEmptyFields) {
  for (const char* body : {"", "<html><body>Proxy says no</body></html>", "{", "[1,2]", "null", "\"text\"",
                           "<Error><Code>", "<Code></Code>", "{\"__type\":5}", "\xff\xfe"}) {
    EXPECT_EQ(parse_xml_error(body).code, "") << body;
    EXPECT_EQ(parse_json_error(body, "").code, "") << body;
  }
}

TEST(ErrorBody, TextsForLogsAreOneBoundedLine) {
  const std::string huge = "<Message>a\nb" + std::string(5000, 'x') + "</Message>";
  const ErrorBody error = parse_xml_error(huge);
  EXPECT_EQ(error.message.substr(0, 3), "a b");
  EXPECT_EQ(error.message.size(), 2048U);
}

TEST(ErrorBody, EntitiesThatAreNoneStayAsTheyAre) {
  EXPECT_EQ(xml_text("<A>&nope; &; &#; &#xD800; &#x110000; &#65 &amp</A>", "A"), "&nope; &; &#;   &#65 &amp");
  EXPECT_EQ(xml_text("<A>&#xE9;&#x20AC;&#x1F600;</A>", "A"), "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
}

TEST(Dates, BothSpellingsOfAwsAreReadAndOthersRefused) {
  constexpr std::int64_t kMicros = 1'440'938'160LL * 1'000'000;
  EXPECT_EQ(parse_http_date("Sun, 30 Aug 2015 12:36:00 GMT"), (WallTime{kMicros}));
  EXPECT_EQ(parse_iso_date("2015-08-30T12:36:00Z"), (WallTime{kMicros}));
  EXPECT_EQ(parse_iso_date("2015-08-30T12:36:00.123Z"), (WallTime{kMicros}));
  for (const char* text : {"", "Sunday, 30-Aug-15 12:36:00 GMT", "Sun, 30 Xxx 2015 12:36:00 GMT",
                           "Sun, 3x Aug 2015 12:36:00 GMT", "Sun, 30 Aug 2015 12:36:00 CET"}) {
    EXPECT_EQ(parse_http_date(text), std::nullopt) << text;
  }
  for (const char* text :
       {"", "2015-08-30", "2015-08-30T12:36:00", "2015-13-30T12:36:00Z", "2015-08-30T12:36:00+01Z"}) {
    EXPECT_EQ(parse_iso_date(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace dray::aws
