// Whatever the pieces in which the bytes come, the text formats give the same records: with text made of what matters
// to them.
#include "split.h"
#include "support/format_options.h"

namespace dray::format {
namespace {

std::string text_of(Random& random) {
  static constexpr std::string_view kParts[] = {"\n",
                                                "\n",
                                                "\n",
                                                "\r\n",
                                                "\r",
                                                "\"",
                                                "\"",
                                                "\"\"",
                                                "\",\"",
                                                ",",
                                                "a",
                                                "b",
                                                "a,b",
                                                "|",
                                                "||",
                                                "|\"",
                                                "#",
                                                "#Fields: a b",
                                                "\t",
                                                " ",
                                                ">",
                                                "<",
                                                "<Event>",
                                                "<Event ",
                                                "</Event>",
                                                "<Events>",
                                                "</Event",
                                                "<?xml?>",
                                                "{\"x\": 1}",
                                                "\\",
                                                "\\\"",
                                                "\xEF\xBB\xBF",
                                                "\xE2\x80\xA8",
                                                "Time,ID,Email",
                                                "0123456789",
                                                "\xFF",
                                                "\x01"};
  std::string out;
  for (std::uint64_t parts = random.below(40); parts > 0; --parts) {
    out += kParts[random.below(std::size(kParts))];
  }
  return out;
}

TEST(TextPieces, OfAnySizesGiveTheSameRecords) {
  const std::vector<FormatCase> all = format_cases();
  for (const FormatCase& one : all) {
    ASSERT_TRUE(one.format->check(one.options).ok()) << one.format->name;
  }
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    const std::string text = text_of(random);
    for (const FormatCase& one : all) {
      const SplitterOptions options{.record_bytes_max = random.chance(0.4) ? 1 + random.below(40) : 1U << 20U,
                                    .options = one.options,
                                    .oversize_in_pieces = random.chance(0.7)};
      const Outcome whole = split_by(one.format->name, options, text, [] { return std::string_view::npos; });
      const std::uint64_t most = 1 + random.below(random.chance(0.7) ? 6 : 60);
      const Outcome pieces = split_by(one.format->name, options, text, [&] { return 1 + random.below(most); });
      ASSERT_EQ(pieces, whole) << one.format->name << " seed " << seed << " limit " << options.record_bytes_max << "\n"
                               << testing::PrintToString(pieces.records) << "\n"
                               << testing::PrintToString(whole.records) << "\n"
                               << text;
    }
  }
}

struct Case {
  std::string_view format;
  Options options;
};

// Lines under the limit lose no byte but line ends: csv and multiline events hold every line of the object.
TEST(TextPieces, LoseNoByteOfALine) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    const std::string text = text_of(random);
    std::string expected;
    for (const char byte : text) {
      if (byte != '\n' && byte != '\r') expected += byte;
    }
    for (const Case& one : {Case{"multiline_processor", {{"start", "^[#<a]"}}}, Case{"line_split_processor", {}},
                            Case{"csv_processor", {}}}) {
      std::string got;
      for (std::string record : split(one.format, one.options, text).records) {
        for (std::size_t at = record.find("\\n"); at != std::string::npos; at = record.find("\\n", at)) {
          record.erase(at, 2);
        }
        std::erase(record, '\r');
        got += record;
      }
      std::string wanted = expected;
      if (one.format == "csv_processor") {
        for (std::string* bytes : {&got, &wanted}) {
          for (std::size_t at = bytes->find("\xEF\xBB\xBF"); at != std::string::npos;
               at = bytes->find("\xEF\xBB\xBF")) {
            bytes->erase(at, 3);
          }
        }
      }
      ASSERT_EQ(got, wanted) << one.format << " seed " << seed << "\n" << text;
    }
  }
}

}  // namespace
}  // namespace dray::format
