#include "format/json_shape.h"

#include "base/give_back.h"
#include "format/json_rewrite.h"
#include "json/compact.h"
#include "json/members.h"
#include "json/strict.h"

namespace dray::format {
namespace {

// A large record must not leave its memory to the next ones.
constexpr std::size_t kKept = 256U << 10U;
constexpr std::size_t kColonsKept = 16384;

void trim_buffer(std::string& buffer) {
  if (buffer.capacity() > kKept) {
    give_back(buffer);
  }
}

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) {
    text.remove_suffix(1);
    if (text.ends_with('\r')) {
      text.remove_suffix(1);
    }
  }
  return text;
}

bool may_be_container(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

}  // namespace

Status JsonShaper::take_shaped(std::string_view value, bool blanks, const flow::MemberColons& as_written) {
  flow::MemberColons colons = as_written;
  if (blanks) {
    json::compact(value, compacted_);
    value = compacted_;
    colons = {};
  }
  for (const KeyPath& path : shape_.extraction) {
    if (const auto found = json::find_path(value, colons.value_or(std::span<const std::uint32_t>()), path);
        found && *found != "null") {
      return take_extracted(*found);
    }
  }
  Status status = value.front() == '"' && shape_.strings != JsonShape::Strings::json ? take_string(value)
                                                                                     : take_whole(value, colons);
  trim_buffer(compacted_);
  return status;
}

Status JsonShaper::take_extracted(std::string_view value) {
  if (!value.starts_with('[')) {
    return value.starts_with('"') ? take_string(value) : take_whole(value, {});
  }
  for (std::string_view inside = value.substr(1, value.size() - 2); !inside.empty();) {
    const std::string_view element = next_element(inside);
    Status status;
    if (!element.empty()) {
      status = element.front() == '"' ? take_string(element) : take_whole(element, {});
    }
    if (!status) {
      return status;
    }
  }
  return {};
}

Status JsonShaper::take_whole(std::string_view value, const flow::MemberColons& colons) {
  if (value.starts_with('{') && (!shape_.rename.empty() || shape_.flat || !included_.empty())) {
    const bool rewritten = rewrite(value, {shape_.rename, shape_.flat, included_, bytes_max_}, shaped_) ||
                           (shape_.flat && rewrite(value, {shape_.rename, false, included_, bytes_max_}, shaped_));
    if (rewritten) {
      Status status = record_.emit(shaped_, false, std::nullopt);
      trim_buffer(shaped_);
      return status;
    }
  }
  return record_.emit(value, false, colons);
}

Status JsonShaper::take_string(std::string_view raw) {
  if (!json::string_value(raw, text_)) {
    return take_whole(raw, {});
  }
  std::string_view text = text_;
  Status status;
  if (shape_.strings == JsonShape::Strings::lines) {
    while (status.ok() && !text.empty()) {
      const std::size_t end = text.find('\n');
      status = take_text(without_line_end(text.substr(0, end == std::string_view::npos ? end : end + 1)));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
  } else {
    status = take_text(without_line_end(text));
  }
  trim_buffer(text_);
  return status;
}

Status JsonShaper::take_text(std::string_view text) {
  if (text.empty()) {
    return {};
  }
  bool blanks = false;
  if (may_be_container(text) && json::is_value(text, colons_, blanks)) {
    Status status;
    if (blanks && (!shape_.rename.empty() || shape_.flat || !included_.empty())) {
      json::compact(text, one_line_);
      status = take_whole(one_line_, {});
    } else {
      status = blanks ? record_.emit(text, true, colons_) : take_whole(text, colons_);
    }
    if (colons_.capacity() > kColonsKept) {
      give_back(colons_);
    }
    return status;
  }
  if (text.find('\n') == std::string_view::npos) {
    return sink_.accept({.bytes = text});
  }
  one_line_.clear();
  for (const char byte : text) {
    if (byte == '\n') {
      one_line_ += "\\n";
    } else {
      one_line_ += byte;
    }
  }
  Status status = sink_.accept({.bytes = one_line_});
  trim_buffer(one_line_);
  return status;
}

}  // namespace dray::format
