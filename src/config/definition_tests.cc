#include "config/definition_tests.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/encoding.h"
#include "config/yaml_walk.h"

namespace dray::config {
namespace {

using service::DefinitionTest;

class TestReader : public YamlWalk {
 public:
  TestReader(const std::string& file, Complaints& out) : YamlWalk(file, out), test_file_(file) {}

  std::vector<DefinitionTest> tests(const YAML::Node& node, const std::string& path) {
    std::vector<DefinitionTest> all;
    if (node.IsNull() || !is_list(node, path, "samples, each with input and expect")) return all;
    for (std::size_t i = 0; i < node.size(); ++i) all.push_back(test(node[i], fmt::format("{}[{}]", path, i)));
    return all;
  }

 private:
  DefinitionTest test(const YAML::Node& node, const std::string& path) {
    DefinitionTest test;
    test.file = test_file_;
    test.line = node.Mark().line + 1;
    int inputs = 0;
    int expectations = 0;
    each_pair(node, path, "name, input and expect",
              [&](const std::string& key, const YAML::Node& value, const std::string& below) {
                inputs += key.starts_with("input") ? 1 : 0;
                expectations += key.starts_with("expect") ? 1 : 0;
                member(key, value, below, test);
              });
    if (!node.IsMap()) return test;
    constexpr const char* kOne = "has several of these; keep one: ";
    constexpr const char* kInputs = "input, input_base64, input_file (the bytes of the object)";
    constexpr const char* kExpectations = "expect (a list of events, [] for none), expect_count";
    if (inputs != 1) error(node, path, fmt::format("{}{}", inputs == 0 ? "needs one of " : kOne, kInputs));
    if (expectations != 1)
      error(node, path, fmt::format("{}{}", expectations == 0 ? "needs one of " : kOne, kExpectations));
    return test;
  }

  void member(const std::string& key, const YAML::Node& value, const std::string& path, DefinitionTest& into) {
    constexpr std::string_view known[] = {"name",  "key",          "bucket",     "region", "account",
                                          "input", "input_base64", "input_file", "expect", "expect_count"};
    if (key == "name") {
      into.name = text(value, path, "one line of text");
    } else if (key == "key") {
      into.key = text(value, path, "the object's key, decoded");
    } else if (key == "bucket") {
      into.bucket = text(value, path, "the name of a bucket");
    } else if (key == "region") {
      into.region = text(value, path, "a region, such as eu-west-1");
    } else if (key == "account") {
      into.account = text(value, path, "an account of twelve digits");
    } else if (key == "input") {
      into.input = text(value, path, "the object's bytes as text");
    } else if (key == "input_base64") {
      into.input = bytes(value, path);
    } else if (key == "input_file") {
      into.input_file = text(value, path, "the path of a file, seen from the folder of this one");
      if (value.IsScalar() && into.input_file.empty()) error(value, path, "must not be empty");
    } else if (key == "expect") {
      into.events = events(value, path);
    } else if (key == "expect_count") {
      into.count = count(value, path);
    } else {
      unknown_key(value, path, key, known);
    }
  }

  std::vector<DefinitionTest::Event> events(const YAML::Node& node, const std::string& path) {
    std::vector<DefinitionTest::Event> all;
    if (!is_list(node, path, "events, each {tag, event}; [] expects none")) return all;
    for (std::size_t i = 0; i < node.size(); ++i) all.push_back(event(node[i], fmt::format("{}[{}]", path, i)));
    return all;
  }

  DefinitionTest::Event event(const YAML::Node& node, const std::string& path) {
    constexpr std::string_view known[] = {"tag", "event", "event_base64"};
    DefinitionTest::Event event;
    bool tagged = false;
    int texts = 0;
    each_pair(node, path, "tag and event",
              [&](const std::string& key, const YAML::Node& value, const std::string& below) {
                if (!among(key, known)) {
                  unknown_key(value, below, key, known);
                } else if (key == "tag") {
                  tagged = true;
                  event.tag = text(value, below, "the event's tag");
                } else {
                  ++texts;
                  event.text = key == "event" ? text(value, below, "the event's text") : bytes(value, below);
                }
              });
    if (node.IsMap() && (!tagged || texts != 1)) error(node, path, "needs tag, and either event or event_base64");
    return event;
  }

  std::string bytes(const YAML::Node& node, const std::string& path) {
    const std::string encoded = text(node, path, "bytes in base64");
    std::string packed;  // a block of several lines is as good
    for (const char c : encoded) {
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') packed += c;
    }
    auto decoded = from_base64(packed);
    if (!decoded) error(node, path, "is no base64");
    return decoded ? *std::move(decoded) : std::string();
  }

  std::uint64_t count(const YAML::Node& node, const std::string& path) {
    std::uint64_t value = 0;
    const std::string digits = node.IsScalar() ? node.Scalar() : std::string();
    const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (digits.empty() || fault != std::errc() || end != digits.data() + digits.size()) {
      error(node, path, "must be a number of events");
    }
    return value;
  }

  const std::string& test_file_;
};

}  // namespace

bool read_definition_tests(const YAML::Node& definition, const DefinitionPlace& place, service::Definition& into,
                           Complaints& out) {
  if (!definition.IsMap() || definition.size() == 0) return true;
  into.tests.clear();
  const YAML::Node node = definition["tests"];
  if (!node.IsDefined()) return true;
  TestReader reader(place.file, out);
  into.tests = reader.tests(node, place.key_path + ".tests");
  return !reader.failed();
}

}  // namespace dray::config
