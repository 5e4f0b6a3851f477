#include "config/document.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

namespace dray::config {
namespace {

int line_of(const YAML::Node& node) {
  return node.Mark().line + 1;
}

// `<<` is for a few shared keys; these bounds keep its work small whatever a file says.
constexpr std::size_t kMergedKeysMax = 10'000;
constexpr std::size_t kMergedMapMax = 256;
// The readers compare the keys of a mapping with each other.
constexpr std::size_t kMappingKeysMax = 5'000;

// Walks every node once, however many aliases lead to it, and knows how large the tree is when they are followed.
class Preparation {
 public:
  Preparation(const std::string& file, const Environment& environment, Complaints& out)
      : file_(file), environment_(environment), out_(out) {}

  // False when the tree must not be walked by others.
  bool run(YAML::Node root) {
    const std::size_t nodes = visit(root, "", 0);
    if (!fatal_ && nodes > kDocumentNodesMax) {
      fail(0, "", fmt::format("is too large once its aliases are followed; at most {} values", kDocumentNodesMax));
    }
    return !fatal_;
  }

 private:
  // yaml-cpp has no identity to show, but the tag's text is stored within the node.
  using Identity = const std::string*;

  void fail(int line, const std::string& path, std::string message) {
    fatal_ = true;
    out_.error(file_, line, path, std::move(message));
  }

  std::size_t visit(YAML::Node& node, const std::string& path, int depth);
  std::size_t visit_map(YAML::Node& node, const std::string& path, int depth);
  void fill_in(YAML::Node& scalar, const std::string& path);
  void merge(YAML::Node& map, const std::string& path);
  void merge_from(YAML::Node& map, const YAML::Node& source, const std::string& path);

  const std::string& file_;
  const Environment& environment_;
  Complaints& out_;
  std::map<Identity, std::size_t> sizes_;  // 0 while the node is being visited
  std::size_t merged_ = 0;
  bool fatal_ = false;
};

std::size_t Preparation::visit(YAML::Node& node, const std::string& path, int depth) {
  if (fatal_) return 1;
  if (depth > kDocumentDepthMax) {
    fail(line_of(node), path, fmt::format("is nested too deeply; at most {} levels", kDocumentDepthMax));
    return 1;
  }
  const Identity identity = &node.Tag();
  const auto [seen, is_new] = sizes_.emplace(identity, 0);
  if (!is_new) {
    if (seen->second == 0) fail(line_of(node), path, "holds an alias to itself");
    return seen->second;
  }
  std::size_t size = 1;
  if (node.IsScalar()) {
    fill_in(node, path);
  } else if (node.IsSequence()) {
    std::size_t index = 0;
    for (auto item : node) size += visit(item, fmt::format("{}[{}]", path, index++), depth + 1);
  } else if (node.IsMap()) {
    size += visit_map(node, path, depth);
  }
  size = std::min(size, kDocumentNodesMax + 1);
  sizes_[identity] = size;
  return size;
}

std::size_t Preparation::visit_map(YAML::Node& node, const std::string& path, int depth) {
  std::size_t size = 0;
  bool merges = false;
  if (node.size() > kMappingKeysMax) {
    fail(line_of(node), path, fmt::format("has {} keys; a mapping has at most {}", node.size(), kMappingKeysMax));
    return 1;
  }
  for (auto pair : node) {
    if (!pair.first.IsScalar()) {
      fail(line_of(pair.first), path, "has a key that is not plain text");
      return 1;
    }
    const std::string& key = pair.first.Scalar();
    merges = merges || key == "<<";
    size += 1 + visit(pair.second, path.empty() ? key : fmt::format("{}.{}", path, key), depth + 1);
  }
  if (merges && !fatal_) merge(node, path);
  return size;
}

void Preparation::fill_in(YAML::Node& scalar, const std::string& path) {
  if (scalar.Scalar().find("${") == std::string::npos) return;
  auto value = expand(scalar.Scalar(), environment_);
  if (value) {
    scalar = *value;  // keeps the node's place in the file
  } else {
    out_.error(file_, line_of(scalar), path, value.error().message);
    // Absent rather than a value that nobody wrote; but definitions complain of what is empty, and one is enough.
    if (path.find(".services.") == std::string::npos) scalar = "";
  }
}

void Preparation::merge(YAML::Node& map, const std::string& path) {
  std::vector<YAML::Node> sources;
  for (const auto& pair : map) {
    if (pair.first.Scalar() == "<<") sources.push_back(pair.second);
  }
  while (map.remove("<<")) {
  }
  for (const YAML::Node& source : sources) {
    if (fatal_) return;
    if (source.IsSequence()) {
      for (const auto& each : source) {
        if (!fatal_) merge_from(map, each, path);
      }
    } else {
      merge_from(map, source, path);
    }
  }
}

// What stands in the map itself, or came from an earlier source, wins.
void Preparation::merge_from(YAML::Node& map, const YAML::Node& source, const std::string& path) {
  if (!source.IsMap()) {
    fail(line_of(source), path, "\"<<\" takes an alias of a mapping, or a list of them");
    return;
  }
  merged_ += source.size() + 1;
  if (merged_ > kMergedKeysMax || map.size() + source.size() > kMergedMapMax) {
    fail(line_of(source), path,
         fmt::format("\"<<\" brings in too much; a mapping has at most {} keys with it", kMergedMapMax));
    return;
  }
  for (const auto& pair : source) {
    const bool there =
        std::any_of(map.begin(), map.end(), [&](const auto& own) { return own.first.Scalar() == pair.first.Scalar(); });
    if (!there) map.force_insert(pair.first, pair.second);
  }
}

// Remembers where a document begins; its content is nobody's business here.
class Start final : public YAML::EventHandler {
 public:
  [[nodiscard]] int line() const { return line_; }

