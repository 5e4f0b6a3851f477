#include "base/encoding.h"

#include <gtest/gtest.h>

namespace dray {
namespace {

std::string all_bytes() {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes.push_back(static_cast<char>(i));
  return bytes;
}

TEST(Encoding, HexIsLowerCaseAndTwoDigitsAByte) {
  EXPECT_EQ(hex(std::string("\x00\x7f\xff\x0a", 4)), "007fff0a");
  EXPECT_EQ(hex(""), "");
}

TEST(Encoding, Base64FollowsTheVectorsOfRfc4648) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : vectors) {
    EXPECT_EQ(base64(plain), coded);
    EXPECT_EQ(from_base64(coded), plain);
  }
  EXPECT_EQ(from_base64(base64(all_bytes())), all_bytes());
}

TEST(Encoding, BrokenBase64IsRefused) {
  for (const char* text : {"Zg=", "Zg", "Z===", "Zm=v", "Zm9v!A==", "Zg==Zg==", "====", "Zm9 "}) {
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
  }
}

TEST(Encoding, PercentEncodingLeavesOnlyUnreservedBytes) {
  EXPECT_EQ(percent_encode("AZaz09-_.~", false), "AZaz09-_.~");
  EXPECT_EQ(percent_encode("logs/dt=2024-01-02/a b+c%25\xC3\xA9~(1)!'*.gz", true),
            "logs/dt%3D2024-01-02/a%20b%2Bc%2525%C3%A9~%281%29%21%27%2A.gz");
  EXPECT_EQ(percent_encode("a/b", false), "a%2Fb");
}

TEST(Encoding, EveryByteSurvivesEncodeAndDecode) {
  EXPECT_EQ(percent_decode(percent_encode(all_bytes(), false)), all_bytes());
  EXPECT_EQ(percent_decode(percent_encode(all_bytes(), true)), all_bytes());
}

TEST(Encoding, MalformedEscapesKeepTheirText) {
  EXPECT_EQ(percent_decode("100%"), "100%");
  EXPECT_EQ(percent_decode("%4"), "%4");
  EXPECT_EQ(percent_decode("%zz%41"), "%zzA");
  EXPECT_EQ(percent_decode("a+b"), "a+b");
}

TEST(Encoding, EventKeysAreFormEncoded) {
  EXPECT_EQ(decode_event_key("a+b%2Bc%20d"), "a b+c d");
  EXPECT_EQ(decode_event_key("dt%3D1/100%25+sure"), "dt=1/100% sure");
}

}  // namespace
}  // namespace dray
