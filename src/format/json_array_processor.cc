// json_array_processor: a JSON array, whose elements are the records; or the elements of the array at `key`.
#include "format/json_options.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "json_array_processor";

constexpr Option kOptions[] = {kKeyOption};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<UnseparatedJson>(walk_of(options.options), shape_of(options.options), options, sink);
}

OptionFaults check(const Settings& options) {
  return check_json(kName, options, kOptions);
}

}  // namespace

extern const Format kJsonArray;
const Format kJsonArray{kName, "a JSON array: its elements; with key, the elements of the array there", kOptions, &make,
                        &check};

}  // namespace dray::format
