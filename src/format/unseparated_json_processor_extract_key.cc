// unseparated_json_processor_extract_key: as unseparated_json_processor, and of each record what stands at
// `extraction_key`.
#include "format/json_options.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "unseparated_json_processor_extract_key";

constexpr Option kOptions[] = {kKeyOption,     kExtractionKeyOption, kControlKeyOption, kSkipOption,
                               kIncludeOption, kRenameOption,        kFlatOption};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  JsonShape shape = shape_of(options.options);
  shape.strings = JsonShape::Strings::text;
  return std::make_unique<UnseparatedJson>(walk_of(options.options), shape, options, sink);
}

OptionFaults check(const Settings& options) {
  OptionFaults faults = check_json(kName, options, kOptions);
  if (!options.contains("extraction_key")) {
    faults.add("extraction_key", "is missing: the name, or the names, of what becomes the event");
  }
  return faults;
}

}  // namespace

extern const Format kUnseparatedJsonExtractKey;
const Format kUnseparatedJsonExtractKey{
    kName, "JSON values without separators; of each record at key what stands at extraction_key", kOptions, &make,
    &check};

}  // namespace dray::format
