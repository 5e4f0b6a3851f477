#include "generated_text.h"

#include <initializer_list>

#include "base/random.h"

namespace dray::golden {
namespace {

class Writer {
 public:
  explicit Writer(std::uint64_t seed) : random_(seed) {}

  std::string text() {
    std::string out;
    if (random_.chance(0.1)) out += "\xEF\xBB\xBF";
    switch (random_.below(7)) {
      case 0: out += tokens(10 + random_.below(90)); break;
      case 1: out += rows(); break;
      case 2: out += header_and_rows(); break;
      case 3: out += values(); break;
      case 4: out += records(); break;
      case 5: out += envelopes(); break;
      default: out += "[" + list(random_.below(8), 3) + "]"; break;
    }
    if (random_.chance(0.2)) out += "\n";
    if (random_.chance(0.25)) damage(out);
    return out;
  }

 private:
  template <std::size_t N>
  const char* one_of(const char* const (&list)[N]) {
    return list[random_.below(N)];
  }
  const char* one_of(std::initializer_list<const char*> list) { return list.begin()[random_.below(list.size())]; }

  std::string tokens(std::uint64_t count) {
    static const char* const all[] = {"a",
                                      "b c",
                                      "\n",
                                      "\n",
                                      "\r\n",
                                      "\r",
                                      "\n\n",
                                      "\"",
                                      "\"\"",
                                      ",",
                                      "\t",
                                      " ",
                                      "#",
                                      "|==|",
                                      "||",
                                      "=",
                                      "\\",
                                      "\\n",
                                      "{",
                                      "}",
                                      "[",
                                      "]",
                                      ":",
                                      "caf\xE9",
                                      "\xC3\xA9",
                                      "\xE2\x80\xA8",
                                      "\xF0\x9F\x98\x80",
                                      "\x0B",
                                      "\x1E",
                                      "\xC2\x85",
                                      "a=\"b\"",
                                      "key: value",
                                      "#Fields: date time",
                                      "version account-id srcaddr",
                                      "2024-03-05 09:10:11 UTC:x",
                                      "{\"a\":1}",
                                      "2 111122223333 eni-1",
                                      "[05/Mar/2024:09:10:11 +0000]"};
    std::string out;
    for (std::uint64_t i = 0; i < count; ++i) {
      // A NUL cannot stand in the list.
      if (random_.chance(0.02)) out += '\0';
      out += one_of(all);
    }
    return out;
  }

  std::string rows() {
    std::string out;
    for (std::uint64_t i = 1 + random_.below(6); i > 0; --i) {
      for (std::uint64_t field = random_.below(5); field > 0; --field) {
        static const char* const fields[] = {"\"a\"", "\"b,c\"", "\"d\"\"e\"", "\"f\ng\"", "\"\"",
                                             "h",     "",        " \"i\"",     "j\"k"};
        out += one_of(fields);
        out += ",";
      }
      out += one_of({"x", "\"y\"", ""});
      out += end();
    }
    return out;
  }

  std::string header_and_rows() {
    static const char* const headers[] = {"version account-id interface-id srcaddr\n",
                                          "#Version: 1.0\n#Fields: date time c-ip\n", "accountId:1\nformat:CEF\n|==|\n",
                                          "\"Timestamp\",\"Policy\"\n", "a,b,c\n"};
    std::string out = one_of(headers);
    for (std::uint64_t i = random_.below(6); i > 0; --i) {
      out += one_of({"2 111122223333 eni-1 192.0.2.1", "2024-03-05\t09:10:11\t192.0.2.1", "CEF:0|Incapsula|x|1|1|n|0|",
                     "1,2,3", "\"a\",\"b\""});
      out += end();
    }
    return out;
  }

  const char* end() { return one_of({"\n", "\n", "\r\n", "\n\n"}); }

  std::string space() {
    static const char* const all[] = {"", "", "", " ", "\n", "\r\n", "\t ", "\n  "};
    return one_of(all);
  }

  std::string string() {
    static const char* const all[] = {
        "a", "b c", "\\\"",    "\\\\",     "\\n", "\\u00e9",      "\\ud83d\\ude00",   "\\ud83d", "\\u0000", "}{", "][",
        ",", ":",   "caf\xE9", "\xC3\xA9", "||",  "\xE2\x80\xA8", "\xF0\x9F\x98\x80", "\\/",     "Records"};
    std::string out = "\"";
    for (std::uint64_t i = random_.below(5); i > 0; --i) out += one_of(all);
    return out + "\"";
  }

  std::string value(int depth) {
    static const char* const scalars[] = {
        "0", "-0", "1.0", "1E5", "9007199254740993", "0.1000000000000000055", "true", "false", "null", "{}", "[]"};
    switch (depth == 0 ? random_.below(2) : random_.below(4)) {
      case 0: return one_of(scalars);
      case 1: return string();
      case 2: return "[" + list(random_.below(4), depth - 1) + space() + "]";
      default: return object(depth);
    }
  }

  std::string list(std::uint64_t count, int depth) {
    std::string out;
    for (std::uint64_t i = 0; i < count; ++i) {
      out += (i == 0 ? "" : ",") + space() + value(depth) + space();
    }
    return out;
  }

  std::string object(int depth) {
    static const char* const names[] = {"\"a\"", "\"Records\"", "\"b\\u0062\"", "\"detail\"", "\"a\""};
    std::string out = "{";
    for (std::uint64_t i = random_.below(4), first = i; i > 0; --i) {
      out += (i == first ? "" : ",") + space() + one_of(names) + space() + ":" + space() + value(depth - 1);
    }
    return out + space() + "}";
  }

  std::string values() {
    std::string out;
    for (std::uint64_t i = random_.below(6); i > 0; --i) {
      out += random_.chance(0.8) ? object(3) : value(2) + " ";
      out += one_of({"", "\n", "\n", "||", " "});
    }
    return out;
  }

  std::string records() {
    std::string out;
    for (std::uint64_t i = 1 + random_.below(2); i > 0; --i) {
      out += "{" + space() + (random_.chance(0.5) ? "\"x\":" + value(2) + "," : "") + "\"Records\"" + space() + ":" +
             space() + "[" + list(random_.below(6), 3) + "]" + (random_.chance(0.5) ? ",\"y\":" + value(1) : "") + "}";
    }
    return out;
  }

  std::string envelopes() {
    std::string out;
    for (std::uint64_t i = 1 + random_.below(3); i > 0; --i) {
      out += "{\"messageType\":\"";
      out += one_of({"DATA_MESSAGE", "DATA_MESSAGE", "CONTROL_MESSAGE"});
      out += "\",\"logGroup\":\"/g\",\"logEvents\":[";
      for (std::uint64_t j = random_.below(4), first = j; j > 0; --j) {
        out += (j == first ? "" : ",") + std::string("{\"id\":\"1\",\"timestamp\":1,\"message\":") + string() +
               space() + "}";
      }
      out += "]}" + space();
    }
    return out;
  }

  void damage(std::string& text) {
    if (text.empty()) return;
    const auto at = static_cast<std::size_t>(random_.below(text.size()));
    switch (random_.below(3)) {
      case 0: text.resize(at); break;
      case 1: text[at] = static_cast<char>(random_.next()); break;
      default: text.erase(at, 1); break;
    }
  }

  Random random_;
};

}  // namespace

std::string generated_text(std::uint64_t seed) {
  return Writer(seed).text();
}

}  // namespace dray::golden
