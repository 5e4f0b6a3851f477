// vpc_flow_processor: VPC and transit gateway flow logs as text. One line, one record, except lines that name the
// columns: they stand first in an object, and again where objects were joined.
#include <algorithm>
#include <span>

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

  Status write(std::string_view chunk) override { return cutter_.write(chunk, Take{*this}); }
  Status finish() override { return cutter_.finish(Take{*this}); }

 private:
  struct Take {
    FlowLogLines& of;
    Status operator()(std::string_view line, flow::Flaw flaw) const { return of.take(line, flaw); }
    Status lines(std::span<const std::string_view> lines) const { return of.take_lines(lines); }
  };

  // Flows begin with a digit in all but custom formats, so that an ordinary line costs one comparison.
  static bool is_ordinary(std::string_view line) { return line.front() >= '0' && line.front() <= '9'; }

  Status take_lines(std::span<const std::string_view> lines) {
    if (std::all_of(lines.begin(), lines.end(), [](std::string_view line) { return is_ordinary(line); })) {
      first_ = false;
      return sink_.accept_lines(lines);
    }
    for (const std::string_view line : lines) {
      if (Status status = take(line, flow::Flaw::none); !status) return status;
    }
    return {};
  }

  Status take(std::string_view line, flow::Flaw flaw) {
    const bool first = first_;
    first_ = false;
    if (!is_ordinary(line) && flaw == flow::Flaw::none && is_header(line, first)) {
      sink_.leave_out(line, "header line");
      return {};
    }
    return sink_.accept({.bytes = line, .flaw = flaw});
  }

  static bool is_header(std::string_view line, bool first) {
    // Files that were joined may each begin with a byte order mark.
    line.remove_prefix(line.starts_with("\xEF\xBB\xBF") ? 3 : 0);
    return is_flow_log_header(line) || (first && is_probable_flow_log_header(line));
  }

  LineCutter cutter_;
  flow::RecordSink& sink_;
  bool first_ = true;
};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<FlowLogLines>(options, sink);
}

OptionFaults check(const Settings& options) {
  return check_has_none(kName, options);
}

}  // namespace

extern const Format kVpcFlow;
const Format kVpcFlow{
    kName, "VPC and transit gateway flow logs: one line, one event; header lines are none", {}, &make, &check};

}  // namespace dray::format
