// aws_access_logs_processor: load balancer, S3 and CloudFront-like access logs. One line, one record; they have no
// header line.
#include "format/option_check.h"
#include "format/plain_lines.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "aws_access_logs_processor";

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<PlainLines>(options, sink);
}

OptionFaults check(const Settings& options) {
  return check_has_none(kName, options);
}

}  // namespace

extern const Format kAwsAccessLogs;
const Format kAwsAccessLogs{kName, "AWS access logs (load balancers, S3): one line, one event", {}, &make, &check};

}  // namespace dray::format
