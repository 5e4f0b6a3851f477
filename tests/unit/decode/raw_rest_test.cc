// Objects in trouble whose rest is sent raw: what was sent is not sent again, and nothing that can be read is missing.
#include <gtest/gtest.h>

#include "fixture.h"

namespace dray::decode {
namespace {

using flow::Disposition;
using flow::Trouble;
using Texts = std::vector<std::string>;

const service::Definition kLines = definition_of("line_split_processor");
const service::Definition kRecords = definition_of("unseparated_json_processor", {{"key", "Records"}});
constexpr std::size_t kChunks[] = {1, 5, 1000};

TEST(CorruptObject, LeavesItsGoodPartSentWhateverTheDisposition) {
  for (const Disposition disposition : {Disposition::leave, Disposition::quarantine, Disposition::remove}) {
    const Outcome got = run(kLines, damaged_gzip("line a\nline b\nc"), with(Trouble::corrupt_object, disposition));
    EXPECT_EQ(got.texts, (Texts{"line a", "line b"}));
    EXPECT_EQ(got.code, "bad_crc");
    EXPECT_EQ(got.trouble, Trouble::corrupt_object);
  }
}

// Only an object without any record is of no known format: `unknown_format: delete` must not take good ones along.
TEST(CorruptObject, IsOneWhoseRecordsAreFollowedByAnObjectWithout) {
  const std::string stored = "{\"Records\":[{\"a\":1}]}\n{\"Other\":1}\n{\"Records\":[{\"a\":2}]}\n";
  EXPECT_EQ(run(kRecords, stored, {}).trouble, Trouble::corrupt_object);
  EXPECT_EQ(run(kRecords, "{\"Other\":1}", {}).trouble, Trouble::unknown_format);
}

const service::Definition kIncluding =
    definition_of("unseparated_json_processor", {{"key", "Records"}, {"include", Settings{{"account", "account"}}}});

TEST(CorruptObjectSentRaw, OfAFormatThatIncludesOuterMembersTheRestComesToo) {
  const flow::Dispositions raw = with(Trouble::corrupt_object, Disposition::send_raw);
  for (const std::size_t chunk : kChunks) {
    const Outcome before = run(kIncluding, "{\"account\":1,\"Records\":[{\"a\":1},{\"a\":2}x]}", raw, {.chunk = chunk});
    EXPECT_EQ(before.texts, (Texts{R"({"a":1,"account":1})", R"({"a":2,"account":1})", "x]}"}));
    EXPECT_EQ(before.code, "");
    const Outcome behind =
        run(kIncluding, "{\"Records\":[{\"a\":1}],\"account\":1}\n{\"Records\":3}", raw, {.chunk = chunk});
    EXPECT_EQ(behind.texts, (Texts{R"({"a":1,"account":1})", "{\"Records\":3}"}));
  }
}

// Between what such a format held back and the fault lies what would be lost.
TEST(CorruptObjectSentRaw, OfAFormatThatHeldRecordsBackUntilTheFaultTheObjectIsLeft) {
  const flow::Dispositions raw = with(Trouble::corrupt_object, Disposition::send_raw);
  const service::Definition envelopes = definition_of("cloudwatch_logs_processor");
  const std::string message = R"({"logEvents":[{"message":"one"},{"message":"two"},{"mess)";
  for (const std::size_t chunk : kChunks) {
    const Outcome broken = run(kIncluding, "{\"Records\":[{\"a\":1},{\"a\":]}", raw, {.chunk = chunk});
    EXPECT_EQ(broken.texts, (Texts{"{\"a\":1}"}));
    EXPECT_EQ(broken.code, "held_back");
    for (const std::string& stored : {message, damaged_gzip(message)}) {
      const Outcome cut = run(envelopes, stored, raw, {.chunk = chunk});
      EXPECT_EQ(cut.texts, (Texts{"one", "two"}));
      EXPECT_EQ(cut.code, "held_back");
    }
    const Outcome known =
        run(envelopes, R"({"messageType":"DATA_MESSAGE",)" + message.substr(1), raw, {.chunk = chunk});
    EXPECT_EQ(known.texts, (Texts{"one", "two", R"(,{"mess)"}));
    EXPECT_EQ(known.code, "");
  }
}

TEST(CorruptObjectSentRaw, BehindGarbageThatEndsAsTheNextValueBeginsNoByteIsMissing) {
  const service::Definition values = definition_of("unseparated_json_processor");
  for (const std::size_t chunk : kChunks) {
    const Outcome got =
        run(values, "x{\n{\"a\":[}\n", with(Trouble::corrupt_object, Disposition::send_raw), {.chunk = chunk});
    EXPECT_EQ(got.texts, (Texts{"x{", "{\"a\":[}"}));
  }
}

// The user's word for the object; whatever oversize_record says of records.
TEST(CorruptObjectSentRaw, LinesOfTheRestOverTheLimitComeInPieces) {
  for (const Disposition oversize : {Disposition::leave, Disposition::quarantine, Disposition::remove}) {
    flow::Dispositions dispositions = with(Trouble::corrupt_object, Disposition::send_raw);
    dispositions.set(Trouble::oversize_record, oversize);
    const Outcome got =
        run(kRecords, "{\"Records\":[{\"a\":1}x\n0123456789abc]}", dispositions, {.record_bytes_max = 8});
    EXPECT_EQ(got.texts, (Texts{"{\"a\":1}", "x", "01234567", "89abc]}"}));
    EXPECT_EQ(got.code, "");
    EXPECT_TRUE(got.kept.empty());
  }
}

TEST(CorruptObject, TellsTheBytesInHandForItsQuarantine) {
  const std::string plain = std::string(9000, 'x') + "\nthe end";
  const Outcome got =
      run(kLines, damaged_gzip(plain), with(Trouble::corrupt_object, Disposition::quarantine), {.chunk = 1000});
  EXPECT_EQ(got.in_hand, plain.substr(plain.size() - ObjectDecoder::kBytesInHand));
  EXPECT_EQ(run(kLines, damaged_gzip(plain), {}, {.chunk = 1000}).in_hand, "")
      << "nothing is copied that nobody asked for";
}

TEST(CorruptObjectSentRaw, ALineThatWasBegunIsTheLastEvent) {
  for (const std::size_t chunk : kChunks) {
    const Outcome got = run(kLines, damaged_gzip("a\nb\nhalf of c"),
                            with(Trouble::corrupt_object, Disposition::send_raw), {.chunk = chunk});
    EXPECT_EQ(got.texts, (Texts{"a", "b", "half of c"}));
    EXPECT_EQ(got.code, "");
    EXPECT_FALSE(got.twice) << "the splitter had it in hand";
  }
}

TEST(CorruptObjectSentRaw, ABegunJsonRecordComesAsALine) {
  for (const std::size_t chunk : kChunks) {
    const Outcome got = run(kRecords, damaged_gzip("{\"Records\":[{\"a\":1},{ \"a\" : 2 }, {\"a\":"),
                            with(Trouble::corrupt_object, Disposition::send_raw), {.chunk = chunk});
    EXPECT_EQ(got.texts, (Texts{"{\"a\":1}", "{\"a\":2}", ", {\"a\":"}));
    EXPECT_EQ(got.code, "");
    EXPECT_TRUE(got.twice);
  }
}

TEST(CorruptObjectSentRaw, OfBrokenJsonTheRestComesAsLines) {
  for (const std::size_t chunk : kChunks) {
    const Outcome got = run(kRecords, gzip("{\"Records\":[{\"a\":1},\n{\"a\":2}x\n{\"a\":3},\r\n{\"a\":4}]}\n"),
                            with(Trouble::corrupt_object, Disposition::send_raw), {.chunk = chunk});
    EXPECT_EQ(got.texts, (Texts{"{\"a\":1}", "{\"a\":2}", "x", "{\"a\":3},", "{\"a\":4}]}"}));
    EXPECT_EQ(got.code, "");
  }
}

TEST(CorruptObjectSentRaw, WithoutAGoodRecordEverythingComesAsLines) {
  const Outcome got = run(kRecords, "<no json>\nat all", with(Trouble::corrupt_object, Disposition::send_raw));
  EXPECT_EQ(got.texts, (Texts{"<no json>", "at all"}));
  EXPECT_EQ(got.tags, (Texts{"my.app.t", "my.app.t"}));
}

TEST(CorruptObjectSentRaw, ANumberBeforeTheNextValueTakesNothingAlong) {
  const service::Definition values = definition_of("unseparated_json_processor");
  const Outcome got = run(values, "1{\"a\":2", with(Trouble::corrupt_object, Disposition::send_raw), {.chunk = 1000});
  EXPECT_EQ(got.texts, (Texts{"1", "{\"a\":2"}));
}

TEST(CorruptObjectSentRaw, SkippedRecordsAreNotSentAgain) {
  flow::Dispositions dispositions = with(Trouble::corrupt_object, Disposition::send_raw);
  dispositions.set(Trouble::oversize_record, Disposition::remove);
  const Outcome got = run(definition_of("line_split_processor"), damaged_gzip("0123456789\nb\nc"), dispositions,
                          {.chunk = 3, .record_bytes_max = 4});
  EXPECT_EQ(got.texts, (Texts{"b", "c"}));
}

TEST(LimitExceededSentRaw, TooDeepJsonComesAsLines) {
  const std::string deep = "{\"Records\":[{\"a\":1}," + std::string(2000, '[') + "\nend";
  const Outcome got = run(kRecords, deep, with(Trouble::limit_exceeded, Disposition::send_raw), {.chunk = 100});
  EXPECT_EQ(got.trouble, Trouble::limit_exceeded);
  EXPECT_EQ(got.texts, (Texts{"{\"a\":1}", "," + std::string(2000, '['), "end"}));
}

TEST(UnknownCodec, IsLeftOrItsStoredBytesComeAsLines) {
  const std::string stored = std::string("Obj\x01", 4) + "avro\nbytes";
  const Outcome left = run(kLines, stored);
  EXPECT_EQ(left.trouble, Trouble::unknown_codec);
  EXPECT_TRUE(left.texts.empty());
  const Outcome raw = run(kLines, stored, with(Trouble::unknown_codec, Disposition::send_raw));
  EXPECT_EQ(raw.texts, (Texts{std::string("Obj\x01", 4) + "avro", "bytes"}));
  EXPECT_EQ(raw.code, "");
  const Outcome kept = run(kLines, stored, with(Trouble::unknown_codec, Disposition::quarantine), {.chunk = 5});
  EXPECT_EQ(kept.in_hand.substr(0, 4), stored.substr(0, 4)) << "of the stored bytes, as there are no others";
}

TEST(UnknownFormat, NoRecordsIsLeftOrComesAsLines) {
  const std::string_view plain = "{\"Other\":\n[1,2]}\n";
  EXPECT_EQ(run(kRecords, plain).trouble, Trouble::unknown_format);
  const Outcome raw = run(kRecords, gzip(plain), with(Trouble::unknown_format, Disposition::send_raw));
  EXPECT_EQ(raw.texts, (Texts{"{\"Other\":", "[1,2]}"}));
  EXPECT_EQ(raw.code, "");
}

TEST(RestIsText, NotOfParquetWhichSendRawWouldLose) {
  const auto service = prepare(kLines, std::size_t{1} << 20U);
  flow::ObjectRef object;
  Events events;
  codec::DecompressorScratch scratch;
  ObjectDecoder decoder(*service, object, events, scratch);
  ASSERT_NE(decoder.begin_rows(), nullptr);
  EXPECT_FALSE(decoder.end_rows(Error{ErrorKind::poison, "bad_parquet", "text"}));
  EXPECT_EQ(decoder.trouble(), Trouble::corrupt_object);
  EXPECT_FALSE(decoder.rest_is_text());
  EXPECT_FALSE(decoder.rest_sent());
}

}  // namespace
}  // namespace dray::decode
