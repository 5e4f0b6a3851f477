// vpc_flow_processor: VPC and transit gateway flow logs as text. One line, one record, except lines that name the
// columns: they stand first in an object, and again where objects were joined.
#include "format/flow_log_header.h"
#include "format/line_cutter.h"
#include "format/option_check.h"
#include "format/splitter.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "vpc_flow_processor";

class FlowLogLines final : public Splitter {
 public:
  FlowLogLines(const SplitterOptions& options, flow::RecordSink& sink) : cutter_(options), sink_(sink) {}

  Status write(std::string_view chunk) override {
    return cutter_.write(chunk, [this](std::string_view line, flow::Flaw flaw) { return take(line, flaw); });
  }
  Status finish() override {
    return cutter_.finish([this](std::string_view line, flow::Flaw flaw) { return take(line, flaw); });
  }

 private:
  Status take(std::string_view line, flow::Flaw flaw) {
    const bool first = first_;
    first_ = false;
    // Files that were joined may each begin with a byte order mark.
    const std::string_view text = line.substr(line.starts_with("\xEF\xBB\xBF") ? 3 : 0);
    // Flows begin with a digit in all but custom formats, so that an ordinary line costs a few comparisons.
    const bool maybe_header = !text.empty() && ((text.front() >= 'a' && text.front() <= 'z') || text.front() == ' ');
    if (maybe_header && flaw == flow::Flaw::none &&
        (is_flow_log_header(text) || (first && is_probable_flow_log_header(text)))) {
      sink_.leave_out(line, "header line");
      return {};
    }
    return sink_.accept({.bytes = line, .flaw = flaw});
  }

  LineCutter cutter_;
  flow::RecordSink& sink_;
  bool first_ = true;
};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<FlowLogLines>(options, sink);
}

Status check(const Settings& options) {
  return check_known(kName, options, {});
}

}  // namespace

extern const Format kVpcFlow;
const Format kVpcFlow{
    kName, "VPC and transit gateway flow logs: one line, one event; header lines are none", {}, &make, &check};

}  // namespace dray::format
