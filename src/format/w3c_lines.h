// W3cLines: logs in the W3C extended format and its relatives (CloudFront, Blue Coat, Netskope): one line, one record;
// lines that begin with `#` are headers and none, wherever they stand.
//
// Used by w3c_processor and bluecoat_processor. A byte order mark before a `#` (files that were joined) is part of the
// header. With json the record is an object: names from the last `#Fields:` line, values from the line as its own form
// says: between tabs if it has one, else between blanks, where a value may be quoted ("" inside is a quote; \" stays as
// it is, and does not end the value, unless only so there are as many values as names). Columns may change with every
// `#Fields:`. A quote without end makes the line Flaw::no_fields. A `#Fields:` line over 64 KiB is
// {poison, "bad_header"}. One thread at a time.
#pragma once

#include <string>
#include <vector>

#include "format/line_cutter.h"
#include "format/row_object.h"
#include "format/splitter.h"

namespace dray::format {

class W3cLines final : public Splitter {
 public:
  W3cLines(const SplitterOptions& options, bool json, flow::RecordSink& sink)
      : cutter_(options), sink_(sink), row_(options.record_bytes_max, sink), json_(json) {}

  Status write(std::string_view chunk) override;
  Status finish() override;

 private:
  Status take(std::string_view line, flow::Flaw flaw);
  Status take_header(std::string_view line);
  Status emit_object(std::string_view line);

  LineCutter cutter_;
  flow::RecordSink& sink_;
  RowObject row_;
  bool json_;
  std::vector<std::string> names_;
  std::string buffer_;
};

}  // namespace dray::format
