// json_object_to_linesplit_processor: of JSON objects the values at `key` (or `keys`, which means the same): of an
// array its elements, of a string, or an element that is one, its lines, anything else as it stands.
#include "format/json_options.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "json_object_to_linesplit_processor";

constexpr Option kKeysOption{"keys", "name | list of names", "the same as key, and one of the two must be there"};
constexpr Option kOptions[] = {kKeyOption, kKeysOption};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  JsonWalk walk = walk_of(options.options);
  for (KeyPath& path : key_paths(options.options, "keys")) {
    walk.keys.push_back(std::move(path));
  }
  walk.scalars = true;
  JsonShape shape;
  shape.strings = JsonShape::Strings::lines;
  return std::make_unique<UnseparatedJson>(std::move(walk), shape, options, sink);
}

OptionFaults check(const Settings& options) {
  OptionFaults faults = check_json(kName, options, kOptions);
  if (options.contains("key") && options.contains("keys")) {
    faults.add("keys", "means the same as key; keep one");
  } else if (!options.contains("key") && !options.contains("keys")) {
    faults.add("key", "is missing: the name, or the names, of what holds the lines");
  }
  return faults;
}

}  // namespace

extern const Format kJsonObjectToLinesplit;
const Format kJsonObjectToLinesplit{kName,
                                    "of JSON objects the value at key: of an array its elements, of a string its lines",
                                    kOptions, &make, &check};

}  // namespace dray::format
