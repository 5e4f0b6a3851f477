// dict_processor: JSON objects, each one record.
#include "format/json_options.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "dict_processor";

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<UnseparatedJson>(JsonWalk{}, JsonShape{}, options, sink);
}

OptionFaults check(const Settings& options) {
  return check_json(kName, options, {});
}

}  // namespace

extern const Format kDict;
const Format kDict{kName, "JSON objects, each one event", {}, &make, &check};

}  // namespace dray::format
