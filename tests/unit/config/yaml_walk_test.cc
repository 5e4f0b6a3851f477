#include "config/yaml_walk.h"

#include <gtest/gtest.h>

namespace dray::config {
namespace {

TEST(NearestNode, FollowsNamesNumbersAndKeysWithDots) {
  const YAML::Node root = YAML::Load("a:\n  b: [x, {c: y}]\n  b.d: z\n  b.d.e: v\nf: w\n");
  struct Case {
    const char* path;
    int line;  // from 0
    bool whole;
  };
  const Case cases[] = {{"", 0, true},          {"a", 1, true},        {"a.b[0]", 1, true},
                        {"a.b[1].c", 1, true},  {"a.b.d", 2, true},    {"a.b.d.e", 3, true},
                        {"f", 4, true},         {"a.b[2]", 1, false},  {"a.b[x]", 1, false},
                        {"a.b[1].q", 1, false}, {"a.b.d.q", 2, false}, {"g", 0, false},
                        {"f.deeper", 4, false}, {"a.bb", 1, false},    {"a.b[99999999999999999999]", 1, false}};
  for (const Case& one : cases) {
    const FoundNode found = nearest_node(root, one.path);
    EXPECT_EQ(found.whole, one.whole) << one.path;
    EXPECT_EQ(found.node.Mark().line, one.line) << one.path;
  }
  EXPECT_EQ(nearest_node(root, "a.b[1].c").node.Scalar(), "y");
  EXPECT_EQ(nearest_node(root, "a.b.d.e").node.Scalar(), "v");
}

}  // namespace
}  // namespace dray::config
