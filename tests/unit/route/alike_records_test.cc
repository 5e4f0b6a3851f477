#include "route/alike_records.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "json/members.h"

namespace dray::route {
namespace {

const std::vector<std::vector<std::string>> kPaths = {{"eventSource"}, {"k"}, {"", "0"}, {"ends"}, {"x\"eventSource"}};

// Of few names and values, so that many are alike: written plainly, with escapes, doubled, ending alike, or long.
std::string random_object(Random& random) {
  static constexpr std::string_view kKeys[] = {"eventSource",
                                               "event\\u0053ource",
                                               "x\\\"eventSource",
                                               "y\\\"eventSource",
                                               "aneventSource",
                                               "k",
                                               "",
                                               "\\u006b",
                                               "a_key_of_more_than_thirty_two_characters_eventSource",
                                               "ends",
                                               "\\\\ends"};
  static constexpr std::string_view kValues[] = {R"("s3.amazonaws.com")",
                                                 R"("s3.amazonaws.co")",
                                                 "12345678",
                                                 "123456789",
                                                 "true",
                                                 R"("a\"b")",
                                                 R"(["x",2])",
                                                 R"({"k":1})",
                                                 "[]",
                                                 "\"\"",
                                                 R"("a value that is as long as no value may be to be kept")"};
  // Far enough from both ends, nearly always, for what stands around a colon to be as far before it as behind.
  std::string object = "{\"first\":\"" + std::string(random.chance(0.9) ? 40 : 5, 'p') + "\",";
  for (std::uint64_t left = random.below(5); left > 0; --left) {
    object += '"';
    object += kKeys[random.below(std::size(kKeys))];
    object += random.chance(0.9) ? "\":" : "\" : ";
    object += kValues[random.below(std::size(kValues))];
    object += random.chance(0.9) ? "," : " ,";
  }
  return object + "\"last\":\"" + std::string(random.chance(0.9) ? 50 : 5, 'p') + "\"}";
}

std::string joined(std::span<const std::string_view> values) {
  std::string all;
  for (const std::string_view value : values) all.append(value).append("|");
  return all;
}

Decision tagged(const std::string& tag) {
  Decision decision;
  decision.tag = tag;
  return decision;
}

TEST(AlikeRecords, GivesWhatWasDecidedForTheSameValuesAndNoOther) {
  std::size_t known = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Random random(seed);
    AlikeRecords alike;
    RecordPaths paths(kPaths);
    for (int i = 0; i < 400; ++i) {
      const std::string object = random_object(random);
      std::vector<std::uint32_t> members;
      ASSERT_TRUE(json::scan_members(object, members)) << object;
      const flow::Record record{object, true, flow::MemberColons(members)};
      const std::string expected = joined(paths.find(record));
      if (const Decision* decision = alike.find(record)) {
        ++known;
        ASSERT_EQ(decision->tag, expected) << "seed " << seed << ": " << object;
      } else {
        alike.keep(record, paths.heads(), tagged(expected));
      }
    }
  }
  EXPECT_GT(known, 1000U);
}

TEST(AlikeRecords, ARecordIsKnownAgain) {
  const std::string object =
      R"({"eventVersion":"1.09","eventSource":"s3.amazonaws.com","other":"01234567890123456789012345678901","k":1})";
  std::vector<std::uint32_t> members;
  json::scan_members(object, members);
  RecordPaths paths(kPaths);
  const flow::Record record{object, true, flow::MemberColons(members)};
  const std::string values = joined(paths.find(record));
  AlikeRecords alike;
  EXPECT_EQ(alike.find(record), nullptr);
  alike.keep(record, paths.heads(), tagged(values));
  ASSERT_NE(alike.find(record), nullptr);
  EXPECT_EQ(alike.find(record)->tag, values);
}

// The longest that fit: of CloudTrail, whose tag is made of its source.
TEST(AlikeRecords, ALongNameAndALongValueAreKnownAgain) {
  const std::string object = R"({"padding":"0123456789012345678901234567890123456789",)"
                             R"("a_name_of_21_bytes_th":"application-autoscaling.amazonaws.com"})";
  const std::vector<std::vector<std::string>> wanted = {{"a_name_of_21_bytes_th"}};
  std::vector<std::uint32_t> members;
  json::scan_members(object, members);
  RecordPaths paths(wanted);
  const flow::Record record{object, true, flow::MemberColons(members)};
  (void)paths.find(record);
  AlikeRecords alike;
  alike.keep(record, paths.heads(), tagged("long"));
  ASSERT_NE(alike.find(record), nullptr);
}

TEST(AlikeRecords, OfManyKindsTheOldestMakeWay) {
  AlikeRecords alike;
  RecordPaths paths(kPaths);
  struct Kind {
    std::string object;
    std::vector<std::uint32_t> members;
    [[nodiscard]] flow::Record record() const { return {object, true, flow::MemberColons(members)}; }
  };
  std::vector<Kind> kinds(200);
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    kinds[i].object = R"({"k":)" + std::to_string(1000000 + i) +
                      R"(,"padding":"0123456789012345678901234567890123456789012345678901234"})";
    json::scan_members(kinds[i].object, kinds[i].members);
    (void)paths.find(kinds[i].record());
    alike.keep(kinds[i].record(), paths.heads(), tagged(std::to_string(i)));
    ASSERT_NE(alike.find(kinds[i].record()), nullptr);
  }
  std::size_t old = 0;
  std::size_t recent = 0;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const Decision* decision = alike.find(kinds[i].record());
    if (decision == nullptr) continue;
    EXPECT_EQ(decision->tag, std::to_string(i));
    (i < kinds.size() - 64 ? old : recent) += 1;
  }
  EXPECT_GT(recent, 50U);
  EXPECT_LE(old + recent, 64U);
}

TEST(AlikeRecords, TheSameBytesAroundAnotherColonAreAnotherMember) {
  const std::string object =
      R"({"k":"a value","ends":"a value","padding":"0123456789012345678901234567890123456789012345"})";
  std::vector<std::uint32_t> all;
  json::scan_members(object, all);
  RecordPaths paths(kPaths);
  AlikeRecords alike;
  const flow::Record first{object, true, flow::MemberColons(std::span(all).subspan(0, 1))};
  (void)paths.find(first);
  alike.keep(first, paths.heads(), tagged("first"));
  ASSERT_NE(alike.find(first), nullptr);
  EXPECT_EQ(alike.find(flow::Record{object, true, flow::MemberColons(std::span(all).subspan(1, 1))}), nullptr);
}

TEST(AlikeRecords, WhatNeverComesAgainIsNotKeptForEver) {
  AlikeRecords alike;
  RecordPaths paths(kPaths);
  const std::string last = R"({"k":"value 1000","padding":"0123456789012345678901234567890123456789012345678901234"})";
  std::vector<std::uint32_t> members;
  for (int i = 1; i <= 1000; ++i) {
    const std::string object = R"({"k":"value )" + std::to_string(i) +
                               R"(","padding":"0123456789012345678901234567890123456789012345678901234"})";
    json::scan_members(object, members);
    const flow::Record record{object, true, flow::MemberColons(members)};
    (void)paths.find(record);
    ASSERT_EQ(alike.find(record), nullptr);
    alike.keep(record, paths.heads(), tagged("t"));
  }
  EXPECT_EQ(alike.find(flow::Record{last, true, flow::MemberColons(members)}), nullptr);
}

}  // namespace
}  // namespace dray::route
