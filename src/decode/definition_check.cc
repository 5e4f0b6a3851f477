#include "decode/definition_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "decode/object_decoder.h"

namespace dray::decode {
namespace {

using service::DefinitionTest;

constexpr std::size_t kShownBytes = 60;
constexpr std::size_t kShownBefore = 20;

class Collected final : public flow::EventSink {
 public:
  // What is not compared need not be kept.
  explicit Collected(bool keep) : keep_(keep) {}
  Status send(std::uint64_t /*ordinal*/, std::string_view tag, std::string_view text) override {
    ++count;
    if (keep_) events.push_back({std::string(tag), std::string(text)});
    return {};
  }
  std::uint64_t count = 0;
  std::vector<DefinitionTest::Event> events;

 private:
  const bool keep_;
};

// Some of the text from `at` on, on one line of printable characters.
std::string shown(std::string_view text, std::size_t at = 0) {
  std::string out(at > 0 ? "…" : "");
  for (const char c : text.substr(at, kShownBytes)) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7F ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  return text.size() - at > kShownBytes ? out + "…" : out;
}

std::string text_difference(std::string_view expected, std::string_view got) {
  const auto differs = std::ranges::mismatch(expected, got);
  const auto at = static_cast<std::size_t>(differs.in1 - expected.begin());
  const std::size_t from = at > kShownBefore ? at - kShownBefore : 0;
  return fmt::format("differs from byte {} on: expected {}, got {}", at, shown(expected, from), shown(got, from));
}

std::optional<std::string> difference(const std::vector<DefinitionTest::Event>& expected,
                                      const std::vector<DefinitionTest::Event>& got) {
  const std::size_t both = std::min(expected.size(), got.size());
  for (std::size_t i = 0; i < both; ++i) {
    if (expected[i].tag != got[i].tag) {
      return fmt::format("event {}: expected the tag {}, got {}", i + 1, expected[i].tag, got[i].tag);
    }
    if (expected[i].text != got[i].text) {
      return fmt::format("event {} {}", i + 1, text_difference(expected[i].text, got[i].text));
    }
  }
  if (expected.size() == got.size()) return std::nullopt;
  const bool missing = expected.size() > got.size();
  const DefinitionTest::Event& first = missing ? expected[both] : got[both];
  return fmt::format("expected {} events, got {}; the first {}: {} {}", expected.size(), got.size(),
                     missing ? "that is missing" : "too many", first.tag, shown(first.text));
}

std::optional<std::string> run(const DefinitionTest& test, const ReadyService& service, std::string_view input) {
  const route::CompiledService& compiled = *service.service;
  if (!test.key.empty() && !compiled.matches_key(test.key)) {
    return fmt::format("key_pattern does not match the key {}", shown(test.key));
  }
  flow::ObjectRef object;
  object.key = test.key.empty() ? "sample" : test.key;
  object.bucket = test.bucket;
  object.region = test.region;
  object.account = test.account;
  Collected collected(!test.count);
  codec::DecompressorScratch scratch;
  // Without a key only the bytes are tried.
  const bool excluded = !test.key.empty() && compiled.excludes_key(object.key);
  if (!excluded) {
    ObjectDecoder decoder(service, object, collected, scratch);
    Status status = decoder.write(input);
    if (status) status = decoder.finish();
    if (!status) {
      return fmt::format("after {} events it ended in an error: {}", collected.count, status.error().message);
    }
  }
  std::optional<std::string> wrong;
  if (!test.count) {
    wrong = difference(test.events, collected.events);
  } else if (collected.count != *test.count) {
    wrong = fmt::format("expected {} events, got {}", *test.count, collected.count);
  }
  if (wrong && excluded) *wrong += fmt::format("; filename_filter_rules leave the key {} out", shown(test.key));
  return wrong;
}

}  // namespace

std::vector<FailedTest> check_definition(const service::Definition& definition, const ReadyService& service,
                                         const ReadInput& read_input) {
  std::vector<FailedTest> failed;
  for (std::size_t i = 0; i < definition.tests.size(); ++i) {
    const DefinitionTest& test = definition.tests[i];
    std::optional<std::string> wrong;
    if (test.input_file.empty()) {
      wrong = run(test, service, test.input);
    } else if (auto input = read_input(test)) {
      wrong = run(test, service, *input);
    } else {
      wrong = fmt::format("input_file {} cannot be read: {}", test.input_file, input.error().message);
    }
    if (wrong) failed.push_back({&test, i, *std::move(wrong)});
  }
  return failed;
}

}  // namespace dray::decode
