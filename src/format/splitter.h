// Splitter: plain bytes of one object in, its records out. The catalogue of formats is splitters.def (one line each).
//
// Streaming: memory is bounded by record_bytes_max whatever the object's size or line count. A record over the limit,
// or input that breaks the format, is {poison, code} from write() or finish() after every earlier record was accepted.
// One thread at a time.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/byte_sink.h"
#include "flow/record.h"

namespace dray::format {

struct SplitterOptions {
  std::size_t record_bytes_max = 16U << 20U;
  std::map<std::string, std::string> options;  // file_format.config
};

using Splitter = ByteSink;

struct Format {
  std::string_view name;     // file_format.type
  std::string_view summary;  // one line
  // The sink outlives the splitter.
  std::unique_ptr<Splitter> (*make)(const SplitterOptions& options, flow::RecordSink& sink);
  // Complains about options this format does not know or cannot use; ok otherwise.
  Status (*check)(const std::map<std::string, std::string>& options);
};

// nullptr if there is none of that name.
const Format* find_format(std::string_view name);
std::span<const Format* const> all_formats();

}  // namespace dray::format
