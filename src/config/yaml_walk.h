// YamlWalk: reads the nodes of a YAML document and complains of every one that is not as it should be.
//
// The ground of definition_parser.cc: each method takes a node and its key path, and what it returns after a
// complaint is only good for finding more complaints. Included only by config/*.cc, because it shows yaml-cpp. One
// thread at a time.
#pragma once

#include <yaml-cpp/yaml.h>

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "config/complaint.h"

namespace dray::config {

// What stands at a path below `root` ("config.regex[1]"), or on the way there as far as it goes. Keys may hold dots: of
// several that fit the longest counts.
struct FoundNode {
  YAML::Node node;
  int line = 0;        // of its key, in a list its own; 0 for `root`
  bool whole = false;  // the path went to its end
};
FoundNode nearest_node(const YAML::Node& root, std::string_view path);

class YamlWalk {
 public:
  // Both outlive the walk.
  YamlWalk(const std::string& file, Complaints& out) : file_(file), out_(out) {}

  // True after the first error; warnings do not count.
  [[nodiscard]] bool failed() const { return failed_; }
  // They name the line of the node's key, where each_pair() came by it: an empty value has no line of its own.
  // Its key stands in that line; each_pair() says so of what it comes by.
  void stands_at(const YAML::Node& node, int line) { key_lines_[&node.Tag()] = line; }
  void error(const YAML::Node& at, const std::string& path, std::string message);
  void warn(const YAML::Node& at, const std::string& path, std::string message);

 protected:
  using Each = std::function<void(const std::string& key, const YAML::Node& value, const std::string& path)>;

  // Calls each for every pair of a mapping of `what`; a key that stands there twice is an error.
  void each_pair(const YAML::Node& node, const std::string& path, std::string_view what, const Each& each);
  bool is_list(const YAML::Node& node, const std::string& path, std::string_view what);
  // A warning with the nearest of the known keys, or all of them.
  void unknown_key(const YAML::Node& at, const std::string& path, const std::string& key,
                   std::span<const std::string_view> known);

  std::string text(const YAML::Node& node, const std::string& path, std::string_view what);
  bool boolean(const YAML::Node& node, const std::string& path);
  int integer(const YAML::Node& node, const std::string& path);

 private:
  [[nodiscard]] int line_of(const YAML::Node& node) const;

  const std::string& file_;
  Complaints& out_;
  // yaml-cpp has no identity to show, but the tag's text is stored within the node.
  std::map<const std::string*, int> key_lines_;
  bool failed_ = false;
};

bool among(std::string_view word, std::span<const std::string_view> words);
// `must be a or b, not "x"`.
std::string must_be(std::string_view allowed, std::string_view found);
// With ", " between.
std::string listed(std::span<const std::string_view> words);

}  // namespace dray::config
