// split_or_unseparated_processor: lines or JSON values one after another, as the first bytes say.
//
// JSON lines are told from a pretty-printed value by where the first value ends, not by whether there is a line feed:
// lines, if the first byte (after white space) begins no object and no array, if the first value is no JSON, or if it
// is an object on one line with a line end right behind it. JSON values otherwise, and for any object or array if the
// option `key` is given.
#include <algorithm>

#include "format/deciding_splitter.h"
#include "format/json_options.h"
#include "json/value_check.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "split_or_unseparated_processor";
constexpr std::string_view kOfLines[] = {"json", "chunks", "indices", "substrings", "regex"};

bool is_of_lines(std::string_view option) {
  return std::find(std::begin(kOfLines), std::end(kOfLines), option) != std::end(kOfLines);
}

Settings line_options(const Settings& options) {
  Settings lines;
  for (const auto& [option, value] : options.members()) {
    if (is_of_lines(option)) {
      lines.set(option, value);
    }
  }
  return lines;
}

struct FirstValue {
  SplitterOptions options;
  flow::RecordSink& sink;
  json::ValueCheck check = {};
  std::size_t seen = 0;

  std::unique_ptr<Splitter> look(std::string_view begun, bool last) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const std::size_t first = begun.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) {
      return last ? lines(false) : nullptr;
    }
    if (begun[first] != '{' && begun[first] != '[') {
      return lines(false);
    }
    seen += check.take(begun.substr(seen));
    if (check.failed()) {
      return lines(begun[first] == '{');
    }
    if (!check.done()) {
      return last ? values() : nullptr;
    }
    const std::size_t next = begun.find_first_not_of(" \t\r", seen);
    if (next == std::string_view::npos) {
      return last ? values() : nullptr;
    }
    const bool on_one_line = begun.substr(first, seen - first).find('\n') == std::string_view::npos;
    if (begun[next] == '\n') {
      return on_one_line && begun[first] == '{' && !options.options.contains("key") ? lines(true) : values();
    }
    return begun[next] == '{' || begun[next] == '[' ? values() : lines(begun[first] == '{');
  }

  [[nodiscard]] std::unique_ptr<Splitter> lines(bool json) const {
    SplitterOptions chosen = options;
    chosen.options = line_options(options.options);
    if (json && !chosen.options.contains("json")) {
      chosen.options.set("json", "true");
    }
    return find_format("line_split_processor")->make(chosen, sink);
  }

  [[nodiscard]] std::unique_ptr<Splitter> values() const {
    return std::make_unique<UnseparatedJson>(walk_of(options.options), shape_of(options.options), options, sink);
  }
};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<DecidingSplitter<FirstValue>>(FirstValue{options, sink});
}

constexpr Option kOptions[] = {
    {"json", "true | false", "if lines: every line is one JSON value; default true if the first begins with '{'"},
    {"chunks", "true | false", "if lines: see line_split_processor"},
    {"indices", "list of numbers", "if lines: see line_split_processor"},
    {"substrings", "list of texts", "if lines: see line_split_processor"},
    {"regex", "list of regular expressions (RE2)", "if lines: see line_split_processor"},
    kKeyOption,
    kControlKeyOption,
    kSkipOption,
    kIncludeOption,
    kRenameOption,
    kFlatOption};

OptionFaults check(const Settings& options) {
  OptionFaults faults = check_json(kName, options, kOptions);
  faults.append(find_format("line_split_processor")->check(line_options(options)));
  return faults;
}

}  // namespace

extern const Format kSplitOrUnseparated;
const Format kSplitOrUnseparated{kName, "lines, or JSON values without separators, as the first bytes say", kOptions,
                                 &make, &check};

}  // namespace dray::format
