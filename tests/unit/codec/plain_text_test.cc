// Text: what no codec may take, byte order marks, character sets, `encoding` of a definition.
#include <gtest/gtest.h>

#include "base/random.h"
#include "codec/codec.h"
#include "decoded.h"
#include "encoders.h"

namespace dray::codec {
namespace {

const Codec* recognised(std::string_view text) {
  return recognise({text.substr(0, kSniffed), text.size() < kSniffed});
}

TEST(PlainText, NoLineOfTextIsTakenForACompression) {
  for (const char* line :
       {"2 111122223333 eni-0a 192.0.2.1 198.51.100.7 443 49152 6 10 840 1709629800 1709629860 ACCEPT OK\n",
        "{\"Records\":[]}", "[{\"a\":1}]\n", "<14>Mar  5 09:10:11 host app: text\n", "# comment\n", "x^2 + y^2\n",
        "BZh", "BZh9 is how bzip2 begins\n", "PAR1 is how parquet begins\n", "PK\n", "ustar\n", "\xC3\xA9t\xC3\xA9\n",
        "sNaPpY\n", "\x1B[31mred\x1B[0m\n", "!\\aaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbb"}) {
    EXPECT_EQ(recognised(line), nullptr) << line;
    EXPECT_EQ(decode(line, 1).text, line);
  }
}

// Whatever a line's bytes are, in ASCII, Latin-1 or UTF-8: a raw block of snappy has no magic number.
TEST(PlainText, RandomTextOfAnyLengthIsNeverTakenForACompression) {
  for (std::uint64_t seed = 0; seed < 200000; ++seed) {
    Random random(seed);
    std::string text;
    const std::uint64_t kind = random.below(3);
    for (std::uint64_t size = 1 + random.below(140); size > 0; --size) {
      const std::uint64_t byte = 0x20 + random.below(kind == 0 ? 0x5F : 0xE0);
      if (kind == 2 && byte >= 0x80) {
        text += static_cast<char>(0xC0U | byte >> 6U);
        text += static_cast<char>(0x80U | (byte & 0x3FU));
      } else {
        text += static_cast<char>(byte == 0x7F ? 'x' : byte);
      }
    }
    const Codec* codec = recognised(text);
    ASSERT_EQ(codec, nullptr) << "seed " << seed << ": " << codec->name;
  }
}

// UTF-16 without a mark is full of NUL, as short snappy blocks are.
TEST(PlainText, TextWithNulIsNotTakenForSnappy) {
  for (const char first : {' ', 'A', 't', '{', '1'}) {
    for (std::size_t size = 1; size < 300; ++size) {
      std::string little;
      std::string big;
      for (std::size_t i = 0; i < size; ++i) {
        const char letter = i == 0 ? first : static_cast<char>('a' + i % 26);
        little += std::string(1, letter) + '\0';
        big += '\0' + std::string(1, letter);
      }
      EXPECT_EQ(recognised(little), nullptr) << first << size;
      EXPECT_EQ(recognised(big), nullptr) << first << size;
    }
  }
}

TEST(PlainText, EntriesAreFilesAndNoRecordRunsOverTheirBorder) {
  const std::vector<Entry> entries{
      {"one.log", "alpha\nbravo"}, {"empty", ""}, {"two.log.gz", gzip("charlie")}, {"3", "\n"}};
  const std::vector<std::string> expected{"alpha\nbravo", "charlie", "\n"};
  for (const std::size_t step : {0U, 1U, 13U}) {
    EXPECT_EQ(decode_files(zip(entries), step), expected);
    EXPECT_EQ(decode_files(tar(entries), step), expected);
    EXPECT_EQ(decode_files(gzip(tar(entries)), step), expected);
  }
  EXPECT_EQ(decode_files("alpha"), std::vector<std::string>{"alpha"});
  EXPECT_TRUE(decode_files("").empty());
  EXPECT_TRUE(decode_files(zip({})).empty());
  // As one stream a line end stands between them, and none that is not needed.
  EXPECT_EQ(decode(zip(entries), 0).text, "alpha\nbravo\ncharlie\n\n");
  EXPECT_EQ(decode(zip({{"a", "x\n"}, {"b", "y"}}), 0).text, "x\ny");
}

TEST(PlainText, WhatMacosAddsToAnArchiveIsNoLog) {
  const std::string attributes = std::string("\x00\x05\x16\x07\x00\x02\x00\x00", 8) + "Mac OS X";
  EXPECT_EQ(decode_files(tar({{"._a", attributes}, {"a", "x\n"}})), std::vector<std::string>{"x\n"});
}

TEST(PlainText, AMarkAtTheStartOfEveryFileIsRemoved) {
  const std::string mark = "\xEF\xBB\xBF";
  EXPECT_EQ(decode_files(zip({{"a", mark + "x\n"}, {"b", mark + mark + "y\n"}}), 1),
            (std::vector<std::string>{"x\n", mark + "y\n"}));
  // Appended files: at the start of a member, where a line ended. Elsewhere it is text.
  EXPECT_EQ(decode(gzip(mark + "x\n") + gzip(mark + "y\n"), 1).text, "x\ny\n");
  EXPECT_EQ(decode(zstd(mark + "x\n") + zstd(mark + "y\n"), 0).text, "x\ny\n");
  EXPECT_EQ(decode(gzip("x") + gzip(mark + "y\n"), 1).text, "x" + mark + "y\n");
  EXPECT_EQ(decode("x\n" + mark + "y\n", 1).text, "x\n" + mark + "y\n");
}

std::string utf16(std::u16string_view text, bool little_endian) {
  std::string out;
  for (const char16_t unit : text) {
    const char low = static_cast<char>(unit & 0xFFU);
    const char high = static_cast<char>(unit >> 8U);
    out += little_endian ? low : high;
    out += little_endian ? high : low;
  }
  return out;
}

TEST(PlainText, AMarkOfUtf16TranscodesTheFile) {
  const std::u16string text = u"\uFEFFa \u00E9 \u20AC \U0001F600\r\nb\u2028\n";
  const std::string expected = "a \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80\r\nb\xE2\x80\xA8\n";
  for (const std::size_t step : {0U, 1U, 3U}) {
    for (const bool little_endian : {true, false}) {
      EXPECT_EQ(decode(utf16(text, little_endian), step).text, expected);
      EXPECT_EQ(decode(gzip(utf16(text, little_endian)), step).text, expected);
      EXPECT_EQ(decode_files(tar({{"a", utf16(text, little_endian)}, {"b", "\xC3\xA9\n"}}), step),
                (std::vector<std::string>{expected, "\xC3\xA9\n"}));
    }
    EXPECT_EQ(decode(utf16(text, true), step, *parse_encoding("utf-16")).text, expected);
    EXPECT_EQ(decode(utf16(text, false), step, *parse_encoding("utf-16")).text, expected);
    EXPECT_EQ(decode(utf16(text.substr(1), true), step, *parse_encoding("UTF-16")).text, expected);
    EXPECT_EQ(decode(utf16(text, false), step, *parse_encoding("utf-16be")).text, expected);
  }
}

TEST(PlainText, WhatCannotBeReadBecomesAReplacementAndNoLineIsLost) {
  const std::string sign = "\xEF\xBF\xBD";
  for (const std::size_t step : {0U, 1U, 2U, 5U}) {
    // Half a pair before a line end, and half a unit at the end.
    EXPECT_EQ(decode(utf16(u"\uFEFFa\xD83D\nb\n", true) + "c", step).text, "a" + sign + "\nb\n" + sign);
    EXPECT_EQ(decode("a\x81\nb\x82", step, *parse_encoding("shift_jis")).text, "a" + sign + "\nb" + sign);
    EXPECT_EQ(decode("a\xE9\nb\n", step, *parse_encoding("ascii")).text, "a" + sign + "\nb\n");
  }
}

TEST(PlainText, ACharacterSetIsTranscodedWhateverCompressesIt) {
  const std::string latin = "caf\xE9 \xA9\n";
  const std::string expected = "caf\xC3\xA9 \xC2\xA9\n";
  for (const char* name : {"latin-1", "latin1", "ISO-8859-1", "iso8859-1", "latin_1", "cp1252"}) {
    const auto options = parse_encoding(name);
    ASSERT_TRUE(options.ok()) << name;
    EXPECT_EQ(decode(latin, 1, *options).text, expected) << name;
    EXPECT_EQ(decode(gzip(latin), 0, *options).text, expected) << name;
    EXPECT_EQ(decode_files(zip({{"a", latin}})).at(0), latin);
  }
}

TEST(PlainText, RandomUtf16GivesTheSameHoweverCut) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    std::string stored = "\xFF\xFE";
    for (std::uint64_t size = random.below(2000); size > 0; --size) stored += static_cast<char>(random.below(256));
    EXPECT_EQ(decode_cut(stored, random), decode(stored, 0)) << seed;
  }
}

