#include "base/secret.h"

#include <gtest/gtest.h>

namespace dray {
namespace {

TEST(WithoutUserinfo, HidesUserAndPasswordOfAUrlAndNothingElse) {
  EXPECT_EQ(without_userinfo("https://me:hidden@host.example/q"), "https://***@host.example/q");
  EXPECT_EQ(without_userinfo("https://me:hid@den@host.example"), "https://***@host.example");
  EXPECT_EQ(without_userinfo("me:hidden@host.example/q"), "***@host.example/q");
  for (const char* plain : {"https://host.example/a@b", "https://host.example?x=a@b", "", "://", "host"}) {
    EXPECT_EQ(without_userinfo(plain), plain);
  }
}

}  // namespace
}  // namespace dray
