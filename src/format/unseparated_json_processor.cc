// unseparated_json_processor: JSON values one after another; with `key` the elements of the arrays at these keys.
// CloudTrail is `key: Records`. `control_key` (ours): an object with this member and without the keys holds no
// records; digestStartTime by default if Records is a key.
#include <algorithm>

#include "format/option_check.h"
#include "format/unseparated_json.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "unseparated_json_processor";

RecordKeys keys_of(const Settings& options) {
  RecordKeys keys;
  keys.keys = options.texts("key");
  if (options.contains("control_key")) {
    keys.control_key = options.text("control_key");
  } else if (std::find(keys.keys.begin(), keys.keys.end(), "Records") != keys.keys.end()) {
    // The AWS CloudTrail User Guide, "CloudTrail digest file structure": every digest has it, no log file does.
    keys.control_key = "digestStartTime";
  }
  return keys;
}

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<UnseparatedJson>(keys_of(options.options), options.record_bytes_max, sink);
}

Status check(const Settings& options) {
  if (Status status = check_known(kName, options, {"key", "control_key"}, {"include", "rename", "flat"}); !status) {
    return status;
  }
  if (options.contains("control_key") && !options.contains("key")) {
    return Error{ErrorKind::config, "bad_option",
                 "file_format unseparated_json_processor: config.control_key needs config.key beside it"};
  }
  return {};
}

constexpr Option kOptions[] = {
    {"key", "name | list of names",
     "the records are the elements of the array at this member; default: the values themselves"},
    {"control_key", "name",
     "an object with this member and without the keys holds no records; default digestStartTime if Records is a key"},
};

}  // namespace

extern const Format kUnseparatedJson;
const Format kUnseparatedJson{kName, "JSON values without separators; with key, the elements of the array there",
                              kOptions, &make, &check};

}  // namespace dray::format
