#include "route/tag_template.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace dray::route {
namespace {

bool allowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

Error bad_template(std::string message) {
  return {ErrorKind::config, "bad_template", std::move(message)};
}

Result<TagPiece> variable(TagPiece::Kind kind, std::string_view name, std::span<const std::string> names) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return TagPiece{kind, "", static_cast<std::size_t>(found - names.begin()), false};
  const bool of_record = kind == TagPiece::Kind::record;
  return Error{ErrorKind::config, std::string(of_record ? kUnknownRecordVariable : kUnknownFileVariable),
               fmt::format("[{}-{}] names no variable of {}, which has {}", of_record ? "record" : "file", name,
                           of_record ? "record_field_mapping" : "file_field_definitions",
                           names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")))};
}

Result<TagPiece> placeholder(std::string_view inside, std::span<const std::string> record_names,
                             std::span<const std::string> file_names) {
  if (inside == "bucket") return TagPiece{TagPiece::Kind::bucket, "", 0, false};
  if (inside == "region") return TagPiece{TagPiece::Kind::region, "", 0, false};
  if (inside == "account") return TagPiece{TagPiece::Kind::account, "", 0, false};
  constexpr std::string_view record = "record-";
  constexpr std::string_view file = "file-";
  if (inside.starts_with(record)) {
    return variable(TagPiece::Kind::record, inside.substr(record.size()), record_names);
  }
  if (inside.starts_with(file)) return variable(TagPiece::Kind::file, inside.substr(file.size()), file_names);
  return bad_template(fmt::format(
      "[{}] is no placeholder; allowed: [record-<variable>], [file-<variable>], [bucket], [region], [account], "
      "and the same with a dot before the name for a level that may be absent",
      inside));
}

}  // namespace

Result<TagTemplate> parse_template(std::string_view text, std::span<const std::string> record_names,
                                   std::span<const std::string> file_names) {
  TagTemplate pieces;
  std::optional<Error> wrong;
  const auto complain = [&](const Error& error) {
    if (!wrong) {
      wrong = error;
    } else {
      wrong->message += "; " + error.message;
    }
  };
  if (text.empty()) complain(bad_template("is empty"));
  while (!text.empty()) {
    if (text.front() == '[') {
      const std::size_t end = text.find(']');
      if (end == std::string_view::npos) {
        complain(bad_template(fmt::format("\"{}\" has no closing ]", text)));
        break;
      }
      const bool may_be_absent = text.size() > 1 && text[1] == '.';
      const std::size_t begin = may_be_absent ? 2 : 1;
      auto piece = placeholder(text.substr(begin, end - begin), record_names, file_names);
      if (piece) {
        piece->may_be_absent = may_be_absent;
        pieces.push_back(std::move(*piece));
      } else {
        complain(piece.error());
      }
      text.remove_prefix(end + 1);
      continue;
    }
    const std::string_view literal = text.substr(0, text.find('['));
    if (std::find_if_not(literal.begin(), literal.end(), allowed) != literal.end()) {
      complain(bad_template(
          fmt::format("\"{}\" holds a character that tags cannot have; allowed: A-Z a-z 0-9 . _ -", literal)));
    }
    if (literal.size() > kTagCharactersMax) {
      complain(bad_template("is longer than 1,024 characters, the limit of a tag"));
    }
    pieces.push_back({TagPiece::Kind::literal, std::string(literal), 0, false});
    text.remove_prefix(literal.size());
  }
  if (wrong) return std::move(*wrong);
  return pieces;
}

bool has_record_pieces(const TagTemplate& pieces) {
  return std::any_of(pieces.begin(), pieces.end(),
                     [](const TagPiece& piece) { return piece.kind == TagPiece::Kind::record; });
}

void append_tag_value(std::string_view value, std::string& tag) {
  if (value.empty()) value = "null";
  bool after_high = false;  // the byte before is part of a character that is not ASCII
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (allowed(c)) {
      tag += c;
    } else if (!after_high || (byte & 0xC0U) != 0x80U) {
      tag += '_';
    }
    after_high = byte >= 0x80U;
  }
}

}  // namespace dray::route
