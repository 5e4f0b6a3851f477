#include "config/complaint.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace dray::config {
namespace {

TEST(Complaints, StandInTheOrderOfTheFile) {
  Complaints all;
  all.error("b.yaml", 1, "x", "last");
  all.warning("a.yaml", 12, "inputs.a", "third");
  all.error("a.yaml", 3, "outputs", "second");
  all.error("a.yaml", 0, "", "first");
  EXPECT_EQ(all.text(),
            "a.yaml: error: first\n"
            "a.yaml:3: error: outputs: second\n"
            "a.yaml:12: warning: inputs.a: third\n"
            "b.yaml:1: error: x: last\n");
  EXPECT_EQ(all.errors(), 3U);
  EXPECT_EQ(all.warnings(), 1U);
}

TEST(Complaints, AreBoundedButAllCounted) {
  Complaints all;
  for (int i = 0; i < 3000; ++i) all.error("f", i, "", "wrong");
  EXPECT_EQ(all.errors(), 3000U);
  EXPECT_EQ(all.all().size(), kComplaintsMax);
  EXPECT_TRUE(all.text().ends_with("2000 more complaints are not shown\n"));
}

TEST(NearestKey, FindsTypingErrorsAndNothingElse) {
  constexpr std::array<std::string_view, 5> kKnown = {"region", "base_url", "ack_messages", "debug", "debug_md5"};
  EXPECT_EQ(nearest_key("regoin", kKnown), "region");
  EXPECT_EQ(nearest_key("Base_URL", kKnown), "base_url");
  EXPECT_EQ(nearest_key("ackmessages", kKnown), "ack_messages");
  EXPECT_EQ(nearest_key("debgu", kKnown), "debug");
  EXPECT_EQ(nearest_key("compression", kKnown), "");
  EXPECT_EQ(nearest_key("", kKnown), "");
  EXPECT_EQ(nearest_key(std::string(5000, 'r'), kKnown), "");
}

}  // namespace
}  // namespace dray::config
