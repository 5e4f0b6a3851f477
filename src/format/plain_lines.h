// PlainLines: every line is one record, as it stands. The whole of the simplest formats, and the base for reading a
// format's code. One thread at a time.
#pragma once

#include "format/line_cutter.h"
#include "format/splitter.h"

namespace dray::format {

class PlainLines final : public Splitter {
 public:
  PlainLines(const SplitterOptions& options, flow::RecordSink& sink) : cutter_(options), take_{sink} {}

  Status write(std::string_view chunk) override { return cutter_.write(chunk, take_); }
  Status finish() override { return cutter_.finish(take_); }

 private:
  struct Take {
    flow::RecordSink& sink;
    Status operator()(std::string_view line, flow::Flaw flaw) const {
      return sink.accept({.bytes = line, .flaw = flaw});
    }
    Status lines(std::span<const std::string_view> lines) const { return sink.accept_lines(lines); }
  };

  LineCutter cutter_;
  Take take_;
};

}  // namespace dray::format