TEST(PlainText, NamesOfEncodings) {
  EXPECT_EQ(parse_encoding("")->encoding, Encoding::detect);
  EXPECT_EQ(parse_encoding("utf-8")->encoding, Encoding::detect);
  EXPECT_EQ(parse_encoding("none")->encoding, Encoding::none);
  EXPECT_EQ(parse_encoding("parquet")->encoding, Encoding::parquet);
  EXPECT_EQ(parse_encoding("bz2")->codec, find_codec("bzip2"));
  for (const Codec* codec : all_codecs()) {
    EXPECT_EQ(parse_encoding(codec->name)->codec, codec);
  }
  for (const char* wrong : {"gzipp", "utf-8//IGNORE", "deflate64", "no such set", "/"}) {
    const auto parsed = parse_encoding(wrong);
    ASSERT_FALSE(parsed.ok()) << wrong;
    EXPECT_EQ(parsed.error().kind, ErrorKind::config);
    EXPECT_NE(parsed.error().message.find("gzip, zstd, bzip2"), std::string::npos) << parsed.error().message;
  }
}

TEST(PlainText, ParquetIsForAnotherReader) {
  const std::string stored("PAR1\x15\x04\x15", 7);
  EXPECT_EQ(decode(stored, 0).code, "parquet_object");
  EXPECT_EQ(decode(stored, 1, *parse_encoding("parquet")).code, "parquet_object");
  EXPECT_EQ(decode(gzip(stored), 0).code, "unsupported_encoding");
  EXPECT_EQ(decode("text\n", 0, *parse_encoding("parquet")).code, "bad_header");
  EXPECT_EQ(decode("", 0, *parse_encoding("parquet")).code, "");
}

}  // namespace
}  // namespace dray::codec