 private:
  void OnDocumentStart(const YAML::Mark& mark) override { line_ = mark.line + 1; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

  int line_ = 0;
};

// The line of a second document, or of anything else behind the first; 0 if there is none.
// YAML::LoadAll would never come back from `{},`: it finds an empty document before the comma again and again.
int second_document(const std::string& text) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  Start start;
  if (!parser.HandleNextDocument(start)) return 0;
  return parser.HandleNextDocument(start) ? start.line() : 0;
}

std::optional<YAML::Node> parse(const std::string& text, const std::string& file, Complaints& out) {
  try {
    if (const int line = second_document(text); line > 0) {
      out.error(file, line, "", "more follows after the end of the first document; a file holds one");
      return std::nullopt;
    }
    YAML::Node root = YAML::Load(text);
    if (root.IsMap()) return root;
    if (root.IsNull()) return YAML::Node(YAML::NodeType::Map);
    out.error(file, line_of(root), "", "must be a mapping with globals, inputs and outputs");
  } catch (const YAML::Exception& fault) {
    out.error(file, fault.mark.line + 1, "", fmt::format("is not valid YAML or JSON: {}", fault.msg));
  } catch (const std::exception& fault) {
    out.error(file, 0, "", fmt::format("cannot be read as YAML or JSON: {}", fault.what()));
  }
  return std::nullopt;
}

}  // namespace

std::optional<YAML::Node> read_document(std::string_view text, const std::string& file, const Environment& environment,
                                        Complaints& out) {
  if (text.size() > kDocumentBytesMax) {
    out.error(file, 0, "", fmt::format("has {} bytes; a configuration has at most {}", text.size(), kDocumentBytesMax));
    return std::nullopt;
  }
  auto root = parse(std::string(text), file, out);
  if (!root) return std::nullopt;
  if (!Preparation(file, environment, out).run(*root)) return std::nullopt;
  return root;
}

}  // namespace dray::config
