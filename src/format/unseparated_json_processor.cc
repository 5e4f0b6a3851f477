// unseparated_json_processor: JSON values one after another; with `key` the elements of the arrays at these keys.
// CloudTrail is `key: Records`. `control_key` (ours): an object with this member and without the keys holds no
// records; digestStartTime by default if Records is a key.
#include <algorithm>

#include "format/option_check.h"
#include "format/unseparated_json.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "unseparated_json_processor";

// A list in the configuration arrives as lines.
std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.empty()) {
      lines.emplace_back(line);
    }
  }
  return lines;
}

RecordKeys keys_of(const Options& options) {
  RecordKeys keys;
  if (const auto key = options.find("key"); key != options.end()) {
    keys.keys = lines_of(key->second);
  }
  if (const auto control = options.find("control_key"); control != options.end()) {
    keys.control_key = control->second;
  } else if (std::find(keys.keys.begin(), keys.keys.end(), "Records") != keys.keys.end()) {
    // The AWS CloudTrail User Guide, "CloudTrail digest file structure": every digest has it, no log file does.
    keys.control_key = "digestStartTime";
  }
  return keys;
}

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<UnseparatedJson>(keys_of(options.options), options.record_bytes_max, sink);
}

Status check(const Options& options) {
  if (Status status = check_known(kName, options, {"key", "control_key"}, {"include", "rename", "flat"}); !status) {
    return status;
  }
  if (options.contains("control_key") && !options.contains("key")) {
    return Error{ErrorKind::config, "bad_option",
                 "file_format unseparated_json_processor: config.control_key needs config.key beside it"};
  }
  return {};
}

}  // namespace

extern const Format kUnseparatedJson;
const Format kUnseparatedJson{kName, "JSON values without separators; with key, the elements of the array there", &make,
                              &check};

}  // namespace dray::format
