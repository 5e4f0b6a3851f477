// jamf_processor: Jamf Protect and Jamf Pro: JSON objects, one on a line, one in an object of S3, or in an array.
#include "format/json_options.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "jamf_processor";

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<UnseparatedJson>(JsonWalk{}, JsonShape{}, options, sink);
}

OptionFaults check(const Settings& options) {
  return check_json(kName, options, {});
}

}  // namespace

extern const Format kJamf;
const Format kJamf{kName, "Jamf Protect and Pro: JSON objects, on lines, alone or in an array", {}, &make, &check};

}  // namespace dray::format
