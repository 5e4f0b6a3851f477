// append_escaped: text as the inside of a JSON string.
//
// Used by the formats that make an object of a line's fields. Quotes, backslashes and control bytes are escaped (the
// short escapes where JSON has them, else \u00XX), everything else is copied: bytes that are not UTF-8 stay as they
// are, as they do in records that came as JSON, because a replacement could not be undone. Looks at eight bytes at a
// time. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace dray::json {

void append_escaped(std::string_view text, std::string& out);

}  // namespace dray::json
