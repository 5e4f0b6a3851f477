// rooms: aws
// Any bytes as an error answer of S3, STS or SQS: never a crash, and texts fit for one log line.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "aws/dates.h"
#include "aws/error_body.h"
#include "aws/fault.h"
#include "aws/sigv4.h"
#include "base/assert.h"

namespace {

void check(const dray::aws::ErrorBody& error) {
  for (const std::string* text : {&error.code, &error.message, &error.request_id, &error.region}) {
    DRAY_ASSERT(text->size() <= 2048);
    DRAY_ASSERT(text->find('\n') == std::string::npos && text->find('\r') == std::string::npos);
  }
  (void)dray::aws::kind_of(dray::aws::classify(400, error.code));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(text.find('\n'), text.size());
  check(dray::aws::parse_xml_error(text));
  check(dray::aws::parse_json_error(text.substr(line), text.substr(0, line)));
  (void)dray::aws::parse_http_date(text);
  (void)dray::aws::parse_iso_date(text);
  (void)dray::aws::Authorization::parse(text);
  return 0;
}
