#include "config/yaml_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

namespace dray::config {
namespace {

int own_line(const YAML::Node& node) {
  return node.Mark().line + 1;
}

// One step of a path: what stands below `node`, and what is left of the path. Takes nothing from it if there is none.
std::optional<FoundNode> step(const YAML::Node& node, std::string_view& path) {
  if (node.IsSequence() && path.starts_with('[')) {
    std::size_t index = 0;
    const auto [end, fault] = std::from_chars(path.data() + 1, path.data() + path.size(), index);
    if (fault != std::errc() || index >= node.size()) return std::nullopt;
    path.remove_prefix(static_cast<std::size_t>(end - path.data()) + 1);
    return FoundNode{node[index], own_line(node[index]), true};
  }
  if (!node.IsMap()) return std::nullopt;
  const std::string_view rest = path.starts_with('.') ? path.substr(1) : path;
  std::optional<FoundNode> best;
  std::string_view left;
  for (const auto& pair : node) {
    if (!pair.first.IsScalar() || !rest.starts_with(pair.first.Scalar())) continue;
    const std::string_view behind = rest.substr(pair.first.Scalar().size());
    if (!behind.empty() && behind.front() != '.' && behind.front() != '[') continue;
    if (best && behind.size() >= left.size()) continue;
    best.emplace(FoundNode{pair.second, own_line(pair.first), true});
    left = behind;
  }
  if (best) path = left;
  return best;
}

}  // namespace

FoundNode nearest_node(const YAML::Node& root, std::string_view path) {
  FoundNode found{root, 0, true};
  while (!path.empty()) {
    const std::optional<FoundNode> below = step(found.node, path);
    if (!below) {
      found.whole = false;
      return found;
    }
    found.node.reset(below->node);
    found.line = below->line;
  }
  return found;
}

bool among(std::string_view word, std::span<const std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

std::string must_be(std::string_view allowed, std::string_view found) {
  return fmt::format("must be {}, not \"{}\"", allowed, found);
}

std::string listed(std::span<const std::string_view> words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

void YamlWalk::error(const YAML::Node& at, const std::string& path, std::string message) {
  failed_ = true;
  out_.error(file_, line_of(at), path, std::move(message));
}

void YamlWalk::warn(const YAML::Node& at, const std::string& path, std::string message) {
  out_.warning(file_, line_of(at), path, std::move(message));
}

int YamlWalk::line_of(const YAML::Node& node) const {
  const auto found = key_lines_.find(&node.Tag());
  return found == key_lines_.end() ? own_line(node) : found->second;
}

void YamlWalk::each_pair(const YAML::Node& node, const std::string& path, std::string_view what, const Each& each) {
  if (!node.IsMap()) {
    error(node, path, fmt::format("must be a mapping of {}", what));
    return;
  }
  std::vector<std::string> seen;
  for (const auto& pair : node) {
    if (!pair.first.IsScalar()) {
      error(pair.first, path, "a key here must be plain text");
      continue;
    }
    const std::string& key = pair.first.Scalar();
    std::string below(path);
    below += '.';
    below += key;
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) {
      error(pair.first, below, "stands here twice; keep one");
      continue;
    }
    seen.push_back(key);
    stands_at(pair.second, own_line(pair.first));
    each(key, pair.second, below);
  }
}

bool YamlWalk::is_list(const YAML::Node& node, const std::string& path, std::string_view what) {
  if (node.IsSequence()) return true;
  error(node, path, fmt::format("must be a list of {}", what));
  return false;
}

void YamlWalk::unknown_key(const YAML::Node& at, const std::string& path, const std::string& key,
                           std::span<const std::string_view> known) {
  const auto near = nearest_key(key, known);
  warn(at, path,
       near.empty() ? fmt::format("unknown key; known here: {}", listed(known))
                    : fmt::format("unknown key, it has no effect; did you mean \"{}\"?", near));
}

std::string YamlWalk::text(const YAML::Node& node, const std::string& path, std::string_view what) {
  if (node.IsScalar()) return node.Scalar();
  error(node, path, fmt::format("must be {}", what));
  return {};
}

bool YamlWalk::boolean(const YAML::Node& node, const std::string& path) {
  bool value = false;
  if (!node.IsScalar() || !YAML::convert<bool>::decode(node, value)) error(node, path, "must be true or false");
  return value;
}

int YamlWalk::integer(const YAML::Node& node, const std::string& path) {
  int value = 0;
  if (node.IsScalar()) {
    const std::string& digits = node.Scalar();
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (fault == std::errc() && end == digits.data() + digits.size()) return value;
  }
  error(node, path, "must be a whole number; a negative one counts from the end (-1 is the last)");
  return 0;
}

}  // namespace dray::config
