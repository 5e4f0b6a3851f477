// Every kernel of this machine against a plain byte-by-byte reading of the same text.
#include "json/kernel.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/random.h"
#include "json/compact.h"
#include "json/members.h"
#include "json/value_scanner.h"

namespace dray::json {
namespace {

struct Seen {
  std::size_t taken = 0;
  ScanEnd end = ScanEnd::more;
  std::vector<std::uint32_t> colons;
  bool operator==(const Seen&) const = default;
};

bool is_space(char byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

// The rules of ValueScanner, one byte at a time.
Seen read_plainly(std::string_view text) {
  Seen seen;
  std::string open;
  bool inside = false;
  bool escaped = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char byte = text[i];
    seen.taken = i + 1;
    const bool was_escaped = escaped;
    escaped = byte == '\\' && !was_escaped;
    if (byte == '"' && !was_escaped) inside = !inside;
    if (inside) continue;
    if (byte == ':' && open == "{") seen.colons.push_back(static_cast<std::uint32_t>(i));
    if (byte == '{' || byte == '[') {
      if (open.size() == kDepthMax) return seen.end = ScanEnd::too_deep, seen;
      open += byte;
    }
    if (byte == '}' || byte == ']') {
      if (open.empty() || open.back() != (byte == '}' ? '{' : '[')) return seen.end = ScanEnd::mismatched, seen;
      open.pop_back();
      if (open.empty()) return seen.end = ScanEnd::done, seen;
    }
  }
  return seen;
}

bool is_scalar(char byte) {
  return std::string_view("{}[]:,\"").find(byte) == std::string_view::npos;
}

std::string compact_plainly(std::string_view text) {
  std::string out;
  bool left_out = false;
  bool inside = false;
  bool escaped = false;
  for (const char byte : text) {
    const bool was_escaped = escaped;
    escaped = byte == '\\' && !was_escaped;
    if (byte == '"' && !was_escaped) inside = !inside;
    const bool kept = inside || !is_space(byte);
    if (kept && left_out && !out.empty() && is_scalar(out.back()) && is_scalar(byte)) out += ' ';
    if (kept) out += byte;
    left_out = !kept;
  }
  return out;
}

Seen read_in_pieces(const Kernel& kernel, std::string_view text, Random& random, std::uint64_t most,
                    const std::vector<std::string>& names = {}) {
  ValueScanner scanner(kernel);
  if (!names.empty()) scanner.look_for(names);
  scanner.begin(true);
  Seen seen;
  while (seen.taken < text.size() && !scanner.done() && !scanner.mismatched() && !scanner.too_deep()) {
    const std::string_view piece = text.substr(seen.taken, 1 + random.below(most));
    const std::vector<char> copy(piece.begin(), piece.end());
    const std::size_t taken = scanner.scan({copy.data(), copy.size()});
    EXPECT_LE(taken, piece.size());
    seen.taken += taken;
  }
  EXPECT_EQ(scanner.size(), seen.taken);
  seen.end = scanner.done()         ? ScanEnd::done
             : scanner.mismatched() ? ScanEnd::mismatched
             : scanner.too_deep()   ? ScanEnd::too_deep
                                    : ScanEnd::more;
  seen.colons.assign(scanner.colons().begin(), scanner.colons().end());
  return seen;
}

std::string random_text(Random& random) {
  static constexpr std::string_view kParts[] = {
      "{", "}",  "[",      "]",   "\"",  "\"",   "\\",       "\\\\",          "\\\"", ":", ",",
      " ", "\n", "\"a\":", "{\"", "\"}", "\xFF", "\x7B\x5D", "abcdefghijklm", "1",    "\t"};
  std::string text = "{";
  for (std::uint64_t parts = random.below(200); parts > 0; --parts) {
    text += random.chance(0.01) ? std::string(random.below(150), '\\')
                                : std::string(kParts[random.below(std::size(kParts))]);
  }
  return text;
}

TEST(Kernel, AllAgreeWithAPlainReading) {
  ASSERT_FALSE(usable_kernels().empty());
  for (std::uint64_t seed = 0; seed < 5000; ++seed) {
    Random random(seed);
    const std::string text = random_text(random);
    const Seen expected = read_plainly(text);
    for (const Kernel* kernel : usable_kernels()) {
      ASSERT_EQ(read_in_pieces(*kernel, text, random, 100000), expected) << kernel->name << " seed " << seed << "\n"
                                                                         << text;
      ASSERT_EQ(read_in_pieces(*kernel, text, random, 1 + random.below(130)), expected)
          << kernel->name << " seed " << seed << "\n"
          << text;
    }
  }
}

// The name before a colon with a quote right before it, as written from the last quote on.
std::string name_before(std::string_view text, std::size_t colon) {
  const std::size_t open = text.rfind('"', colon - 2);
  return open == std::string_view::npos ? std::string() : std::string(text.substr(open + 1, colon - open - 2));
}

std::string record_of_members(Random& random) {
  static constexpr std::string_view kNames[] = {
      "name",         "e",  "",   "time", R"(event\u0053ource)", "xe",         R"(na\u006de)",
      R"(nam\u0065)", "me", "na", "n e",  "sourceName",          R"(x\"name)", "a-longer-name"};
  static constexpr std::string_view kValues[] = {"1",        R"("v")", R"({"name":1})", R"([{"e":2}])", R"("name\":")",
                                                 R"("a b")", "{}"};
  std::string text = "{";
  for (std::uint64_t left = random.below(40); left > 0; --left) {
    text += '"';
    if (random.chance(0.3)) text += std::string(random.below(70), 'p');
    text += kNames[random.below(std::size(kNames))];
    text += random.chance(0.8) ? "\":" : random.chance(0.5) ? "\" :" : "\" : ";
    text += kValues[random.below(std::size(kValues))];
    text += left > 1 ? "," : "";
  }
  return text + "}";
}

// Of the names that are looked for every colon is there, whatever stands around it and wherever the pieces end; of the
// others few are.
TEST(Kernel, NoColonOfANameThatIsLookedForIsLeftOut) {
  const std::vector<std::string> names{"name", "e", R"(x"name)", "eventSource"};
  std::size_t left_out = 0;
  for (std::uint64_t seed = 0; seed < 5000; ++seed) {
    Random random(seed);
    const std::string text = record_of_members(random);
    const std::vector<std::uint32_t> all = read_plainly(text).colons;
    for (const Kernel* kernel : usable_kernels()) {
      const Seen seen = read_in_pieces(*kernel, text, random, 1 + random.below(300), names);
      ASSERT_EQ(seen.end, ScanEnd::done) << text;
      ASSERT_TRUE(std::includes(all.begin(), all.end(), seen.colons.begin(), seen.colons.end())) << text;
      for (const std::uint32_t colon : all) {
        std::string name;
        unescape(name_before(text, colon), name);
        const bool wanted = text[colon - 1] != '"' || std::find(names.begin(), names.end(), name) != names.end();
        const bool found = std::find(seen.colons.begin(), seen.colons.end(), colon) != seen.colons.end();
        ASSERT_TRUE(found || !wanted) << kernel->name << " seed " << seed << " colon " << colon << "\n" << text;
        left_out += found ? 0U : 1U;
      }
    }
  }
  EXPECT_TRUE(left_out > 0 || usable_kernels().size() == 1);
}

TEST(Kernel, NamesWhoseEndsCannotBeToldApartLeaveNothingOut) {
  Random random(1);
  const std::string text = "{" + std::string("\"pad\":\"") + std::string(200, 'v') + "\",\"a\":1,\"b\":2}";
  // 'e' and 'u' share their low four bits; bytes over 127 and empty names have no place.
  for (const std::vector<std::string>& names : {std::vector<std::string>{"e", "u"}, {"\xC3\xA9"}, {""}, {"a", ""}}) {
    for (const Kernel* kernel : usable_kernels()) {
      EXPECT_EQ(read_in_pieces(*kernel, text, random, 100000, names), read_plainly(text)) << kernel->name;
    }
  }
}

// What a scanner says of the value at the start of `bytes`, of which it may take `most` at once.
Seen read_next(ValueScanner& scanner, std::string_view bytes, bool collect, Random& random, std::uint64_t most) {
  scanner.begin(collect);
  Seen seen;
  while (seen.taken < bytes.size() && !scanner.done() && !scanner.mismatched() && !scanner.too_deep()) {
    seen.taken += scanner.scan(bytes.substr(seen.taken, 1 + random.below(most)));
  }
  seen.end = scanner.done() ? ScanEnd::done : scanner.mismatched() ? ScanEnd::mismatched : ScanEnd::more;
  seen.colons.assign(scanner.colons().begin(), scanner.colons().end());
  return seen;
}

// What was looked at ahead of one value serves the next ones: whatever stands between them, whether it pairs its quotes
// or not, wherever they begin, and if every other one collects no colons.
TEST(Kernel, ValuesOfOneStretchReadAsEachByItself) {
  static constexpr std::string_view kBetween[] = {",", ",", ",", "", " ,\n", "\"", "x\\", "\\\"", "\"a\",", "]}"};
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Random random(seed);
    std::string stretch;
    std::vector<std::size_t> starts;
    const bool compact = random.chance(0.5);
    for (std::uint64_t left = 1 + random.below(80); left > 0; --left) {
      const std::string value = compact || random.chance(0.7) ? record_of_members(random) : random_text(random);
      starts.push_back(stretch.size());
      stretch += value.substr(0, read_plainly(value).taken);
      stretch += compact ? "," : kBetween[random.below(std::size(kBetween))];
    }
    for (const Kernel* kernel : usable_kernels()) {
      ValueScanner scanner(*kernel);
      scanner.read_from(stretch);
      const std::uint64_t most = random.chance(0.5) ? stretch.size() : 1 + random.below(300);
      for (std::size_t i = 0; i < starts.size(); ++i) {
        const std::string_view rest = std::string_view(stretch).substr(starts[i]);
        const bool collect = random.chance(0.8);
        Seen expected = read_plainly(rest);
        if (!collect) expected.colons.clear();
        ASSERT_EQ(read_next(scanner, rest, collect, random, most), expected)
            << kernel->name << " seed " << seed << " value " << i << " at " << starts[i];
      }
    }
  }
}

