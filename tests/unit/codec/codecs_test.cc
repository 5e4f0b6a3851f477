// Every codec: what its own library wrote comes back, cut anywhere; what is cut or damaged is told.
#include <gtest/gtest.h>

#include <functional>

#include "base/random.h"
#include "codec/codec.h"
#include "decoded.h"
#include "encoders.h"

namespace dray::codec {
namespace {

struct Form {
  const char* name;   // of the test
  const char* codec;  // in the catalogue
  std::function<std::string(std::string_view)> encode;
};

void PrintTo(const Form& form, std::ostream* out) {
  *out << form.name;
}

// A zip and a tar of two files; the second begins where a line ends.
std::vector<Entry> halves(std::string_view plain) {
  const std::size_t middle = plain.rfind('\n', plain.size() / 2) + 1;
  return {
      {"a/", ""}, {"a/one.log", std::string(plain.substr(0, middle))}, {"two.log", std::string(plain.substr(middle))}};
}

std::string zipped(std::string_view plain, const ZipForm& form) {
  return zip(halves(plain), form);
}

std::string tarred(std::string_view plain) {
  const std::vector<Entry> files = halves(plain);
  std::string pax = "31 mtime=1709629811.1234567890\n";
  return tar_entry("a/", "", '5') + tar_entry("PaxHeaders/one.log", pax, 'x') + tar_entry("one.log", files[1].plain) +
         tar_entry("././@LongLink", std::string(200, 'n') + '\0', 'L') + tar_entry("n", files[2].plain) +
         std::string(1024, '\0');
}

std::vector<Form> forms() {
  return {
      {"gzip", "gzip", gzip},
      {"zlib", "zlib", zlib},
      {"zstd", "zstd", [](std::string_view plain) { return zstd(plain); }},
      {"zstd_of_unknown_size", "zstd", [](std::string_view plain) { return zstd(plain, 17); }},
      {"bzip2", "bzip2", [](std::string_view plain) { return bzip2(plain); }},
      {"bzip2_small_blocks", "bzip2", [](std::string_view plain) { return bzip2(plain, 1); }},
      {"xz", "xz", xz},
      {"lz4_linked", "lz4", [](std::string_view plain) { return lz4(plain, true); }},
      {"lz4_independent", "lz4", [](std::string_view plain) { return lz4(plain, false); }},
      {"snappy_framed", "snappy", snappy_framed},
      {"snappy_hadoop", "snappy", [](std::string_view plain) { return snappy_hadoop(plain); }},
      {"snappy_java", "snappy", snappy_java},
      {"snappy_raw", "snappy", snappy_raw},
      {"zip", "zip", [](std::string_view plain) { return zipped(plain, {}); }},
      {"zip_stored", "zip", [](std::string_view plain) { return zipped(plain, {.deflate = false}); }},
      {"zip_descriptor", "zip", [](std::string_view plain) { return zipped(plain, {.descriptor = true}); }},
      {"zip_bare_descriptor", "zip",
       [](std::string_view plain) { return zipped(plain, {.descriptor = true, .signature = false}); }},
      {"zip64", "zip", [](std::string_view plain) { return zipped(plain, {.zip64 = true}); }},
      {"zip64_stored", "zip", [](std::string_view plain) { return zipped(plain, {.deflate = false, .zip64 = true}); }},
      {"tar", "tar", tarred},
  };
}

class EveryForm : public testing::TestWithParam<Form> {
 protected:
  // At least so large that its first bytes are a whole layer's.
  static std::string plain(Random& random, std::size_t most) { return random_text(random, 2000 + random.below(most)); }
};

TEST_P(EveryForm, GivesItsBytesBackHoweverCut) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Random random(seed);
    const std::string text = plain(random, seed % 8 == 0 ? 300000 : 5000);
    const std::string stored = GetParam().encode(text);
    EXPECT_EQ(decode(stored, 0), (Outcome{text, "", false})) << "seed " << seed;
    EXPECT_EQ(decode_cut(stored, random), (Outcome{text, "", false})) << "seed " << seed;
  }
}

class Text final : public ByteSink {
 public:
  Status write(std::string_view chunk) override {
    text.append(chunk);
    return {};
  }
  Status finish() override { return {}; }
  std::string text;
};

