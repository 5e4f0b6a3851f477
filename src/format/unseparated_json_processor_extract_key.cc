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

Status check(const Settings& options) {
  if (Status status = check_json(kName, options, kOptions); !status) {
    return status;
  }
  if (!options.contains("extraction_key")) {
    return Error{ErrorKind::config, "bad_option",
                 "file_format unseparated_json_processor_extract_key: config.extraction_key is needed"};
  }
  return {};
}

}  // namespace

extern const Format kUnseparatedJsonExtractKey;
const Format kUnseparatedJsonExtractKey{
    kName, "JSON values without separators; of each record at key what stands at extraction_key", kOptions, &make,
    &check};

}  // namespace dray::format
