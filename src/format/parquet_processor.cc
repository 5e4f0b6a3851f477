// parquet_processor: the rows of a parquet object. They are read by ranges, by dray-parquet, and come as records past
// this splitter (pipeline/object_stream.cc, docs/parquet.md); what arrives here is the bytes of an object that is not
// parquet.
#include "format/option_check.h"
#include "format/splitter.h"

namespace dray::format {
namespace {

constexpr std::string_view kName = "parquet_processor";

class NoParquet final : public Splitter {
 public:
  Status write(std::string_view chunk) override {
    if (chunk.empty()) return {};
    return Error{ErrorKind::poison, "not_parquet",
                 "the object is not parquet, whose last bytes are PAR1; is parquet_processor its format?"};
  }
  Status finish() override { return {}; }
};

std::unique_ptr<Splitter> make(const SplitterOptions& /*options*/, flow::RecordSink& /*sink*/) {
  return std::make_unique<NoParquet>();
}

OptionFaults check(const Settings& options) {
  return check_has_none(kName, options);
}

}  // namespace

extern const Format kParquet;
const Format kParquet{kName,
                      "parquet: one row, one event, as JSON; also without this format where an object is parquet",
                      {},
                      &make,
                      &check};

}  // namespace dray::format
