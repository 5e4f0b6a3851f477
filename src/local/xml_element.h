// XmlElement: the little XML that S3 clients send (notification configuration, part lists, delete lists), as a tree.
//
// Namespaces, attributes, comments and processing instructions are read over; a DTD is refused. Depth at most 32;
// the caller
// bounds the size. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dray::local {

struct XmlElement {
  std::string name;  // without its namespace prefix
  std::string text;  // character data directly inside, unescaped
  std::vector<XmlElement> children;

  // The first child of that name, or null.
  [[nodiscard]] const XmlElement* child(std::string_view wanted) const;
  // Its text, or "".
  [[nodiscard]] std::string_view text_of(std::string_view wanted) const;
};

// {poison, "MalformedXML"} when it is none.
Result<XmlElement> parse_xml(std::string_view text);

}  // namespace dray::local
