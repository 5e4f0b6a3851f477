// Quirks 1 to 9 of formats.md 6.1, and the vectors of 6.7: what stored bytes do to a naive decoder, through the whole
// chain. The number is that of the list.
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "chain.h"
#include "packers.h"

namespace dray::golden {
namespace {

const service::Definition& lines() {
  static const service::Definition definition = definition_of("line_split_processor");
  return definition;
}

const service::Definition& values() {
  static const service::Definition definition = definition_of("unseparated_json_processor");
  return definition;
}

TEST(Quirks, Quirk01TrustsBytesNotNames) {
  const std::string plain = "alpha\nbravo\n";
  for (const Packing& packing : packings()) {
    SCOPED_TRACE(packing.name);
    for (const char* key : {"in/a.json", "in/a.gz", "in/a.log.zst", "in/a"}) {
      EXPECT_EQ(chained(lines(), packing.pack(plain), 5, key).events, (std::vector<std::string>{"alpha", "bravo"}));
    }
  }
  // What cannot be read is refused, not sent as text.
  EXPECT_EQ(chained(lines(), "Obj\x01" + std::string(60, 'x'), 64).code, "unsupported_encoding");
}

TEST(Quirks, Quirk03ManyMembersAndBordersAnywhere) {
  // A border inside a line, inside a JSON string's escape and inside a UTF-8 sequence.
  const std::string text = "{\"a\":\"x\\u00e9y\",\"b\":\"\xE2\x82\xAC\"}{\"a\":1}";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    SCOPED_TRACE(cut);
    expect_chained(values(), gzip(text.substr(0, cut)) + gzip("") + gzip(text.substr(cut)),
                   {"{\"a\":\"x\\u00e9y\",\"b\":\"\xE2\x82\xAC\"}", "{\"a\":1}"});
  }
  std::string members;
  std::vector<std::string> events;
  for (int i = 0; i < 100; ++i) {
    events.push_back("line " + std::to_string(i));
    members += gzip(events.back() + "\n");
  }
  expect_chained(lines(), members, events);
}

TEST(Quirks, Quirk04PaddingAndGarbageAfterTheLastMember) {
  expect_chained(lines(), gzip("alpha\n") + std::string(700, '\0'), {"alpha"});
  const std::string garbage = gzip("alpha\n") + "GARBAGE\nmore";
  expect_chained(lines(), garbage, {"alpha"});
  flow::ObjectRef object;
  EXPECT_TRUE(decode_object(lines(), object, garbage, 4).trailing_garbage);
  EXPECT_FALSE(decode_object(lines(), object, gzip("alpha\n") + std::string(9, '\0'), 4).trailing_garbage);
}

TEST(Quirks, Quirk05TruncatedGivesTheCompleteRecordsThenTheFault) {
  const std::string whole = gzip("alpha\nbravo\n");
  for (std::size_t missing = 1; missing < 8; ++missing) {
    expect_chained(lines(), whole.substr(0, whole.size() - missing), {"alpha", "bravo"}, "truncated");
  }
  // The line that is cut off is not an event: nobody knows its end.
  expect_chained(lines(), gzip("alpha\nbra").substr(0, gzip("alpha\nbra").size() - 8), {"alpha"}, "truncated");
}

TEST(Quirks, Quirk06ChecksCrcAndLengthAndSkipsHeaderFields) {
  std::string stored = gzip("alpha\n");
  stored[stored.size() - 8] ^= 1;
  expect_chained(lines(), stored, {"alpha"}, "bad_crc");
  stored = gzip("alpha\n");
  stored[stored.size() - 1] ^= 1;
  expect_chained(lines(), stored, {"alpha"}, "bad_length");
  expect_chained(lines(), gzip(""), {});
}

TEST(Quirks, Quirk07CompressionInCompressionUpToThree) {
  expect_chained(lines(), gzip(gzip(gzip("alpha\n"))), {"alpha"});
  expect_chained(lines(), gzip(gzip(gzip(gzip("alpha\n")))), {}, "limit_depth");
  // A bomb ends in an error, and no part of it is an event: 512 MiB without LF.
  const std::string bomb = gzip(gzip(std::string(512U << 20U, '\0')));
  const Chained ended = chained(lines(), bomb, 65536);
  EXPECT_TRUE(ended.events.empty());
  EXPECT_TRUE(ended.code == "limit_ratio" || ended.code == "oversize_record") << ended.code;
}

TEST(Quirks, Quirk08ZipReadsEveryEntry) {
  expect_chained(lines(),
                 pack_zip({{"d/", "", true},
                           {"d/stored.log", "alpha\n", true},
                           {"d/b.log", "bravo\ncharlie"},
                           {"\xFF\xFE.log.gz", gzip("delta\n")},
                           {"empty.log", ""}}),
                 {"alpha", "bravo", "charlie", "delta"});
  expect_chained(lines(), pack_zip({}), {});
  expect_chained(lines(), pack_zip({{"a.log", "alpha\n", false, true}, {"b.log", "bravo\n", false, true}}),
                 {"alpha", "bravo"});
  expect_chained(lines(), pack_zip({{"a.zip", pack_zip({{"b.log", "alpha\n"}, {"c.log", "bravo\n"}})}}),
                 {"alpha", "bravo"});
}

// Each entry is a text of its own: its header is none of the events, and its damage is not the next one's.
TEST(Quirks, Quirk08ZipEntriesAreTextsOfTheirOwn) {
  expect_chained(
      definition_of("csv_processor", "{header: first_line}"),
      pack_zip({{"a.csv", "h,i\n0,1"}, {"b.zip", pack_zip({{"c.csv", "j,k\n2,3\n"}, {"d.csv", "l,m\n4,5"}})}}),
      {"0,1", "2,3", "4,5"});
  expect_chained(definition_of("unseparated_json_processor", "{key: Records}"),
                 pack_zip({{"a", "{\"Records\":[1,{"}, {"b", "{\"Records\":[2]}"}}), {"1", "2"}, "truncated_json");
}

TEST(Quirks, Quirk08AZipEntryThatCannotBeReadEndsTheObjectBehindTheEntriesBeforeIt) {
  const std::string sound = pack_zip({{"a.log", "alpha\n"}, {"b.log", "bravo\n"}, {"c.log", "charlie\n"}});
  constexpr std::size_t kFlagsAt = 6;
  constexpr std::size_t kMethodAt = 8;
  const std::size_t second = sound.find("PK\x03\x04", 1);
  for (const auto& [at, value] : {std::pair(kFlagsAt, '\x01'), std::pair(kMethodAt, '\x0C')}) {
    std::string stored = sound;
    stored[second + at] = value;
    expect_chained(lines(), stored, {"alpha"}, "unsupported_encoding");
  }
}

TEST(Quirks, Quirk09NoBytesAreNoEvents) {
  for (const char* format : {"line_split_processor", "unseparated_json_processor", "vpc_flow_processor"}) {
    expect_chained(definition_of(format), "", {});
  }
}

struct Vector {
  const char* name;
  const char* base64;
  std::vector<std::string> events;
  const char* code;
  bool garbage = false;
};

TEST(Quirks, TheReadyGzipVectors) {
  const Vector vectors[] = {
      {"two_members",
       "H4sIAAAAAAAC/0vMKchI5AIA7G5gnwYAAAAfiwgAAAAAAAL/SypKLMvnAgCvprqmBgAAAA==",
       {"alpha", "bravo"},
       ""},
      {"border_inside_line",
       "H4sIAAAAAAAC/0vMAQBqZTt5AgAAAB+LCAAAAAAAAv8ryEjkSipKBAAPaaMyBwAAAB+LCAAAAAAAAv8ry+cCAIZTja0DAAAA",
       {"alpha", "bravo"},
       ""},
      {"trailing_zeros", "H4sIAAAAAAAC/0vMKchI5AIA7G5gnwYAAAAAAAAAAAAAAAAAAAAAAAAA", {"alpha"}, ""},
      {"trailing_garbage", "H4sIAAAAAAAC/0vMKchI5AIA7G5gnwYAAABHQVJCQUdFIQ==", {"alpha"}, "", true},
      {"truncated_no_trailer", "H4sIAAAAAAAC/0vMKchI5AIA", {"alpha"}, "truncated"},
      // One line without its end: it is not known to be whole.
      {"truncated_mid_deflate", "H4sIAAAAAAAC/0vMKchIVEgqSizLV0jOSCzKyUxVSEnNKUlUSE3OyFdIy68oKcov", {}, "truncated"},
      {"bad_crc", "H4sIAAAAAAAC/0vMKchI5AIA3q2+7wYAAAA=", {"alpha"}, "bad_crc"},
      {"bad_isize", "H4sIAAAAAAAC/0vMKchI5AIA7G5gn+cDAAA=", {"alpha"}, "bad_length"},
      {"empty_payload", "H4sIAAAAAAAC/wMAAAAAAAAAAAA=", {}, ""},
      {"fextra_fname_fcomment",
       "H4sIHAAAAAAA/wYAYWICAHp6bmFtZS5sb2cAYSBjb21tZW50AEvMKchI5AIA7G5gnwYAAAA=",
       {"alpha"},
       ""},
      {"fhcrc", "H4sIAgAAAAAA/5DJS8wpyEjkAgDsbmCfBgAAAA==", {"alpha"}, ""},
      {"double_gzip", "H4sIAAAAAAAC/5Pv5mAAAab/3mc0T3g8YWJ4k5cwnw0oAgAf/0i2GgAAAA==", {"alpha"}, ""},
      {"zlib_stream", "eJxLzCnISOQCAAgsAhE=", {"alpha"}, ""},
  };
  for (const Vector& vector : vectors) {
    SCOPED_TRACE(vector.name);
    const auto stored = from_base64(vector.base64);
    ASSERT_TRUE(stored);
    expect_chained(lines(), *stored, vector.events, vector.code);
    EXPECT_EQ(decode_object(lines(), {}, *stored, 3).trailing_garbage, vector.garbage);
  }
}

}  // namespace
}  // namespace dray::golden
