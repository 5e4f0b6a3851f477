// ChosenLines: of an object's lines only those that `chunks: true` of line_split_processor chooses.
//
// A line is chosen if any of the choices given takes it: `indices` (from 0, empty lines counted as Python's splitlines
// counts them; negative from the end), `substrings` (it contains one), `regex` (RE2, one is found in it). The others
// are no events. A negative index needs the end of the object: as many lines as it counts back are kept, and their
// bytes are limited to record_bytes_max together; more is {poison, "oversize_record"}. Chosen empty lines are none.
// Order stays. A piece of a line over the limit counts as part of that line. One thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "format/expression.h"
#include "format/part_cutter.h"
#include "format/splitter.h"

namespace dray::format {

struct LineChoice {
  std::vector<std::int64_t> indices;
  std::vector<std::string> substrings;
  std::vector<Expression> expressions;

  // What is wrong is added to `faults`; if anything is, the choice must not be used.
  static LineChoice parse(const Settings& options, OptionFaults& faults);

  [[nodiscard]] bool takes(std::int64_t index, std::string_view line) const;
};

class ChosenLines final : public Splitter {
 public:
  using Take = std::function<Status(std::string_view line, flow::Flaw flaw)>;

  ChosenLines(const SplitterOptions& options, LineChoice choice, Take take);

  Status write(std::string_view chunk) override;
  Status finish() override;

 private:
  struct Waiting {
    std::string text;
    std::int64_t index;
    bool chosen;
    flow::Flaw flaw;
  };

  Status count(const Part& part);
  Status wait(Waiting line);
  Status give_oldest(bool chosen);

  PartCutter cutter_;
  std::size_t bytes_max_;
  LineChoice choice_;
  Take take_;
  std::int64_t index_ = 0;  // of the next line
  bool in_pieces_ = false;
  std::int64_t back_ = 0;  // how far the indices count from the end
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
};

}  // namespace dray::format
