// guardduty_processor: GuardDuty findings, exported as JSON lines, or in EventBridge envelopes (through Firehose,
// without separators), where the finding is the member `detail`: "Processing GuardDuty findings with Amazon
// EventBridge" in the Amazon GuardDuty User Guide. A finding itself has no such member.
#include "format/json_options.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "guardduty_processor";

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  JsonWalk walk;
  walk.keys = {{"detail"}};
  walk.or_itself = true;
  return std::make_unique<UnseparatedJson>(std::move(walk), JsonShape{}, options, sink);
}

OptionFaults check(const Settings& options) {
  return check_json(kName, options, {});
}

}  // namespace

extern const Format kGuardDuty;
const Format kGuardDuty{
    kName, "GuardDuty findings: JSON lines, or the detail of EventBridge envelopes", {}, &make, &check};

}  // namespace dray::format
