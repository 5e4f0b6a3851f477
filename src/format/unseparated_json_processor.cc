// unseparated_json_processor: JSON values one after another; with `key` the elements of the arrays at these keys.
// CloudTrail is `key: Records`.
#include "format/json_options.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "unseparated_json_processor";

constexpr Option kOptions[] = {kKeyOption, kControlKeyOption, kSkipOption, kIncludeOption, kRenameOption, kFlatOption};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<UnseparatedJson>(walk_of(options.options), shape_of(options.options), options, sink);
}

OptionFaults check(const Settings& options) {
  return check_json(kName, options, kOptions);
}

}  // namespace

extern const Format kUnseparatedJson;
const Format kUnseparatedJson{kName, "JSON values without separators; with key, the elements of the array there",
                              kOptions, &make, &check};

}  // namespace dray::format
