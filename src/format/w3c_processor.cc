// w3c_processor (ours): W3C extended logs and relatives: CloudFront standard logs, Netskope, IIS. See w3c_lines.h.
#include "format/option_check.h"
#include "format/w3c_lines.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "w3c_processor";

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<W3cLines>(options, parse_switch(options.options.text("json")).value_or(false), sink);
}

OptionFaults check(const Settings& options) {
  OptionFaults faults;
  check_known(kName, options, {"json"}, faults);
  check_switch(options, "json", faults);
  return faults;
}

constexpr Option kOptions[] = {
    {"json", "true | false",
     "the event is an object of the line's values, by the names of the last #Fields line; default false: the line"}};

}  // namespace

extern const Format kW3c;
const Format kW3c{kName, "W3C extended logs (CloudFront, Netskope): one line, one event; lines with # are none",
                  kOptions, &make, &check};

}  // namespace dray::format