// In pieces of random size with a pause behind each.
std::string with_pauses(std::string_view stored, Random& random) {
  Text sink;
  const auto decompressor = make_decompressor({}, sink);
  while (!stored.empty()) {
    const std::string_view piece = stored.substr(0, 1 + random.below(60));
    EXPECT_TRUE(decompressor->write(piece));
    EXPECT_TRUE(decompressor->pause());
    stored.remove_prefix(piece.size());
  }
  EXPECT_TRUE(decompressor->finish());
  return sink.text;
}

TEST_P(EveryForm, GivesItsBytesBackWhateverPausesThereAre) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    Random random(seed);
    const std::string text = plain(random, 5000);
    EXPECT_EQ(with_pauses(GetParam().encode(text), random), text) << "seed " << seed;
  }
}

TEST(Codecs, AWholeLineIsNotHeldBackOverAPause) {
  Text sink;
  const auto decompressor = make_decompressor({}, sink);
  const auto after = [&](std::string_view bytes) {
    EXPECT_TRUE(decompressor->write(bytes));
    EXPECT_TRUE(decompressor->pause());
    return sink.text;
  };
  EXPECT_EQ(after("alp"), "");
  EXPECT_EQ(after("ha\nbr"), "alpha\nbr");
  EXPECT_EQ(after("avo"), "alpha\nbravo");
  Random random(1);
  EXPECT_EQ(with_pauses("\xEF\xBB\xBF"
                        "alpha\n\xEF\xBB\xBF"
                        "bravo\n",
                        random),
            "alpha\n\xEF\xBB\xBF"
            "bravo\n");
  EXPECT_EQ(with_pauses(gzip("alpha\n"), random), "alpha\n");
}

TEST_P(EveryForm, IsFoundInTheCatalogueAndByName) {
  Random random(1);
  const std::string text = plain(random, 100);
  const std::string stored = GetParam().encode(text);
  const Codec* codec = recognise({std::string_view(stored).substr(0, kSniffed), stored.size() < kSniffed});
  ASSERT_NE(codec, nullptr);
  EXPECT_EQ(codec->name, GetParam().codec);
  EXPECT_EQ(decode(stored, 0, *parse_encoding(GetParam().codec)), (Outcome{text, "", false}));
  EXPECT_EQ(decode("", 0, *parse_encoding(GetParam().codec)), (Outcome{"", "", false}));
  EXPECT_NE(decode("plain text is not it\n", 0, *parse_encoding(GetParam().codec)).code, "");
}

TEST_P(EveryForm, CutAnywhereBehindItsBeginningIsTruncatedAndKeepsItsGoodPrefix) {
  Random random(3);
  const std::string text = plain(random, 3000);
  const std::string stored = GetParam().encode(text);
  for (std::size_t size = 600; size < stored.size(); size += 1 + random.below(40)) {
    const std::string_view cut = std::string_view(stored).substr(0, size);
    const Outcome outcome = decode(cut, 0);
    // Blocks and chunks may end just there; nothing in these forms tells how many there are.
    if (outcome.code.empty() && std::string_view(GetParam().codec) == "snappy") continue;
    // The end mark of a tar is longer than is needed to see it.
    if (outcome == Outcome{text, "", false} && std::string_view(GetParam().codec) == "tar") continue;
    EXPECT_EQ(outcome.code, "truncated") << size;
    EXPECT_TRUE(text.starts_with(outcome.text)) << size;
    EXPECT_EQ(decode_cut(cut, random), outcome) << size;
  }
}

