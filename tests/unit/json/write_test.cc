#include "json/write.h"

#include <gtest/gtest.h>

#include "json/members.h"
#include "json/strict.h"

namespace dray::json {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  append_escaped(text, out);
  return out;
}

TEST(EscapedText, EscapesWhatJsonForbidsAndNothingElse) {
  EXPECT_EQ(escaped(""), "");
  EXPECT_EQ(escaped("a/b \x7F \xE2\x80\xA8"), "a/b \x7F \xE2\x80\xA8");
  EXPECT_EQ(escaped("\"\\\b\f\n\r\t"), "\\\"\\\\\\b\\f\\n\\r\\t");
  EXPECT_EQ(escaped(std::string_view("\0\x01\x1F", 3)), "\\u0000\\u0001\\u001f");
}

TEST(EscapedText, LeavesBytesThatAreNoUtf8) {
  EXPECT_EQ(escaped("caf\xE9 \xC0\x80\xFF"), "caf\xE9 \xC0\x80\xFF");
}

TEST(EscapedText, OfEveryByteAtEveryPlaceComesBack) {
  for (int byte = 0; byte < 256; ++byte) {
    for (std::size_t at = 0; at < 20; ++at) {
      std::string text(20, at % 2 == 0 ? 'a' : '\x80');
      text[at] = static_cast<char>(byte);
      const std::string string = '"' + escaped(text) + '"';
      ASSERT_TRUE(is_value(string)) << byte << " at " << at;
      ASSERT_EQ(string_value(string), text) << byte << " at " << at;
    }
  }
}

}  // namespace
}  // namespace dray::json
