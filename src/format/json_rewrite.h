// Rewriting the members of one compact JSON object without touching a value's bytes: new names, one level, more
// members.
//
// Used by JsonShaper. The text is compact and its brackets and strings balance; nothing more is asked of it. Pure; any
// thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dray::format {

struct Rewriting {
  const std::vector<std::pair<std::string, std::string>>& rename;  // names compare decoded, at the object's own level
  bool flat = false;          // objects inside become members `outer_inner` of the object; arrays and {} stay
  std::string_view included;  // members to add at the end, with commas between them
  std::size_t bytes_max = 0;  // of the flattened object
};

// Replaces out. False, with out unspecified, if the text is no object of members or flattening makes too much of it.
bool rewrite(std::string_view object, const Rewriting& wishes, std::string& out);

// Appends the text as a JSON string, quotes included.
void append_json_string(std::string_view text, std::string& out);

// Cuts the next element off the inside of a compact array (what stands between its brackets), and the comma behind it.
std::string_view next_element(std::string_view& inside);

}  // namespace dray::format
