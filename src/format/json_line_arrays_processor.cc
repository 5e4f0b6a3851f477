// json_line_arrays_processor: lines that each hold several JSON objects without a separator, or arrays of them.
#include "format/json_options.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "json_line_arrays_processor";

constexpr Option kOptions[] = {kKeyOption};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<UnseparatedJson>(walk_of(options.options), shape_of(options.options), options, sink);
}

OptionFaults check(const Settings& options) {
  return check_json(kName, options, kOptions);
}

}  // namespace

extern const Format kJsonLineArrays;
const Format kJsonLineArrays{kName, "lines of several JSON objects each, or of arrays of them", kOptions, &make,
                             &check};

}  // namespace dray::format
