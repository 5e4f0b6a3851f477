// TagTemplate: a routing_template cut into its parts, and the rules of tags (design: "Tags").
//
// Literal text is [A-Za-z0-9._-]. Placeholders: [record-x] and [file-x] of the product, and our own [bucket],
// [region] and [account] of the object. With a dot inside, [.record-x], the placeholder is a level that may be absent:
// "." and the value, or nothing at all where there is no value. In values those characters stay, every other
// character becomes '_' (one for one, whatever its bytes in UTF-8), and an empty value is "null". A tag over 1,024
// characters becomes unknown.unknown. Pure; any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dray::route {

inline constexpr std::size_t kTagCharactersMax = 1024;
inline constexpr std::string_view kUnknownTag = "unknown.unknown";

struct TagPiece {
  enum class Kind { literal, record, file, bucket, region, account };
  Kind kind = Kind::literal;
  std::string text;          // a literal's characters
  std::size_t variable = 0;  // record, file: which one of the names given to parse_template
  bool may_be_absent = false;
};

using TagTemplate = std::vector<TagPiece>;

// Codes of an error of parse_template: the name in the brackets is not among those given.
inline constexpr std::string_view kUnknownRecordVariable = "unknown_record_variable";
inline constexpr std::string_view kUnknownFileVariable = "unknown_file_variable";

// Error (config): all that is wrong with the template, without the key that it stands under.
Result<TagTemplate> parse_template(std::string_view text, std::span<const std::string> record_names,
                                   std::span<const std::string> file_names);

[[nodiscard]] bool has_record_pieces(const TagTemplate& pieces);

void append_tag_value(std::string_view value, std::string& tag);

}  // namespace dray::route
