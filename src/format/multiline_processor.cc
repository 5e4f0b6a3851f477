// multiline_processor (ours): a record starts at a line in which `start` is found; the lines behind it, up to the next
// start, belong to it. They are joined with the two characters \n. For PostgreSQL, MySQL slow logs, Redshift's user
// activity, stack traces.
#include <optional>

#include "format/expression.h"
#include "format/joined_lines.h"
#include "format/option_check.h"
#include "format/part_cutter.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "multiline_processor";

class MultiLine final : public Splitter {
 public:
  MultiLine(const SplitterOptions& options, std::optional<Expression> start, flow::RecordSink& sink)
      : cutter_(options),
        record_(options, sink),
        start_(std::move(start)),
        skipping_(!parse_switch(options.options.text("keep_leading")).value_or(true)) {}

  Status write(std::string_view chunk) override {
    Status status = cutter_.write(chunk, [this](const Part& part) { return take(part); });
    record_.hold();
    return status;
  }

  Status finish() override {
    Status status = cutter_.finish([this](const Part& part) { return take(part); });
    return status ? record_.end() : status;
  }

 private:
  Status take(const Part& part) {
    const bool piece = part.flaw != flow::Flaw::none;
    const std::string_view line = piece ? part.text : part.line();
    // Behind a piece comes another of the same line, which is no start whatever it looks like.
    const bool starts = !(piece && in_pieces_) && !line.empty() && (!start_ || start_->found_in(line));
    in_pieces_ = piece;
    if (starts) {
      skipping_ = false;
      if (Status status = record_.end(); !status) {
        return status;
      }
    }
    if (skipping_ || (record_.empty() && line.empty())) {
      return {};
    }
    Status status = piece ? record_.add_piece(line) : record_.add(line);
    if (!part.lasting) {
      record_.hold();
    }
    return status;
  }

  PartCutter cutter_;
  JoinedLines record_;
  std::optional<Expression> start_;  // none: every line is a start
  bool skipping_;                    // before the first start, and what stands there is not wanted
  bool in_pieces_ = false;
};

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  std::optional<Expression> start;
  if (options.options.contains("start")) {
    if (auto compiled = Expression::compile(std::string(options.options.text("start"))); compiled) {
      start = *std::move(compiled);
    }
  }
  return std::make_unique<MultiLine>(options, std::move(start), sink);
}

OptionFaults check(const Settings& options) {
  OptionFaults faults;
  check_known(kName, options, {"start", "keep_leading"}, faults);
  if (options.text("start").empty()) {
    faults.add("start",
               "is missing: a regular expression (RE2) that is found in the first line of every record and in no "
               "other, such as ^\\d{4}-\\d{2}-\\d{2}");
  } else if (auto compiled = Expression::compile(std::string(options.text("start"))); !compiled) {
    faults.add("start", compiled.error().message);
  }
  check_switch(options, "keep_leading", faults);
  return faults;
}

constexpr Option kOptions[] = {
    {"start", "regular expression (RE2)", "found in the first line of every record; required"},
    {"keep_leading", "true | false",
     "the lines before the first start (an object may begin inside a record) are one event; default true"},
};

}  // namespace

extern const Format kMultiline;
const Format kMultiline{kName, "records of several lines: each starts at a line that matches", kOptions, &make, &check};

}  // namespace dray::format