// Brackets by the hundred, of both kinds, right and wrong, in one stretch.
TEST(Kernel, ShortAndLongNestingsInOneStretchReadAsEachByItself) {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    Random random(seed);
    std::string stretch;
    std::vector<std::size_t> starts;
    for (std::uint64_t left = 1 + random.below(20); left > 0; --left) {
      std::string open;
      std::string value;
      const std::uint64_t deepest = 1 + random.below(12);
      for (std::uint64_t brackets = random.below(120); brackets > 0 || !open.empty();
           brackets -= brackets > 0 ? 1 : 0) {
        const bool opens = open.empty() || (brackets > 0 && open.size() < deepest && random.chance(0.5));
        if (value.size() > 1 && open.empty()) break;
        if (opens) {
          const bool object = random.chance(0.6);
          value += object ? "{\"k\":" : "[";
          open += object ? '}' : ']';
        } else {
          value += random.chance(0.001) ? '}' : open.back();
          open.pop_back();
        }
      }
      starts.push_back(stretch.size());
      stretch += value + ",";
    }
    if (stretch.front() == ',') continue;
    for (const Kernel* kernel : usable_kernels()) {
      ValueScanner scanner(*kernel);
      scanner.read_from(stretch);
      for (const std::size_t start : starts) {
        const std::string_view rest = std::string_view(stretch).substr(start);
        if (rest.front() == ',') continue;
        ASSERT_EQ(read_next(scanner, rest, true, random, stretch.size()), read_plainly(rest))
            << kernel->name << " seed " << seed << " at " << start << "\n"
            << rest.substr(0, 300);
      }
    }
  }
}

