#include "route/selector.h"

#include <gtest/gtest.h>

namespace dray::route {
namespace {

std::shared_ptr<const CompiledService> service(const std::string& name, std::optional<std::string> key_pattern,
                                               const std::string& excluded = "") {
  service::Definition d;
  d.name = name;
  d.key_pattern = std::move(key_pattern);
  d.routing_template = "a.b";
  if (!excluded.empty()) d.filename_filter_rules = {{{service::FilterRule::Source::record, "", false, excluded, {}}}};
  return *CompiledService::compile(d);
}

using Kind = Selection::Kind;

TEST(Selector, OneServiceTakesEveryObjectButWhatItsFiltersExclude) {
  const Selector selector({service("a", "^never$", "digest")});
  EXPECT_EQ(selector.select("anything").kind, Kind::taken);
  EXPECT_EQ(selector.select("digest").kind, Kind::excluded);
}

TEST(Selector, TheFirstOfSeveralThatTakesTheKeyDecodesIt) {
  const Selector selector({service("a", "x", "not-a"), service("b", "x|y"), service("c", "y")});
  EXPECT_EQ(selector.select("x").index, 0U);
  EXPECT_EQ(selector.select("y").index, 1U);
  EXPECT_EQ(selector.select("x not-a").index, 1U);
  EXPECT_EQ(selector.select("x not-a").kind, Kind::taken);
}

TEST(Selector, ExcludedByAllThatMatchedIsNotTheSameAsMatchedByNone) {
  const Selector selector({service("a", "x", "skip"), service("b", "y", "skip")});
  EXPECT_EQ(selector.select("x skip").kind, Kind::excluded);
  const Selection none = selector.select("z");
  EXPECT_EQ(none.kind, Kind::none);
  EXPECT_EQ(none.asked, "a, b");
}

TEST(Selector, NamesTheServicesBehindACatchAll) {
  EXPECT_EQ(Selector({service("a", "x"), service("b", {}), service("c", "y"), service("d", {})}).unreachable(),
            (std::vector<std::string>{"c", "d"}));
  EXPECT_TRUE(Selector({service("a", {}, "x"), service("b", {})}).unreachable().empty());
}

}  // namespace
}  // namespace dray::route
