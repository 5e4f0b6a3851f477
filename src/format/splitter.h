// Splitter: plain bytes of one object in, its records out. The catalogue of formats is splitters.def (one line each).
//
// Streaming: memory is bounded by record_bytes_max whatever the object's size or line count. Input that breaks the
// format is {poison, code} from write() or finish() after every earlier record was accepted. A record over the limit
// is {poison, "oversize_record"}, or, if so configured, comes in pieces marked Flaw::oversize, and the records behind
// it follow. What is not in the form that it was announced in, where its end is known all the same (a line
// that is no JSON), comes marked with one of the undecodable flaws. One thread at a time.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_sink.h"
#include "base/settings.h"
#include "flow/record.h"
#include "format/option_faults.h"

namespace dray::format {

struct SplitterOptions {
  std::size_t record_bytes_max = 16U << 20U;
  Settings options;  // file_format.config
  bool oversize_in_pieces = false;
  // Names of members that are looked up in records: those of others need not be among Record::members. Nothing: any
  // may be; empty: none is.
  std::optional<std::vector<std::string>> wanted_members = {};
};

// One option of a format, for `dray formats` and docs.
struct Option {
  std::string_view name;
  std::string_view values;   // what may be written: "true | false", "text", "list of names"
  std::string_view meaning;  // and the default
};

using Splitter = ByteSink;

struct Format {
  std::string_view name;     // file_format.type
  std::string_view summary;  // one line
  std::span<const Option> options;
  // The sink outlives the splitter.
  std::unique_ptr<Splitter> (*make)(const SplitterOptions& options, flow::RecordSink& sink);
  // All options that this format does not know or cannot use.
  OptionFaults (*check)(const Settings& options);
};

// nullptr if there is none of that name.
const Format* find_format(std::string_view name);
std::span<const Format* const> all_formats();

}  // namespace dray::format