// Containers in containers across the words that keep their kinds.
TEST(Kernel, DeepValuesNestByKind) {
  for (const std::size_t depth : {62U, 63U, 64U, 65U, 127U, 128U, 129U, 700U, 1023U, 1024U, 1025U}) {
    Random random(depth);
    std::string open;
    std::string close;
    for (std::size_t i = 0; i < depth; ++i) {
      const bool object = random.chance(0.5);
      open += object ? "{\"k\":" : "[";
      close.insert(close.begin(), object ? '}' : ']');
    }
    for (const std::size_t wrong : {depth, std::size_t{0}, depth / 2, depth - 1}) {
      std::string text = open + "1" + close;
      if (wrong < depth) {
        char& bracket = text[text.size() - 1 - wrong];
        bracket = bracket == '}' ? ']' : '}';
      }
      for (const Kernel* kernel : usable_kernels()) {
        ASSERT_EQ(read_in_pieces(*kernel, text, random, 1 + random.below(200)), read_plainly(text))
            << kernel->name << " depth " << depth << " wrong " << wrong;
      }
    }
  }
}

TEST(Kernel, AllCompactAsAPlainReadingDoes) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    const std::string text = random_text(random);
    for (const Kernel* kernel : usable_kernels()) {
      std::string out(text.size() + 64, '\0');
      out.resize(kernel->compact(text.data(), text.size(), out.data()));
      ASSERT_EQ(out, compact_plainly(text)) << kernel->name << " seed " << seed;
    }
  }
}

