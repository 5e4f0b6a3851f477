// rooms: intake
// Any body of a message is decoded or refused in one line; a decoded object always has a bucket and a key.
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "intake/notification_decoder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto decoded = dray::intake::decode_notification({reinterpret_cast<const char*>(data), size});
  if (!decoded) {
    DRAY_ASSERT(decoded.error().kind == dray::ErrorKind::poison);
    DRAY_ASSERT(!decoded.error().message.empty());
    DRAY_ASSERT(decoded.error().message.find('\n') == std::string::npos);
    return 0;
  }
  for (const auto& object : *decoded) DRAY_ASSERT(!object.bucket.empty() && !object.key.empty());
  return 0;
}
