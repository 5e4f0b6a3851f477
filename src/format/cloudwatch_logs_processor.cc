// cloudwatch_logs_processor (dray's own): CloudWatch Logs, delivered by a subscription through Firehose, as envelopes
// without separators whose `logEvents` hold the messages ("Amazon CloudWatch Logs User Guide", subscription filters
// with Firehose), or as plain lines: export tasks, and Firehose with message extraction. Extracted messages that are
// JSON objects are sent as they are.
#include "format/deciding_splitter.h"
#include "format/json_options.h"
#include "format/option_check.h"
#include "format/plain_lines.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "cloudwatch_logs_processor";

constexpr Option kOptions[] = {
    {"event", "message | record",
     "message: the text of each log event, or its JSON; record: the log event itself as JSON, with members of the "
     "envelope "
     "added; default message"},
    {"include", "{outer member: its name in the record}",
     "with event: record, the members of the envelope to add; default owner, logGroup and logStream"}};

bool gives_records(const Settings& options) {
  return options.text("event") == "record";
}

std::unique_ptr<Splitter> make_envelopes(const SplitterOptions& options, flow::RecordSink& sink) {
  JsonWalk walk;
  walk.keys = {{"logEvents"}};
  walk.skip = {{"messageType", "CONTROL_MESSAGE"}};
  walk.or_itself = true;
  walk.text = true;
  JsonShape shape;
  if (!gives_records(options.options)) {
    shape.extraction = {{"message"}};
  } else if (options.options.contains("include")) {
    shape.include = names_of(options.options, "include");
  } else {
    shape.include = {{"owner", "owner"}, {"logGroup", "logGroup"}, {"logStream", "logStream"}};
  }
  shape.strings = JsonShape::Strings::text;
  return std::make_unique<UnseparatedJson>(std::move(walk), shape, options, sink);
}

struct FirstByte {
  SplitterOptions options;
  flow::RecordSink& sink;

  [[nodiscard]] std::unique_ptr<Splitter> look(std::string_view begun, bool last) const {
    const std::size_t first = begun.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && begun[first] == '{') {
      return make_envelopes(options, sink);
    }
    return first != std::string_view::npos || last ? std::make_unique<PlainLines>(options, sink) : nullptr;
  }
};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<DecidingSplitter<FirstByte>>(FirstByte{options, sink});
}

OptionFaults check(const Settings& options) {
  OptionFaults faults = check_json(kName, options, kOptions);
  if (options.contains("event") && options.text("event") != "message" && !gives_records(options)) {
    faults.add("event", "must be message or record");
  } else if (options.contains("include") && !gives_records(options)) {
    faults.add("include", "has no effect without event: record beside it");
  }
  return faults;
}

}  // namespace

extern const Format kCloudWatchLogs;
const Format kCloudWatchLogs{kName, "CloudWatch Logs: the messages of subscription envelopes, or plain lines", kOptions,
                             &make, &check};

}  // namespace dray::format
