// Bytes that were held back (to sniff a compression, to recognise a source) when the compression turns out damaged: the
// text may refuse them, and that must not pass for the damage.
#include <gtest/gtest.h>

#include "fixture.h"

namespace dray::decode {
namespace {

using flow::Disposition;
using flow::Trouble;
using Texts = std::vector<std::string>;

constexpr std::string_view kMixed = "{\"a\":1}\nnot json\n{\"a\":2}\n{\"a\":3}\n";

std::string cut_gzip(std::string_view plain) {
  const std::string bytes = gzip(plain);
  return bytes.substr(0, bytes.size() - 8);
}

// The decompressor holds back the first 512 bytes of each; of the second the recogniser 4,096.
std::vector<service::Definition> services() {
  service::Definition lines = definition_of("line_split_processor", {{"json", "true"}});
  service::Definition any;
  any.name = "aws_sqs_any";
  any.members.push_back(lines);
  any.members.back().content_pattern = "^\\{";
  return {std::move(lines), std::move(any)};
}

TEST(HeldBack, ARecordThatIsToBeLeftLeavesTheObjectWhateverBecomesOfDamage) {
  for (const service::Definition& definition : services()) {
    for (const Disposition damage :
         {Disposition::send_raw, Disposition::quarantine, Disposition::remove, Disposition::leave}) {
      flow::Dispositions dispositions = with(Trouble::undecodable_record, Disposition::leave);
      dispositions.set(Trouble::corrupt_object, damage);
      for (const std::string_view plain : {kMixed.substr(0, 17), kMixed}) {
        for (const std::size_t chunk : {1U, 7U, 100000U}) {
          const Outcome got = run(definition, cut_gzip(plain), dispositions, {.chunk = chunk});
          EXPECT_EQ(got.texts, (Texts{"{\"a\":1}"})) << definition.name;
          EXPECT_FALSE(got.twice);
          EXPECT_NE(got.code, "") << definition.name << static_cast<int>(damage);
          ASSERT_TRUE(got.trouble);
          const flow::Dispositions& all = dispositions;
          EXPECT_EQ(all.of(*got.trouble), Disposition::leave) << definition.name << static_cast<int>(damage);
        }
      }
    }
  }
}

TEST(HeldBack, WhatIsNoTroubleOfTheObjectIsToldInPlaceOfTheDamage) {
  class Down final : public flow::EventSink {
   public:
    Status send(std::uint64_t, std::string_view, std::string_view) override {
      return Error{ErrorKind::later, "receiver_slow", "the receiver takes nothing"};
    }
  };
  for (const service::Definition& definition : services()) {
    flow::Dispositions dispositions = with(Trouble::undecodable_record, Disposition::quarantine);
    dispositions.set(Trouble::corrupt_object, Disposition::remove);
    const Outcome full = run(definition, cut_gzip(kMixed), dispositions, {.quarantine_refuses = true});
    EXPECT_EQ(full.code, "quarantine_unavailable") << definition.name;
    EXPECT_FALSE(full.trouble) << definition.name;

    const auto service = prepare(definition, PrepareOptions{});
    ASSERT_TRUE(service);
    flow::ObjectRef object;
    object.bucket = "corp-logs";
    object.key = "some/key";
    codec::DecompressorScratch scratch;
    Down down;
    ObjectDecoder decoder(*service, object, down, scratch, {dispositions, nullptr});
    const Status status = push(decoder, cut_gzip(kMixed), 7);
    ASSERT_FALSE(status.ok());
    EXPECT_EQ(status.error().code, "receiver_slow") << definition.name;
    EXPECT_FALSE(decoder.trouble()) << definition.name;
  }
}

TEST(HeldBack, WhatIsSentRawIsSentOnce) {
  for (const service::Definition& definition : services()) {
    const Outcome got = run(definition, cut_gzip(kMixed), with(Trouble::corrupt_object, Disposition::send_raw));
    EXPECT_EQ(got.texts, (Texts{"{\"a\":1}", "not json", "{\"a\":2}", "{\"a\":3}"})) << definition.name;
    EXPECT_EQ(got.code, "") << definition.name;
  }
}

}  // namespace
}  // namespace dray::decode
