// bluecoat_processor: Blue Coat / Symantec access logs (W3C ELFF). The lines as they stand; header blocks, which come
// again where files were joined and may end in CRLF where lines do not, are no events. See w3c_lines.h.
#include "format/option_check.h"
#include "format/w3c_lines.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "bluecoat_processor";

std::unique_ptr<Splitter> make(const SplitterOptions& options, flow::RecordSink& sink) {
  return std::make_unique<W3cLines>(options, false, sink);
}

OptionFaults check(const Settings& options) {
  return check_has_none(kName, options);
}

}  // namespace

extern const Format kBluecoat;
const Format kBluecoat{kName, "Blue Coat access logs: one line, one event; lines with # are none", {}, &make, &check};

}  // namespace dray::format
