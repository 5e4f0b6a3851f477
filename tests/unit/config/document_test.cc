#include "config/document.h"

#include <gtest/gtest.h>

#include <string>

namespace dray::config {
namespace {

struct Read {
  std::optional<YAML::Node> root;
  std::string complaints;
};

Read read(std::string_view text) {
  Complaints out;
  const Environment environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "NAME") return "from outside";
    return std::nullopt;
  };
  auto root = read_document(text, "f", environment, out);
  return {root, out.text()};
}

TEST(Document, JsonIsReadLikeYaml) {
  const Read json = read("{\"a\":{\"b\":[1,\"x\\u00e9\\n\"],\"c\":true},\n\t\"d\":null}");
  ASSERT_TRUE(json.root) << json.complaints;
  const YAML::Node& root = *json.root;
  EXPECT_EQ(root["a"]["b"][1].Scalar(), "x\xc3\xa9\n");
  EXPECT_EQ(root["a"]["c"].Scalar(), "true");
  EXPECT_TRUE(root["d"].IsNull());
}

TEST(Document, ScalarsStayAsTheyAreWritten) {
  const Read yaml = read("id: 00123\nwhen: 2024-01-16\nhex: 0x1F\nsix: 1:30\non: off\n");
  ASSERT_TRUE(yaml.root) << yaml.complaints;
  const YAML::Node& root = *yaml.root;
  EXPECT_EQ(root["id"].Scalar(), "00123");
  EXPECT_EQ(root["when"].Scalar(), "2024-01-16");
  EXPECT_EQ(root["hex"].Scalar(), "0x1F");
  EXPECT_EQ(root["six"].Scalar(), "1:30");
  EXPECT_EQ(root["on"].Scalar(), "off");
}

TEST(Document, VariablesAreFilledInOnceAndKeepTheirLine) {
  const Read yaml = read("a: 1\nb: &b\n  c: ${NAME}\nd: *b\n");
  ASSERT_TRUE(yaml.root) << yaml.complaints;
  const YAML::Node& root = *yaml.root;
  EXPECT_EQ(root["b"]["c"].Scalar(), "from outside");
  EXPECT_EQ(root["d"]["c"].Scalar(), "from outside");
  EXPECT_EQ(root["b"]["c"].Mark().line, 2);
  EXPECT_EQ(read("a:\n  - b: ${NOPE}\n").complaints,
            "f:2: error: a[0].b: the environment variable NOPE is not set; set it or write ${NOPE:-default}\n");
}

TEST(Document, MergeKeysGiveWayToTheMappingsOwn) {
  const Read yaml = read("x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  <<: [*x, *y]\n  a: own\n");
  ASSERT_TRUE(yaml.root) << yaml.complaints;
  const YAML::Node& root = *yaml.root;
  EXPECT_EQ(root["z"]["a"].Scalar(), "own");
  EXPECT_EQ(root["z"]["b"].Scalar(), "2");
  EXPECT_EQ(root["z"]["c"].Scalar(), "4");
  EXPECT_EQ(root["z"].size(), 3U);
  EXPECT_FALSE(root["z"]["<<"].IsDefined());
}

TEST(Document, AnEmptyFileIsAnEmptyMapping) {
  EXPECT_TRUE(read("").root);
  EXPECT_TRUE(read("# nothing\n").root);
  EXPECT_EQ(read("").root->size(), 0U);
}

TEST(Document, WhatIsNoMappingIsRefusedWithItsLine) {
  EXPECT_EQ(read("- a\n").complaints, "f:1: error: must be a mapping with globals, inputs and outputs\n");
  EXPECT_EQ(read("a: 1\n---\nb: 2\n").complaints,
            "f:2: error: more follows after the end of the first document; a file holds one\n");
  const Read broken = read("a: [1\nb: }\n");
  EXPECT_FALSE(broken.root);
  EXPECT_NE(broken.complaints.find("is not valid YAML or JSON"), std::string::npos) << broken.complaints;
}

TEST(Document, BombsAreRefused) {
  std::string lol = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    lol += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) lol += (j > 0 ? ", " : "") + before + " ";
    lol += "]\n";
  }
  EXPECT_NE(read(lol).complaints.find("too large once its aliases are followed"), std::string::npos);
  EXPECT_NE(read("a: &a [1, *a]\n").complaints.find("an alias to itself"), std::string::npos);
  EXPECT_FALSE(read("a: " + std::string(100, '[') + std::string(100, ']')).root);
  EXPECT_FALSE(read("a: " + std::string(100'000, '[')).root);
  EXPECT_FALSE(read(std::string(kDocumentBytesMax + 1, ' ')).root);
}

TEST(Document, AJsonMappingMayEndWhereItLikesButNothingFollows) {
  EXPECT_TRUE(read("{\"a\": 1}\n\n# end\n...\n").root);
  for (const char* text : {"{},", "{}]", "{} x", "{}\n{}", "a: 1\n}"}) EXPECT_FALSE(read(text).root) << text;
}

TEST(Document, TheDeepestAllowedNestingIsRead) {
  EXPECT_TRUE(read("a: " + std::string(60, '[') + std::string(60, ']')).root);
}

}  // namespace
}  // namespace dray::config
