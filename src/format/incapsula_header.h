// IncapsulaHeader: the lines `name:value` before the line `|==|` of a log file of Imperva Cloud WAF (Incapsula).
//
// Used by incapsula_processor. Imperva, "Log File Structure": names differ in letter case from text to text, so case
// does not count. The first `|==|` that is a line of its own ends the header; content may hold others. Pure; any
// thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dray::format {

// A header is a few hundred bytes, and the names of the fields where the format is W3C.
inline constexpr std::size_t kIncapsulaHeaderMax = 64U << 10U;

struct IncapsulaHeader {
  std::string format;         // CEF, LEEF, W3C
  std::string checksum;       // hex MD5 of the content, decrypted and decompressed; "" if there is none
  std::string key;            // base64 of the encrypted AES key; "" if the content is not encrypted
  std::string public_key_id;  // which key encrypted it
};

enum class HeaderEnd {
  more,    // not to be told before more bytes come
  absent,  // the bytes begin with content
  found,
};

// whole: no more bytes will come, or the limit is reached. content_at: where the content begins, once found.
HeaderEnd parse_incapsula_header(std::string_view bytes, bool whole, IncapsulaHeader& header, std::size_t& content_at);

}  // namespace dray::format
