// single_json_object_processor: one JSON value in an object of S3, one record; with `key` the value there. Arrays are
// not taken apart. More values, if there are any, are more records: nothing is lost.
#include "format/json_options.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "single_json_object_processor";

constexpr Option kOptions[] = {kKeyOption};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  JsonWalk walk = walk_of(options.options);
  walk.whole = true;
  walk.scalars = true;
  return std::make_unique<UnseparatedJson>(std::move(walk), JsonShape{}, options, sink);
}

OptionFaults check(const Settings& options) {
  return check_json(kName, options, kOptions);
}

}  // namespace

extern const Format kSingleJsonObject;
const Format kSingleJsonObject{kName, "one JSON object, one event; with key, the value there; arrays stay whole",
                               kOptions, &make, &check};

}  // namespace dray::format
