// rooms: format json
// Every format gives the same records and the same fault whole and in pieces; a record never holds LF.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "base/random.h"
#include "format/splitter.h"
#include "json/members.h"
#include "support/format_options.h"

namespace {

using namespace dray;

class Kept final : public flow::RecordSink {
 public:
  Status accept(const flow::Record& record) override {
    DRAY_ASSERT(record.bytes.find('\n') == std::string_view::npos);
    DRAY_ASSERT(!record.bytes.empty());
    if (record.members && record.bytes.starts_with('{')) {
      std::vector<std::uint32_t> colons;
      DRAY_ASSERT(record.is_json && json::scan_members(record.bytes, colons));
      DRAY_ASSERT(std::vector<std::uint32_t>(record.members->begin(), record.members->end()) == colons);
    }
    DRAY_ASSERT(!record.is_json || record.flaw == flow::Flaw::none);
    text.append(record.bytes).append(record.is_json ? "\nJ" : "\nT");
    text += static_cast<char>('0' + static_cast<int>(record.flaw));
    return {};
  }
  std::string text;
};

std::string outcome(const format::Format& format, const format::SplitterOptions& options, std::string_view text,
                    std::uint64_t seed) {
  Random random(seed);
  Kept kept;
  const auto splitter = format.make(options, kept);
  Status status;
  while (status.ok() && !text.empty()) {
    const std::string_view piece = seed == 0 ? text : text.substr(0, 1 + random.below(100));
    status = splitter->write(piece);
    text.remove_prefix(piece.size());
  }
  if (status) {
    status = splitter->finish();
  }
  return kept.text + (status ? "" : status.error().code);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const std::vector<format::FormatCase> kCases = format::format_cases();
  for (const format::FormatCase& one : kCases) {
    for (const bool in_pieces : {false, true}) {
      const format::SplitterOptions options{
          .record_bytes_max = 100, .options = one.options, .oversize_in_pieces = in_pieces};
      DRAY_ASSERT(outcome(*one.format, options, text, 0) == outcome(*one.format, options, text, size + 1));
    }
  }
  return 0;
}