TEST_P(EveryForm, DamageNeverCrashesAndIsToldAlikeHoweverCut) {
  for (std::uint64_t seed = 0; seed < 150; ++seed) {
    Random random(seed);
    const std::string text = plain(random, 3000);
    std::string stored = GetParam().encode(text);
    for (std::uint64_t count = 1 + random.below(3); count > 0; --count) {
      stored[random.below(stored.size())] ^= static_cast<char>(1U << random.below(8));
    }
    const Outcome whole = decode(stored, 0);
    const Outcome cut = decode_cut(stored, random);
    EXPECT_EQ(whole.code, cut.code) << "seed " << seed;
    // Inflate notices damage earlier or later, depending on how much it sees.
    if (whole.code != "bad_data") {
      EXPECT_EQ(whole, cut) << "seed " << seed;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Codec, EveryForm, testing::ValuesIn(forms()),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(Codecs, OneAfterTheOtherInAnyMixUpToThreeLayers) {
  const std::vector<Form> all = forms();
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Random random(seed);
    const std::string text = random_text(random, 20000);
    std::string stored = text;
    std::string path;
    for (std::uint64_t layer = 1 + random.below(3); layer > 0; --layer) {
      const Form& form = all[random.below(all.size())];
      // Nothing marks a raw block that is one long literal, as it is around compressed bytes.
      if (stored != text && std::string_view(form.name) == "snappy_raw") continue;
      // Files are cut at line ends, which compressed bytes do not have.
      const bool holds_files = std::string_view(form.codec) == "zip" || std::string_view(form.codec) == "tar";
      if (holds_files && stored != text) {
        stored = std::string_view(form.codec) == "zip" ? zip({{"x.bin", stored}}) : tar({{"x.bin", stored}});
      } else {
        stored = form.encode(stored);
      }
      path += std::string(" < ") + form.name;
    }
    EXPECT_EQ(decode_cut(stored, random), (Outcome{text, "", false})) << "seed " << seed << path;
  }
}

TEST(Codecs, AFourthLayerIsRefusedWhateverItIs) {
  const std::string three = gzip(zip({{"x.zst", zstd("alpha\n")}}));
  EXPECT_EQ(decode(three, 0), (Outcome{"alpha\n", "", false}));
  EXPECT_EQ(decode(tar({{"x", three}}), 0).code, "limit_depth");
  EXPECT_EQ(decode(gzip(bzip2(xz(lz4("alpha\n")))), 0).code, "limit_depth");
}

TEST(Codecs, MembersFramesAndStreamsFollowEachOther) {
  for (const Form& form : forms()) {
    const std::string_view codec = form.codec;
    if (std::string_view(form.name) == "snappy_raw") continue;  // a block ends by itself
    Random random(5);
    const std::string one = random_text(random, 3000) + "\n";
    const std::string two = random_text(random, 3000) + "\n";
    EXPECT_EQ(decode(form.encode(one) + form.encode(two), 7), (Outcome{one + two, "", false})) << form.name;
    if (codec != "snappy") {
      EXPECT_EQ(decode(form.encode(one) + std::string(512, '\0') + form.encode(two), 7),
                (Outcome{one + two, "", false}))
          << form.name;
    }
  }
}

TEST(Codecs, WhatFollowsTheEndIsToldAndNeverAnEvent) {
  const std::string garbage(700, 'G');
  for (const Form& form : forms()) {
    const std::string_view codec = form.codec;
    if (std::string_view(form.name) == "snappy_raw") continue;  // then it is not recognised: nothing marks a block
    const std::string text = "alpha\n" + std::string(1000, 'b') + "\n";
    const Outcome outcome = decode(form.encode(text) + garbage, 0);
    EXPECT_TRUE(outcome.garbage || !outcome.code.empty()) << form.name;
    EXPECT_EQ(outcome.text, text) << form.name;
    // As gzip(1), bzip2(1), unzip(1) and tar(1) do.
    if (codec == "gzip" || codec == "zlib" || codec == "bzip2" || codec == "zip" || codec == "tar") {
      EXPECT_EQ(outcome, (Outcome{text, "", true})) << form.name;
    }
  }
}

// However much of it comes with the block's last bytes. The text is larger than the decoder's buffer: only then are its
// last elements copied in steps.
TEST(Codecs, BytesBehindASnappyBlockAreToldAsALengthAndNotAsDamage) {
  Random random(7);
  std::string text = random_text(random, 100);
  while (text.size() < 250000) text += random_text(random, 300);
  const std::string block = snappy_raw(text);
  const DecompressorOptions as_snappy = *parse_encoding("snappy");
  for (const std::size_t more : {1U, 64U, 65U, 66U, 700U}) {
    // A block of snappy-java, whose length tells more than the block has.
    const std::string before = std::string("\x82SNAPPY\x00", 8) + big(1) + big(1) +
                               big(static_cast<std::uint32_t>(block.size() + more)) + block;
    const std::string stored = before + std::string(more, 'G');
    EXPECT_EQ(decode(stored, 0, as_snappy), (Outcome{text, "bad_length", false})) << more;
    for (std::size_t step = before.size() - 70; step < before.size() + 70; ++step) {
      EXPECT_EQ(decode(stored, step, as_snappy), (Outcome{text, "bad_length", false})) << more << " at " << step;
    }
  }
}

TEST(Codecs, BombsEndInALimit) {
  const std::string zeros(80U << 20U, '\0');
  EXPECT_EQ(decode(zstd(zeros), 0).code, "limit_ratio");
  EXPECT_EQ(decode(bzip2(zeros), 0).code, "limit_ratio");
  EXPECT_EQ(decode(xz(zeros), 4096).code, "limit_ratio");
  EXPECT_EQ(decode(zip({{"x.gz", gzip(zeros)}}), 0).code, "limit_ratio");
  // One layer of gzip stays below it, and so do lz4 and snappy.
  EXPECT_EQ(decode(gzip(zeros), 0).code, "");
  EXPECT_EQ(decode(lz4(zeros), 0).code, "");
  EXPECT_EQ(decode(snappy_framed(zeros), 0).code, "");
}

TEST(Codecs, NoMoreBytesThanAllowedComeOut) {
  Random random(1);
  const std::string text = random_text(random, 100000);
  const Outcome outcome = decode(gzip(text), 100, {.bytes_max = 50000});
  EXPECT_EQ(outcome.code, "limit_size");
  EXPECT_LE(outcome.text.size(), 50000U);
  EXPECT_EQ(decode(gzip("x"), 0, {.bytes_max = 50000}).code, "");
}

TEST(Codecs, AZstdWindowOfOver128MiBIsRefused) {
  EXPECT_EQ(decode(zstd(std::string(3000, 'a'), 27), 0).code, "");
  EXPECT_EQ(decode(zstd(std::string(3000, 'a'), 28), 0).code, "limit_memory");
}

TEST(Codecs, SkippableFramesBelongToWhatFollowsThem) {
  const std::string skippable = std::string("\x53\x2A\x4D\x18") + little(9, 4) + "nine byte";
  EXPECT_EQ(decode(skippable + zstd("alpha\n") + skippable, 1), (Outcome{"alpha\n", "", false}));
  EXPECT_EQ(decode(skippable + skippable + lz4("alpha\n") + skippable + lz4("bravo\n"), 1),
            (Outcome{"alpha\nbravo\n", "", false}));
}

// Stored entries, so that nothing but the check sum can notice; with sizes in the header and behind the entry.
TEST(Zip, TellsAChangedByteByItsCheckSum) {
  for (const bool descriptor : {false, true}) {
    std::string stored = zip({{"a.log", "alpha\nbravo\n"}}, {.deflate = descriptor, .descriptor = descriptor});
    EXPECT_EQ(decode(stored, 0).code, "");
    const std::size_t place = descriptor ? stored.find("PK\x07\x08") + 4 : stored.find("bravo");
    ASSERT_NE(place, std::string::npos);
    stored[place] ^= 1;
    for (const std::size_t step : {0U, 1U}) EXPECT_EQ(decode(stored, step).code, "bad_crc");
  }
}

// As far as the magic number it cannot be told from garbage, and holds nothing that could be lost.
TEST(Tar, AHeaderCutBehindTheEndMarkIsATruncatedTarAndLessOfItGarbage) {
  const std::string first = tar({{"a.log", "alpha\n"}});
  const std::string second = tar({{"b.log", "bravo\n"}});
  EXPECT_EQ(decode(first + second, 0), (Outcome{"alpha\nbravo\n", "", false}));
  for (const std::size_t step : {0U, 1U}) {
    for (const std::size_t cut : {262U, 300U, 511U, 512U, 517U}) {
      EXPECT_EQ(decode(first + second.substr(0, cut), step).code, "truncated") << cut;
    }
    for (const std::size_t cut : {1U, 261U}) {
      EXPECT_EQ(decode(first + second.substr(0, cut), step), (Outcome{"alpha\n", "", true})) << cut;
    }
    EXPECT_EQ(decode(first + std::string(100, '\0'), step), (Outcome{"alpha\n", "", false}));
    EXPECT_EQ(decode(first + std::string(100, '\0') + "x", step), (Outcome{"alpha\n", "", true}));
  }
}

TEST(Tar, ThatBeginsWithItsEndIsNone) {
  const DecompressorOptions as_tar = *parse_encoding("tar");
  EXPECT_EQ(decode(std::string(1024, '\0'), 0, as_tar).code, "bad_header");
}

}  // namespace
}  // namespace dray::codec
