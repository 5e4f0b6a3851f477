// append_json_line: an event as one line of JSON for `dray try --json`: {"tag":…,"event":…}.
//
// Whoever parses the line gets the event's bytes back exactly: text that is UTF-8 (RFC 3629) stands as a JSON string,
// any other bytes stand as "event_base64". Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace dray::app {

// Well-formed UTF-8: no overlong form, no surrogate, nothing over U+10FFFF.
bool is_utf8(std::string_view text);

// Appends the object, without a line end. The tag is text of ours, ASCII.
void append_json_line(std::string_view tag, std::string_view event, std::string& out);

}  // namespace dray::app
