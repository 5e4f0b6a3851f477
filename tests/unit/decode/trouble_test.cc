#include "decode/trouble.h"

#include <gtest/gtest.h>

namespace dray::decode {
namespace {

using flow::Trouble;

std::optional<Trouble> of(const char* code) {
  return trouble_of({ErrorKind::poison, code, "text"});
}

TEST(TroubleOf, EveryCodeHasTheClassOfThePage) {
  for (const char* code : {"truncated", "bad_crc", "bad_length", "bad_header", "bad_data", "bad_json", "truncated_json",
                           "bad_checksum", "bad_parquet", "encrypted"}) {
    EXPECT_EQ(of(code), Trouble::corrupt_object) << code;
  }
  for (const char* code : {"limit_depth", "limit_ratio", "limit_plain_bytes", "too_deep"}) {
    EXPECT_EQ(of(code), Trouble::limit_exceeded) << code;
  }
  for (const char* code : {"unsupported_encoding", "unknown_codec"})
    EXPECT_EQ(of(code), Trouble::unknown_codec) << code;
  for (const char* code : {"no_records", "no_service", "not_recognised", "not_parquet", "parquet_object"}) {
    EXPECT_EQ(of(code), Trouble::unknown_format) << code;
  }
  EXPECT_EQ(of("oversize_record"), Trouble::oversize_record);
  EXPECT_EQ(of("undecodable_record"), Trouble::undecodable_record);
}

TEST(TroubleOf, AnUnknownCodeIsACorruptObject) {
  EXPECT_EQ(of("a_code_of_tomorrow"), Trouble::corrupt_object);
}

TEST(TroubleOf, WhatMayPassOrWasRefusedByTheQuarantineIsNoBodysToDispose) {
  for (const ErrorKind kind : {ErrorKind::transient, ErrorKind::later, ErrorKind::config, ErrorKind::denied,
                               ErrorKind::lost, ErrorKind::stopped}) {
    EXPECT_FALSE(trouble_of({kind, "bad_crc", "text"}));
  }
  EXPECT_FALSE(of(kQuarantineUnavailable));
}

TEST(UnsentDisposition, DoesWhatWasSaidAndNeverMore) {
  using flow::Disposition;
  for (const flow::TroubleName& one : flow::kTroubles) {
    for (const flow::DispositionName& said : flow::kDispositions) {
      flow::Dispositions dispositions;
      dispositions.set(one.trouble, said.disposition);
      const bool of_a_record = one.trouble == Trouble::oversize_record && said.disposition == Disposition::remove;
      EXPECT_EQ(unsent_disposition(dispositions, one.trouble),
                said.disposition == Disposition::send_raw || of_a_record ? Disposition::leave : said.disposition)
          << one.name << " " << said.name;
    }
  }
}

TEST(Dispositions, TheDefaultsLoseNothing) {
  const flow::Dispositions standard;
  for (const flow::TroubleName& one : flow::kTroubles) {
    EXPECT_EQ(flow::name_of(one.trouble), one.name);
    EXPECT_EQ(standard.of(one.trouble),
              one.trouble == Trouble::undecodable_record ? flow::Disposition::send_raw : flow::Disposition::leave)
        << one.name;
  }
  EXPECT_FALSE(standard.any(flow::Disposition::remove));
  EXPECT_EQ(flow::name_of(flow::Disposition::remove), "delete");
}

}  // namespace
}  // namespace dray::decode
