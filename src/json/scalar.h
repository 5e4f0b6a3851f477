// Scalar: how far a number or a literal goes at the front of a text (RFC 8259, sections 3 and 6). Used inside json/
// only. Pure; any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace dray::json {

// Bytes of the number, true, false or null that the text begins with; 0 if it begins with none of them. Behind them
// anything may stand.
std::size_t scalar_size(std::string_view text);

}  // namespace dray::json
