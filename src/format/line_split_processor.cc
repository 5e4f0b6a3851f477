// line_split_processor: one line, one record. With `json: true` a line that is exactly one JSON value is a JSON record
// (made compact if it has white space outside strings), any other line is text as it stands.
#include "format/json_record.h"
#include "format/line_cutter.h"
#include "format/option_check.h"
#include "format/plain_lines.h"
#include "json/strict.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "line_split_processor";
// A line with very many members must not leave its memory to the next ones.
constexpr std::size_t kColonsKept = 16384;

class JsonLines final : public Splitter {
 public:
  JsonLines(const SplitterOptions& options, flow::RecordSink& sink) : cutter_(options), sink_(sink), record_(sink) {}

  Status write(std::string_view chunk) override {
    return cutter_.write(chunk, [this](std::string_view line, flow::Flaw flaw) { return take(line, flaw); });
  }
  Status finish() override {
    return cutter_.finish([this](std::string_view line, flow::Flaw flaw) { return take(line, flaw); });
  }

 private:
  Status take(std::string_view line, flow::Flaw flaw) {
    if (flaw != flow::Flaw::none) {
      return sink_.accept({.bytes = line, .flaw = flaw});
    }
    bool blanks = false;
    if (!json::is_value(line, colons_, blanks)) {
      return sink_.accept({.bytes = line, .flaw = flow::Flaw::undecodable});
    }
    Status status = record_.emit(line, blanks, colons_);
    if (colons_.capacity() > kColonsKept) {
      colons_ = {};
    }
    return status;
  }

  LineCutter cutter_;
  flow::RecordSink& sink_;
  JsonRecord record_;
  std::vector<std::uint32_t> colons_;
};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  if (parse_switch(options.options.text("json")).value_or(false)) {
    return std::make_unique<JsonLines>(options, sink);
  }
  return std::make_unique<PlainLines>(options, sink);
}

constexpr Option kOptions[] = {
    {"json", "true | false", "every line is one JSON value, whose members make variables; default false"}};

Status check(const Settings& options) {
  if (parse_switch(options.text("chunks")).value_or(false)) {
    return check_known(kName, options, {"json"}, {"chunks"});
  }
  if (Status status = check_known(kName, options, {"json", "chunks", "indices", "substrings", "regex"}); !status) {
    return status;
  }
  return check_switch(kName, options, "json");
}

}  // namespace

extern const Format kLineSplit;
const Format kLineSplit{kName, "text or NDJSON (json: true): one line, one event", kOptions, &make, &check};

}  // namespace dray::format
