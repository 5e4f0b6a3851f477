// PlainLines: every line is one record, as it stands. The whole of the simplest formats, and the base for reading a
// format's code. One thread at a time.
#pragma once

#include "format/line_cutter.h"
#include "format/splitter.h"

namespace dray::format {

class PlainLines final : public Splitter {
 public:
  PlainLines(const SplitterOptions& options, flow::RecordSink& sink) : cutter_(options.record_bytes_max), sink_(sink) {}

  Status write(std::string_view chunk) override {
    return cutter_.write(chunk, [this](std::string_view line) { return sink_.accept({line, false, {}}); });
  }
  Status finish() override {
    return cutter_.finish([this](std::string_view line) { return sink_.accept({line, false, {}}); });
  }

 private:
  LineCutter cutter_;
  flow::RecordSink& sink_;
};

}  // namespace dray::format
