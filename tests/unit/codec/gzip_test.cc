#include <gtest/gtest.h>

#include "base/encoding.h"
#include "base/random.h"
#include "codec/decompressor.h"
#include "decoded.h"
#include "encoders.h"

namespace dray::codec {
namespace {

class Kept final : public ByteSink {
 public:
  Status write(std::string_view chunk) override {
    text.append(chunk);
    return {};
  }
  Status finish() override { return {}; }
  std::string text;
};

struct Vector {
  const char* name;
  const char* base64;
  Outcome expected;
};

// Payloads invented; each was made with another gzip than ours.
const std::vector<Vector>& vectors() {
  static const std::vector<Vector> all{
      {"two_members",
       "H4sIAAAAAAAC/0vMKchI5AIA7G5gnwYAAAAfiwgAAAAAAAL/SypKLMvnAgCvprqmBgAAAA==",
       {"alpha\nbravo\n", "", false}},
      {"border_inside_line",
       "H4sIAAAAAAAC/0vMAQBqZTt5AgAAAB+LCAAAAAAAAv8ryEjkSipKBAAPaaMyBwAAAB+LCAAAAAAAAv8ry+cCAIZTja0DAAAA",
       {"alpha\nbravo\n", "", false}},
      {"zlib_stream", "eJxLzCnISOQCAAgsAhE=", {"alpha\n", "", false}},
      {"trailing_zeros", "H4sIAAAAAAAC/0vMKchI5AIA7G5gnwYAAAAAAAAAAAAAAAAAAAAAAAAA", {"alpha\n", "", false}},
      {"trailing_garbage", "H4sIAAAAAAAC/0vMKchI5AIA7G5gnwYAAABHQVJCQUdFIQ==", {"alpha\n", "", true}},
      {"truncated_no_trailer", "H4sIAAAAAAAC/0vMKchI5AIA", {"alpha\n", "truncated", false}},
      {"bad_crc", "H4sIAAAAAAAC/0vMKchI5AIA3q2+7wYAAAA=", {"alpha\n", "bad_crc", false}},
      {"bad_isize", "H4sIAAAAAAAC/0vMKchI5AIA7G5gn+cDAAA=", {"alpha\n", "bad_length", false}},
      {"empty_payload", "H4sIAAAAAAAC/wMAAAAAAAAAAAA=", {"", "", false}},
      {"fextra_fname_fcomment",
       "H4sIHAAAAAAA/wYAYWICAHp6bmFtZS5sb2cAYSBjb21tZW50AEvMKchI5AIA7G5gnwYAAAA=",
       {"alpha\n", "", false}},
      {"fhcrc", "H4sIAgAAAAAA/5DJS8wpyEjkAgDsbmCfBgAAAA==", {"alpha\n", "", false}},
      {"double_gzip", "H4sIAAAAAAAC/5Pv5mAAAab/3mc0T3g8YWJ4k5cwnw0oAgAf/0i2GgAAAA==", {"alpha\n", "", false}},
  };
  return all;
}

class GzipVector : public testing::TestWithParam<Vector> {};

TEST_P(GzipVector, GivesWhatIsExpectedHoweverCut) {
  const Vector& vector = GetParam();
  const auto stored = from_base64(vector.base64);
  ASSERT_TRUE(stored.has_value());
  for (std::size_t step = 0; step <= stored->size(); ++step) {
    EXPECT_EQ(decode(*stored, step), vector.expected) << "in pieces of " << step;
  }
}

INSTANTIATE_TEST_SUITE_P(Golden, GzipVector, testing::ValuesIn(vectors()),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Gzip, PushesTheGoodPrefixOfACutStream) {
  const auto stored = from_base64("H4sIAAAAAAAC/0vMKchIVEgqSizLV0jOSCzKyUxVSEnNKUlUSE3OyFdIy68oKcov");
  ASSERT_TRUE(stored.has_value());
  const Outcome outcome = decode(*stored, 0);
  EXPECT_EQ(outcome.code, "truncated");
  EXPECT_TRUE(outcome.text.starts_with("alpha bravo charlie delta echo")) << outcome.text;
  EXPECT_EQ(decode(*stored, 1), outcome);
}

TEST(Gzip, EveryTruncationIsAnErrorWithAPrefix) {
  const std::string plain = "one\ntwo\nthree\n";
  const std::string stored = gzip(plain) + gzip(plain);
  const std::size_t border = gzip(plain).size();
  for (std::size_t size = 2; size < stored.size(); ++size) {
    const Outcome outcome = decode(std::string_view(stored).substr(0, size), 0);
    EXPECT_EQ(outcome.code, size == border ? "" : "truncated") << size;
    EXPECT_TRUE((plain + plain).starts_with(outcome.text)) << size;
  }
}

TEST(Gzip, RemovesOneBomAtTheStartOfThePlainBytes) {
  const std::string text = "\xEF\xBB\xBF\xEF\xBB\xBFx";
  EXPECT_EQ(decode(text, 1).text, "\xEF\xBB\xBFx");
  EXPECT_EQ(decode(gzip(text), 0).text, "\xEF\xBB\xBFx");
  EXPECT_EQ(decode(text, 1, {Encoding::none}).text, "\xEF\xBB\xBFx");
  EXPECT_EQ(decode("\xEF\xBB", 1).text, "\xEF\xBB");
}

TEST(Gzip, EncodingOverridesTheFirstBytes) {
  const std::string stored = gzip("alpha\n");
  EXPECT_EQ(decode(stored, 0, {Encoding::none}).text, stored);
  EXPECT_EQ(decode(stored, 0, *parse_encoding("gzip")).text, "alpha\n");
  EXPECT_EQ(decode("alpha\n", 0, *parse_encoding("gzip")).code, "bad_header");
  EXPECT_EQ(decode("", 0, *parse_encoding("gzip")).code, "");
  EXPECT_EQ(decode("", 0).code, "");
}

TEST(Gzip, ReadsThreeLayersAndRefusesFour) {
  const std::string three = gzip(gzip(gzip("alpha\n")));
  EXPECT_EQ(decode(three, 1), (Outcome{"alpha\n", "", false}));
  EXPECT_EQ(decode(gzip(three), 0).code, "limit_depth");
}

TEST(Gzip, RefusesWhatItCannotReadInsteadOfSendingItAsText) {
  const std::string avro("Obj\x01\x04\x14", 6);
  EXPECT_EQ(decode(avro, 0).code, "unsupported_encoding");
  EXPECT_EQ(decode(gzip(avro), 1).code, "unsupported_encoding");
  EXPECT_EQ(decode(avro, 0, {Encoding::none}), (Outcome{avro, "", false}));
}

TEST(Gzip, StopsANestedBombAndStaysSmall) {
  const std::string zeros(64U << 20U, '\0');
  EXPECT_EQ(decode(gzip(gzip(zeros)), 0).code, "limit_ratio");
  // Zero padding inside a layer must not be a way around the limit.
  EXPECT_EQ(decode(gzip(gzip(gzip("x") + zeros)), 0).code, "limit_ratio");
}

TEST(Gzip, ContinuesAfterZeroPaddingAndStopsAtGarbage) {
  const std::string one = gzip("one\n");
  const std::string two = gzip("two\n");
  EXPECT_EQ(decode(one + std::string(7, '\0') + two, 1), (Outcome{"one\ntwo\n", "", false}));
  EXPECT_EQ(decode(one + "x" + two, 1), (Outcome{"one\n", "", true}));
  EXPECT_EQ(decode(one + "\x1F", 1).code, "truncated");
  EXPECT_EQ(decode(one + "\x1Fx", 1), (Outcome{"one\n", "", true}));
}

TEST(Gzip, AnyPiecesOfAnyMembersGiveTheSameBytes) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    Random random(seed);
    std::string plain;
    std::string stored;
    for (std::uint64_t members = 1 + random.below(4); members > 0; --members) {
      const std::string part = random_text(random, random.below(200000));
      plain += part;
      stored += gzip(part);
    }
    EXPECT_EQ(decode(stored, 1 + random.below(5000)).text, plain) << "seed " << seed;
    EXPECT_EQ(decode(stored, 0).text, plain) << "seed " << seed;
  }
}

TEST(Gzip, AScratchServesObjectAfterObject) {
  DecompressorScratch scratch;
  for (const std::size_t size : {10U, 3000000U, 20U, 0U, 70000U}) {
    Random random(size);
    const std::string plain = random_text(random, size);
    const std::string stored = gzip(gzip(plain));
    Kept sink;
    const auto decompressor = make_decompressor({Encoding::detect}, sink, scratch);
    // An object that ends in the middle leaves nothing behind for the next.
    ASSERT_TRUE(decompressor->write(std::string_view(stored).substr(0, stored.size() / 2)).ok());
    Kept whole;
    const auto next = make_decompressor({Encoding::detect}, whole, scratch);
    ASSERT_TRUE(next->write(stored).ok());
    const Status finished = next->finish();
    ASSERT_TRUE(finished.ok()) << size << " " << finished.error().message;
    EXPECT_EQ(whole.text, plain);
  }
}

}  // namespace
}  // namespace dray::codec
