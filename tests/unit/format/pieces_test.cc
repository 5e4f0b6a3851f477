// Whatever the pieces in which the bytes come, the records are the same.
#include <algorithm>

#include "split.h"
#include "support/format_options.h"

namespace dray::format {
namespace {

// Text of the pieces that matter to any of the formats, valid more often than not.
class Composer {
 public:
  explicit Composer(Random& random) : random_(random) {}

  std::string text() {
    std::string out;
    for (std::uint64_t parts = random_.below(12); parts > 0; --parts) {
      switch (random_.below(10)) {
        case 0: out += lines(); break;
        case 1: out += value(0) + separator(); break;
        case 2: out += "{\"x\":" + value(1) + "," + space() + "\"Records\"" + space() + ":" + value(0) + "}"; break;
        case 3:
        case 4: out += "{\"Records\":[" + elements() + "]}" + separator(); break;
        case 5: out += "version account-id srcaddr\n2 1 192.0.2.1\n"; break;
        case 6: out += fragment(); break;
        case 7: out += envelope() + separator(); break;
        case 8: out += "[" + elements() + "]" + separator(); break;
        default: out += "{\"digestStartTime\":" + value(1) + "}"; break;
      }
    }
    return out;
  }

 private:
  std::string envelope() {
    const std::string type =
        std::string(R"("messageType":)") + (random_.chance(0.8) ? R"("DATA_MESSAGE")" : R"("CONTROL_MESSAGE")");
    const std::string events = R"("logEvents":[{"id":"1","message":)" + value(1) + R"(},{"id":"2"}])";
    const std::string more = R"("owner":)" + value(2) + R"(,"detail":)" + value(1);
    return random_.chance(0.5) ? "{" + type + "," + more + "," + events + "}"
                               : "{" + events + "," + space() + type + "," + more + "}";
  }

  std::string elements() {
    std::string out;
    for (std::uint64_t count = random_.below(6); count > 0; --count) {
      out += value(1) + space() + (count == 1 ? "" : ",");
    }
    return out;
  }

  std::string value(int depth) {
    const std::uint64_t kind = random_.below(depth > 4 ? 4 : 7);
    switch (kind) {
      case 0: return string();
      case 1: return std::to_string(random_.below(1000));
      case 2: return random_.chance(0.5) ? "true" : "null";
      case 3: return "-1.5E+3";
      case 4: return "[" + space() + value(depth + 1) + "," + value(depth + 1) + "]";
      default: {
        std::string out = "{";
        for (std::uint64_t count = random_.below(5); count > 0; --count) {
          out += space() + string() + space() + ":" + value(depth + 1) + (count == 1 ? "" : ",");
        }
        return out + "}";
      }
    }
  }

  std::string string() {
    std::string out = "\"";
    for (std::uint64_t parts = random_.below(6); parts > 0; --parts) {
      static constexpr std::string_view kParts[] = {"a",       "bc",
                                                    "\\\"",    "\\\\",
                                                    "{",       "}",
                                                    "[",       "]",
                                                    ":",       ",",
                                                    " ",       "\\u0041",
                                                    "\\ud83d", "\xE2\x80\xA8",
                                                    "\xFF",    "Records",
                                                    R"(\\\")", "||",
                                                    "\\n",     "0123456789abcdef0123456789"};
      out += kParts[random_.below(std::size(kParts))];
      if (random_.chance(0.02)) out += '\n';
    }
    if (random_.chance(0.01)) out += std::string(random_.below(200), '\\');
    return out + "\"";
  }

  std::string fragment() {
    static constexpr std::string_view kFragments[] = {"{",  "}",    "[",  "]", "\"",  "\\", ",",      ":",
                                                      "\n", "\r\n", "\r", " ", "tru", "1",  "Records"};
    return std::string(kFragments[random_.below(std::size(kFragments))]);
  }

  std::string lines() {
    std::string out;
    for (std::uint64_t count = random_.below(5); count > 0; --count) {
      out += std::string(random_.below(90), 'l') + (random_.chance(0.3) ? "\r\n" : "\n");
    }
    return out;
  }

  std::string space() { return random_.chance(0.2) ? random_.chance(0.5) ? " " : "\n\t " : ""; }
  std::string separator() { return random_.chance(0.5) ? "" : random_.chance(0.7) ? "\n" : " \r\n "; }

  Random& random_;
};

std::string described(const FormatCase& one) {
  std::string text(one.format->name);
  for (const auto& [option, value] : one.options.members()) {
    text += " " + option + (value.if_text() == nullptr ? "" : "=" + *value.if_text());
  }
  return text;
}

TEST(Pieces, HaveOptionsForEveryFormatThatTheFormatAccepts) {
  for (const FormatCase& one : format_cases()) {
    const OptionFaults faults = one.format->check(one.options);
    EXPECT_TRUE(faults.ok()) << described(one) << ": " << faults.text();
  }
  for (const Format* format : all_formats()) {
    const std::vector<FormatCase> all = format_cases();
    EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const FormatCase& one) { return one.format == format; }))
        << format->name << " needs an option: name some in tests/support/format_options.h";
  }
}

TEST(Pieces, OfAnySizesGiveTheSameRecords) {
  const std::vector<FormatCase> all = format_cases();
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    Random random(seed);
    const std::string text = Composer(random).text();
    for (const FormatCase& one : all) {
      const SplitterOptions options{.record_bytes_max = random.chance(0.3) ? 1 + random.below(80) : 1U << 20U,
                                    .options = one.options,
                                    .oversize_in_pieces = random.chance(0.5)};
      const Outcome whole = split_by(one.format->name, options, text, [] { return std::string_view::npos; });
      const std::uint64_t most = 1 + random.below(random.chance(0.5) ? 8 : 150);
      const Outcome pieces = split_by(one.format->name, options, text, [&] { return 1 + random.below(most); });
      ASSERT_EQ(pieces, whole) << described(one) << " seed " << seed << "\n"
                               << pieces.message << "\n"
                               << whole.message << "\n"
                               << text;
    }
  }
}

TEST(Pieces, CutAtEveryPlaceGiveTheSameRecords) {
  const std::string text =
      "{\"x\":{\"\\\\\\\"\":[\"}\"]},\"Records\":[{\"a\\\"b\":\"\\\\\",\"c\": "
      "[1,{\"d\":\"]\"}]},\"\\\\\",null,-1]}\r\n{\"Records\":[]}\n";
  for (const FormatCase& one : format_cases()) {
    const Outcome whole = split(one.format->name, one.options, text);
    for (std::size_t first = 0; first <= text.size(); ++first) {
      for (std::size_t second = first; second <= text.size(); second += 7) {
        std::size_t piece = 0;
        const std::size_t sizes[] = {first, second - first, text.size()};
        ASSERT_EQ(split_by(one.format->name, {.options = one.options}, text, [&] { return sizes[piece++]; }), whole)
            << described(one) << " cut at " << first << " and " << second;
      }
    }
  }
}

}  // namespace
}  // namespace dray::format