// Wherever what is looked at together ends: in the escape, behind it, before the colon.
TEST(Kernel, ANameThatEndsInAnEscapeIsFoundAcrossEveryBorder) {
  const std::vector<std::string> names{"name"};
  const std::string member = R"(na\u006de)";
  for (const std::size_t border : {64U, 512U, 1536U, 3584U, 4608U, 7680U, 11776U, 16384U}) {
    for (std::size_t before = 0; before < 20; ++before) {
      const std::string pad = "{\"p\":\"" + std::string(border - before - 9, 'v') + "\",\"";
      const std::string text = pad + member + "\":1,\"q\":\"" + std::string(300, 'v') + "\"}";
      for (const Kernel* kernel : usable_kernels()) {
        ValueScanner scanner(*kernel);
        scanner.look_for(names);
        scanner.read_from(text);
        scanner.begin(true);
        ASSERT_EQ(scanner.scan(text), text.size());
        const auto colon = static_cast<std::uint32_t>(pad.size() + member.size() + 1);
        ASSERT_NE(std::count(scanner.colons().begin(), scanner.colons().end(), colon), 0)
            << kernel->name << " border " << border << " before " << before;
      }
    }
  }
}

TEST(Kernel, AValueBegunAndGivenUpLeavesNothingToTheNext) {
  for (const Kernel* kernel : usable_kernels()) {
    for (const std::string_view given_up : {"{\"a", "{\"a\\", "{[{", "{\"a\":[\"]"}) {
      ValueScanner scanner(*kernel);
      scanner.begin(true);
      (void)scanner.scan(given_up);
      scanner.begin(true);
      EXPECT_EQ(scanner.scan("{\"b\":1}}"), 7U) << kernel->name << ": " << given_up;
      EXPECT_TRUE(scanner.done());
      EXPECT_EQ(scanner.colons().size(), 1U);
      scanner.begin(true);
      (void)scanner.scan(given_up);
      scanner.begin(true);
      EXPECT_EQ(scanner.scan("{}"), 2U) << kernel->name << ": " << given_up;
    }
  }
}

// A record may not hold LF, and white space costs a copy: whoever asks is told of both, and of nothing else.
TEST(Kernel, TellsWhiteSpaceOutsideStringsAndLineFeedsAnywhere) {
  const std::string pad(70, 'x');
  const std::pair<std::string, bool> all[] = {
      {"{\"a b\":\"\t \"}", false},         {"{\"a\": 1}", true},
      {"{\"a\":\"x\ny\"}", true},           {"{\"" + pad + "\":\"x\ny\"}", true},
      {"{\"" + pad + "\":\"x y\"}", false}, {"{\"a\":1}\n", false}};
  for (const Kernel* kernel : usable_kernels()) {
    for (const auto& [text, blanks] : all) {
      ValueScanner scanner(*kernel);
      scanner.begin(false);
      (void)scanner.scan(text);
      EXPECT_TRUE(scanner.done());
      EXPECT_EQ(scanner.has_blanks(), blanks) << kernel->name << ": " << text;
    }
  }
}

TEST(Kernel, CollectsMoreColonsThanFitAtFirst) {
  std::string text = "{";
  for (int i = 0; i < 50000; ++i) {
    text += "\"k\":1,";
  }
  text.back() = '}';
  for (const Kernel* kernel : usable_kernels()) {
    Random random(1);
    EXPECT_EQ(read_in_pieces(*kernel, text, random, 5000), read_plainly(text));
  }
}

TEST(Compact, MakesNoJsonOfWhatIsNone) {
  std::string out;
  compact("{ \"n\" : 1  2, \"a\": [1 2,\t3 ] , \"t\":tr ue, \"m\":-\n 5,\"s\":\"a\" \"b\" }", out);
  EXPECT_EQ(out, R"({"n":1 2,"a":[1 2,3],"t":tr ue,"m":- 5,"s":"a""b"})");
  const std::string pad(58, ' ');
  compact("[" + pad + "1   " + pad + "   2" + pad + "]", out);
  EXPECT_EQ(out, "[1 2]");
}

TEST(Compact, EscapesLineFeedsInsideStrings) {
  std::string out;
  compact("{\n\"a\" : \"x\ny \\\n\"\n}", out);
  EXPECT_EQ(out, "{\"a\":\"x\\ny \\\\n\"}");
  compact("", out);
  EXPECT_EQ(out, "");
}

}  // namespace
}  // namespace dray::json
