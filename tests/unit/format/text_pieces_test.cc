// Whatever the pieces in which the bytes come, the text formats give the same records: with text made of what matters
// to them.
#include "split.h"

namespace dray::format {
namespace {

struct Case {
  std::string_view format;
  Options options;
};

std::vector<Case> cases() {
  const Setting::List names{"a", "b"};
  return {
      {"line_split_processor", {{"chunks", "true"}, {"indices", Setting::List{"1", "-2"}}, {"substrings", "b"}}},
      {"line_split_processor", {{"chunks", "true"}, {"regex", "^[\"#<]"}, {"json", "true"}}},
      {"csv_processor", {}},
      {"csv_processor", {{"json", "true"}, {"header", "detect"}, {"columns", names}}},
      {"csv_processor", {{"json", "true"}, {"header", "first_line"}, {"separator", "|"}}},
      {"w3c_processor", {{"json", "true"}}},
      {"bluecoat_processor", {}},
      {"multiline_processor", {{"start", "^[#<a]"}}},
      {"multiline_processor", {{"start", "^>"}, {"keep_leading", "false"}}},
      {"windows_security_processor", {}},
      {"text_file_processor", {{"header", "true"}, {"header_field_separator", ","}, {"use_json", "true"}}},
      {"text_file_processor", {{"line_separator", "||"}, {"field_names", names}}},
      {"text_file_processor", {{"line_separator", "\"\""}, {"field_separator", "<Event"}, {"use_json", "true"}}},
  };
}

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
  const std::vector<Case> all = cases();
  for (const Case& one : all) {
    ASSERT_TRUE(find_format(one.format)->check(one.options).ok()) << one.format;
  }
  for (std::uint64_t seed = 0; seed < 5000; ++seed) {
    Random random(seed);
    const std::string text = text_of(random);
    for (const Case& one : all) {
      const SplitterOptions options{.record_bytes_max = random.chance(0.4) ? 1 + random.below(40) : 1U << 20U,
                                    .options = one.options,
                                    .oversize_in_pieces = random.chance(0.7)};
      const Outcome whole = split_by(one.format, options, text, [] { return std::string_view::npos; });
      const std::uint64_t most = 1 + random.below(random.chance(0.7) ? 6 : 60);
      const Outcome pieces = split_by(one.format, options, text, [&] { return 1 + random.below(most); });
      ASSERT_EQ(pieces, whole) << one.format << " seed " << seed << " limit " << options.record_bytes_max << "\n"
                               << testing::PrintToString(pieces.records) << "\n"
                               << testing::PrintToString(whole.records) << "\n"
                               << text;
    }
  }
}

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
