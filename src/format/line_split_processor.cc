// line_split_processor: one line, one record. With `json: true` a line that is exactly one JSON value is a JSON record
// (made compact if it has white space outside strings), any other line is text as it stands. With `chunks: true` only
// chosen lines are records.
#include "format/chosen_lines.h"
#include "format/json_record.h"
#include "format/line_cutter.h"
#include "format/option_check.h"
#include "format/plain_lines.h"
#include "json/strict_reader.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "line_split_processor";

class JsonLine {
 public:
  JsonLine(const SplitterOptions& options, flow::RecordSink& sink) : sink_(sink), record_(sink) {
    if (options.wanted_members) reader_.look_for(*options.wanted_members);
  }

  Status take(std::string_view line, flow::Flaw flaw) {
    if (flaw != flow::Flaw::none) {
      return sink_.accept({.bytes = line, .flaw = flaw});
    }
    if (!reader_.read(line)) {
      return sink_.accept({.bytes = line, .flaw = flow::Flaw::no_json});
    }
    return record_.emit(line, reader_.has_blanks(), reader_.colons());
  }

 private:
  flow::RecordSink& sink_;
  JsonRecord record_;
  json::StrictReader reader_;
};

class JsonLines final : public Splitter {
 public:
  JsonLines(const SplitterOptions& options, flow::RecordSink& sink) : cutter_(options), line_(options, sink) {}

  Status write(std::string_view chunk) override {
    return cutter_.write(chunk, [this](std::string_view line, flow::Flaw flaw) { return line_.take(line, flaw); });
  }
  Status finish() override {
    return cutter_.finish([this](std::string_view line, flow::Flaw flaw) { return line_.take(line, flaw); });
  }

 private:
  LineCutter cutter_;
  JsonLine line_;
};

bool is_on(const Settings& options, std::string_view name) {
  return parse_switch(options.text(name)).value_or(false);
}

std::unique_ptr<Splitter> make_chosen(const SplitterOptions& options, LineChoice choice, flow::RecordSink& sink) {
  if (is_on(options.options, "json")) {
    auto line = std::make_shared<JsonLine>(options, sink);  // std::function wants what can be copied
    return std::make_unique<ChosenLines>(
        options, std::move(choice), [line](std::string_view text, flow::Flaw flaw) { return line->take(text, flaw); });
  }
  return std::make_unique<ChosenLines>(options, std::move(choice), [&sink](std::string_view text, flow::Flaw flaw) {
    return sink.accept({.bytes = text, .flaw = flaw});
  });
}

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  if (is_on(options.options, "chunks")) {
    OptionFaults faults;
    if (LineChoice choice = LineChoice::parse(options.options, faults); faults.ok()) {
      return make_chosen(options, std::move(choice), sink);
    }
  }
  if (is_on(options.options, "json")) {
    return std::make_unique<JsonLines>(options, sink);
  }
  return std::make_unique<PlainLines>(options, sink);
}

constexpr Option kOptions[] = {
    {"json", "true | false", "every line is one JSON value, whose members make variables; default false"},
    {"chunks", "true | false", "only lines that indices, substrings or regex choose are events; default false"},
    {"indices", "list of numbers", "lines by their place, the first is 0; -1 is the last, down to -1000"},
    {"substrings", "list of texts", "lines that contain one of them"},
    {"regex", "list of regular expressions (RE2)", "lines in which one of them is found"},
};

OptionFaults check(const Settings& options) {
  OptionFaults faults;
  check_known(kName, options, {"json", "chunks", "indices", "substrings", "regex"}, faults);
  for (const char* name : {"json", "chunks"}) check_switch(options, name, faults);
  const bool chosen = is_on(options, "chunks");
  const bool unclear = faults.has("chunks");
  bool any = false;
  for (const char* name : {"indices", "substrings", "regex"}) {
    if (!options.contains(name)) continue;
    any = true;
    if (!chosen && !unclear) faults.add(name, "chooses lines only with chunks: true beside it");
  }
  if (chosen || any) LineChoice::parse(options, faults);
  return faults;
}

}  // namespace

extern const Format kLineSplit;
const Format kLineSplit{kName, "text or NDJSON (json: true): one line, one event", kOptions, &make, &check};

}  // namespace dray::format
