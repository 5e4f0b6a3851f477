// The property of the whole chain: stored bytes give the same events whatever the pieces in which they come, and
// whatever they are packed in. Formats come from the catalogue: a new one is tested without being asked.
#include <gtest/gtest.h>

#include <map>

#include "base/random.h"
#include "chain.h"
#include "decode/ready_service.h"
#include "format/splitter.h"
#include "generated_text.h"
#include "packers.h"
#include "support/tar.h"

namespace dray::golden {
namespace {

constexpr std::uint64_t kSeeds = 1000;      // texts a format and set of options
constexpr std::uint64_t kPackedSeeds = 60;  // of those, also in every packing

// Options with which a format does more than without; a format that is not here runs with none.
const std::multimap<std::string_view, const char*>& options() {
  static const std::multimap<std::string_view, const char*> all{
      {"line_split_processor", "{}"},
      {"line_split_processor", "{json: true}"},
      {"line_split_processor", "{chunks: true, indices: [1, -1, -2], substrings: [a], regex: ['^2', '\\{']}"},
      {"text_file_processor", "{}"},
      {"text_file_processor", "{line_separator: '\\n', header: true, header_field_separator: ','}"},
      {"text_file_processor", "{line_separator: '||', field_separator: ' ', use_json: true}"},
      {"csv_processor", "{}"},
      {"csv_processor", "{header: detect, json: true}"},
      {"csv_processor", "{header: first_line, json: true, separator: \"\\t\"}"},
      {"w3c_processor", "{}"},
      {"w3c_processor", "{json: true}"},
      {"multiline_processor", "{start: '^(20|2 |CEF|\\{)'}"},
      {"multiline_processor", "{start: a, keep_leading: false}"},
      {"unseparated_json_processor", "{}"},
      {"unseparated_json_processor", "{key: Records}"},
      {"unseparated_json_processor", "{key: [detail, Records]}"},
      {"unseparated_json_processor", "{key: [[detail, findings], Records], include: {a: outer}, rename: {b: c}}"},
      {"unseparated_json_processor", "{flat: true}"},
      {"unseparated_json_processor_extract_key", "{key: Records, extraction_key: [[a, b], a]}"},
      {"json_object_to_linesplit_processor", "{key: [Records, a]}"},
      {"cloudwatch_logs_processor", "{}"},
      {"cloudwatch_logs_processor", "{event: record}"},
      {"separated_json_processor", "{}"},
      {"separated_json_processor", "{separator: '||'}"},
      {"unseparated_json_processor", "{key: [[detail, a], Records], include: {y: z}, flat: true}"},
      {"unseparated_json_processor", "{key: Records, include: {x: outer}, rename: {a: c}}"},
      {"unseparated_json_processor_extract_key", "{key: Records, extraction_key: a}"},
      {"unseparated_json_processor_extract_key", "{key: logEvents, extraction_key: message}"},
      {"single_json_object_processor", "{}"},
      {"single_json_object_processor", "{key: Records}"},
      {"json_object_to_linesplit_processor", "{keys: [Records, a]}"},
      {"line_split_processor", "{chunks: true, indices: [0, -2], substrings: [a], regex: ['^[0-9]']}"},
      {"text_file_processor", "{header: true, header_field_separator: ',', use_json: true}"},
      {"text_file_processor", "{line_separator: '||', field_names: [a, b]}"},
      {"csv_processor", "{header: detect, json: true, columns: [a, b]}"},
      {"multiline_processor", "{start: '^[^ ]'}"},
      {"multiline_processor", "{start: '^#', keep_leading: false}"},
  };
  return all;
}

// A shorter rest of an object may be text for all that anybody knows.
constexpr std::size_t kMagicBytes = 12;

struct Chain {
  std::string name;
  decode::ReadyService service;
};

std::vector<Chain> chains() {
  std::vector<Chain> all;
  for (const format::Format* format : format::all_formats()) {
    auto [begin, end] = options().equal_range(format->name);
    std::vector<std::string> sets;
    for (; begin != end; ++begin) sets.emplace_back(begin->second);
    if (sets.empty()) sets.emplace_back("{}");
    for (const std::string& set : sets) {
      auto ready = decode::prepare(definition_of(std::string(format->name), set), 16U << 20U);
      EXPECT_TRUE(ready) << format->name << " " << set << ": add options that it takes to options()";
      if (ready) all.push_back({std::string(format->name) + " " + set, std::move(*ready)});
    }
  }
  return all;
}

// Where to cut: single bytes, a few long pieces, many short ones.
std::vector<std::size_t> random_pieces(std::size_t bytes, Random& random) {
  const std::uint64_t longest[] = {1, 3, 16, 200};
  const std::uint64_t most = longest[random.below(4)];
  std::vector<std::size_t> pieces;
  for (std::size_t at = 0; at < bytes;) {
    const auto piece = static_cast<std::size_t>(1 + random.below(most));
    pieces.push_back(std::min(piece, bytes - at));
    at += pieces.back();
  }
  return pieces;
}

std::vector<std::size_t> whole_of(std::string_view bytes) {
  return {bytes.size()};
}

std::string shown(const DecodedObject& decoded) {
  return decoded.text() + (decoded.error ? "error " + decoded.error->code : "");
}

TEST(ChainProperty, EventsDoNotDependOnThePieces) {
  for (const Chain& chain : chains()) {
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
      const std::string text = generated_text(seed);
      Random random(seed);
      const std::string whole = shown(decode_pieces(chain.service, {}, text, whole_of(text)));
      for (int cut = 0; cut < 3; ++cut) {
        ASSERT_EQ(shown(decode_pieces(chain.service, {}, text, random_pieces(text.size(), random))), whole)
            << chain.name << ", seed " << seed << "\n"
            << text;
      }
    }
  }
}

TEST(ChainProperty, EventsDoNotDependOnThePacking) {
  for (const Chain& chain : chains()) {
    for (std::uint64_t seed = 0; seed < kPackedSeeds; ++seed) {
      const std::string text = generated_text(seed);
      Random random(seed);
      const std::string whole = shown(decode_pieces(chain.service, {}, text, whole_of(text)));
      for (const Packing& packing : packings()) {
        const std::string stored = packing.pack(text);
        ASSERT_EQ(shown(decode_pieces(chain.service, {}, stored, random_pieces(stored.size(), random))), whole)
            << chain.name << ", " << packing.name << ", seed " << seed << "\n"
            << text;
      }
    }
  }
}

// Whatever is wrong with one of them: each gives what it would give alone, and the object is in trouble if one is.
TEST(ChainProperty, EntriesOfAnArchiveGiveWhatEachGivesAlone) {
  for (const Chain& chain : chains()) {
    for (std::uint64_t seed = 0; seed < kPackedSeeds; ++seed) {
      Random random(seed);
      std::vector<test::Entry> entries;
      std::string alone;
      bool error = false;
      for (std::uint64_t i = 0; i < 3; ++i) {
        const std::string text = generated_text(3 * seed + i);
        const DecodedObject decoded = decode_pieces(chain.service, {}, text, whole_of(text));
        alone += decoded.text();
        error = error || decoded.error;
        entries.push_back({"entry", random.chance(0.3) ? gzip(text) : text});
      }
      const std::string stored = random.chance(0.5) ? test::tar(entries) : gzip(test::tar(entries));
      const DecodedObject together = decode_pieces(chain.service, {}, stored, random_pieces(stored.size(), random));
      ASSERT_EQ(together.text(), alone) << chain.name << ", seed " << seed;
      ASSERT_EQ(together.error.has_value(), error) << chain.name << ", seed " << seed;
    }
  }
}

// A damaged packing never gives other events than a prefix of the true ones, however it is cut.
TEST(ChainProperty, ATruncatedPackingGivesAPrefixOfTheEvents) {
  const auto service = decode::prepare(definition_of("line_split_processor"), 16U << 20U);
  ASSERT_TRUE(service);
  for (std::uint64_t seed = 0; seed < kPackedSeeds; ++seed) {
    const std::string text = generated_text(seed) + "\nlast";
    Random random(seed);
    const std::string whole = decode_pieces(*service, {}, text, whole_of(text)).text();
    for (const Packing& packing : packings()) {
      if (packing.name == std::string_view("plain")) continue;
      const std::string stored = packing.pack(text);
      if (stored.size() <= kMagicBytes) continue;
      const std::string cut = stored.substr(0, kMagicBytes + random.below(stored.size() - kMagicBytes));
      const DecodedObject decoded = decode_pieces(*service, {}, cut, random_pieces(cut.size(), random));
      // Between two members of gzip nobody can tell.
      ASSERT_TRUE(decoded.error || packing.name == std::string_view("gzip members"))
          << packing.name << ", seed " << seed;
      if (decoded.error) {
        ASSERT_TRUE(whole.starts_with(decoded.text())) << packing.name << ", seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace dray::golden
