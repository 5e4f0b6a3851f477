// Each class of record trouble with each disposition, through real splitters.
#include <gtest/gtest.h>

#include "decode/flaw_reason.h"
#include "fixture.h"

namespace dray::decode {
namespace {

using flow::Disposition;
using flow::Trouble;
using Texts = std::vector<std::string>;

const service::Definition kJsonLines = definition_of("line_split_processor", {{"json", "true"}});
const service::Definition kLines = definition_of("line_split_processor");
constexpr std::string_view kMixed = "{\"a\":1}\nnot json\n{\"a\":2}\n{\"a\":\n{\"a\":3}\n";

TEST(UndecodableRecords, AreSentAsTheyStandByDefault) {
  const Outcome got = run(kJsonLines, kMixed);
  EXPECT_EQ(got.texts, (Texts{"{\"a\":1}", "not json", "{\"a\":2}", "{\"a\":", "{\"a\":3}"}));
  EXPECT_EQ(got.code, "");
}

TEST(UndecodableRecords, LeftTheyEndTheObjectAfterTheGoodOnes) {
  const Outcome got = run(kJsonLines, kMixed, with(Trouble::undecodable_record, Disposition::leave));
  EXPECT_EQ(got.texts, (Texts{"{\"a\":1}"}));
  EXPECT_EQ(got.code, "undecodable_record");
  EXPECT_EQ(got.trouble, Trouble::undecodable_record);
  EXPECT_NE(got.message.find("record 2 is not what its format promises: no JSON at byte 0"), std::string::npos)
      << got.message;
  EXPECT_EQ(got.message.find("not json"), std::string::npos) << "no text of records";
}

TEST(UndecodableRecords, EachKindHasItsReason) {
  const auto reason = [](std::string_view bytes, flow::Flaw flaw) { return reason_of({.bytes = bytes, .flaw = flaw}); };
  EXPECT_EQ(reason(R"({"a":1,})", flow::Flaw::no_json), "no JSON at byte 7");
  EXPECT_EQ(reason(R"({"a":)", flow::Flaw::no_json), "the JSON ends inside a value, after 5 bytes");
  EXPECT_EQ(reason("12", flow::Flaw::no_json), "no JSON object");
  EXPECT_EQ(reason(std::string(1025, '['), flow::Flaw::no_json), "nested deeper than 1024 at byte 1024");
  EXPECT_EQ(reason("a\"", flow::Flaw::no_fields), "its quotes do not pair, or text stands behind one");
  EXPECT_EQ(reason(",,,", flow::Flaw::large_object), "as an object it is larger than record_bytes_max");
  EXPECT_EQ(reason("x", flow::Flaw::oversize), "a piece of a record over record_bytes_max");
  EXPECT_EQ(reason("<Event>", flow::Flaw::no_end), "its end does not come");
  EXPECT_EQ(reason("x", flow::Flaw::none), "");
}

TEST(UndecodableRecords, QuarantinedTheyAreKeptAndTheOthersSent) {
  const Outcome got = run(kJsonLines, kMixed, with(Trouble::undecodable_record, Disposition::quarantine));
  EXPECT_EQ(got.texts, (Texts{"{\"a\":1}", "{\"a\":2}", "{\"a\":3}"}));
  EXPECT_EQ(got.kept, (std::vector<Kept>{{Trouble::undecodable_record, 2, "not json"},
                                         {Trouble::undecodable_record, 4, "{\"a\":"}}));
  EXPECT_EQ(got.code, "");
  EXPECT_EQ(got.disposed.quarantined, 2U);
  EXPECT_EQ(got.disposed.first, 2U);
}

TEST(UndecodableRecords, DeletedTheyAreCountedAndTheOthersSent) {
  const Outcome got = run(kJsonLines, kMixed, with(Trouble::undecodable_record, Disposition::remove));
  EXPECT_EQ(got.texts, (Texts{"{\"a\":1}", "{\"a\":2}", "{\"a\":3}"}));
  EXPECT_TRUE(got.kept.empty());
  EXPECT_EQ(got.disposed.deleted, 2U);
  EXPECT_EQ(got.code, "");
}

TEST(UndecodableRecords, AQuarantineThatRefusesLeavesTheObject) {
  const Outcome got =
      run(kJsonLines, kMixed, with(Trouble::undecodable_record, Disposition::quarantine), {.quarantine_refuses = true});
  EXPECT_EQ(got.texts, (Texts{"{\"a\":1}"}));
  EXPECT_EQ(got.code, "quarantine_unavailable");
  EXPECT_FALSE(got.trouble) << "it must not be disposed of as a corrupt object";
}

constexpr std::string_view kLong = "short 1\n0123456789abcdefghij\nshort 2\n";

TEST(OversizeRecords, LeftTheyEndTheObjectAfterTheGoodOnes) {
  const Outcome got = run(kLines, kLong, {}, {.chunk = 7, .record_bytes_max = 8});
  EXPECT_EQ(got.texts, (Texts{"short 1"}));
  EXPECT_EQ(got.code, "oversize_record");
  EXPECT_EQ(got.trouble, Trouble::oversize_record);
}

TEST(OversizeRecords, AreSentInPieces) {
  const Outcome got =
      run(kLines, kLong, with(Trouble::oversize_record, Disposition::send_raw), {.chunk = 7, .record_bytes_max = 8});
  EXPECT_EQ(got.texts, (Texts{"short 1", "01234567", "89abcdef", "ghij", "short 2"}));
  EXPECT_EQ(got.code, "");
}

TEST(OversizeRecords, QuarantinedInPiecesTheyLoseNothing) {
  const Outcome got =
      run(kLines, kLong, with(Trouble::oversize_record, Disposition::quarantine), {.chunk = 7, .record_bytes_max = 8});
  EXPECT_EQ(got.texts, (Texts{"short 1", "short 2"}));
  std::string whole;
  for (const Kept& kept : got.kept) whole += kept.bytes;
  EXPECT_EQ(whole, "0123456789abcdefghij");
  EXPECT_EQ(got.disposed.quarantined, 3U);
}

TEST(OversizeRecords, DeletedTheyAreGoneAndTheOthersSent) {
  const Outcome got =
      run(kLines, kLong, with(Trouble::oversize_record, Disposition::remove), {.chunk = 7, .record_bytes_max = 8});
  EXPECT_EQ(got.texts, (Texts{"short 1", "short 2"}));
  EXPECT_EQ(got.disposed.deleted, 3U);
  EXPECT_EQ(got.disposed.trouble, Trouble::oversize_record);
}

// Resuming after a failed epoch skips by ordinal: they must not depend on how the bytes came.
TEST(RecordDispositions, GiveTheSameOrdinalsHoweverTheBytesCome) {
  for (const Disposition disposition : {Disposition::send_raw, Disposition::quarantine, Disposition::remove}) {
    const Outcome whole = run(kJsonLines, kMixed, with(Trouble::undecodable_record, disposition), {.chunk = 1000});
    for (std::size_t chunk = 1; chunk < 20; ++chunk) {
      const Outcome got = run(kJsonLines, kMixed, with(Trouble::undecodable_record, disposition), {.chunk = chunk});
      EXPECT_EQ(got.texts, whole.texts);
      EXPECT_EQ(got.kept, whole.kept);
    }
  }
}

}  // namespace
}  // namespace dray::decode
