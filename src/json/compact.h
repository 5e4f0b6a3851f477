// compact: a JSON value without the white space outside its strings; every other byte stays as it is.
//
// What is no JSON does not become JSON by it: where two numbers or literals have white space between them, one blank
// stays.
//
// Used by the splitters for records that were written with white space (pretty-printed sources). A line feed inside a
// string, which JSON forbids and newline framing cannot carry, becomes the escape \n. Runs at memory speed. Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>

namespace dray::json {

// Replaces out. The text should be balanced; what follows an unclosed string counts as its inside.
void compact(std::string_view value, std::string& out);

}  // namespace dray::json
