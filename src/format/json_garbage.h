// Garbage: bytes between JSON values that are none, held until a line begins with '{'; only then are they given on.
//
// Used by UnseparatedJson at its top level. Holds bytes_max bytes; beyond that, or where the object ends, the error
// that began it counts. Where text may stand among the values (CloudWatch messages) what does not begin with '{' is no
// garbage: its lines are records, each as it ends. One thread at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "format/json_bytes.h"
#include "format/json_shape.h"

namespace dray::format {

class Garbage {
 public:
  explicit Garbage(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  // What was read of it so far, and why it is garbage. False if it is too much.
  bool begin(std::string bytes, Error error, bool may_be_text) {
    if (bytes.size() > bytes_max_) {
      return false;
    }
    is_text_ = may_be_text && !bytes.starts_with('{');
    bytes_ = std::move(bytes);
    error_ = std::move(error);
    return true;
  }

  // Takes bytes up to the end of a line. Done if a line begins with '{': its lines are given on, nothing is taken.
  // Behind a line of text also where a byte order mark may begin. But not where blanks do: text may be indented, and an
  // indented '{' in it is text.
  Status take(std::string_view chunk, std::size_t* taken, bool* done, JsonShaper& shaper) {
    const bool behind_text = is_text_ && bytes_.empty();
    if ((chunk.front() == '{' && bytes_.ends_with('\n')) ||
        (behind_text && (chunk.front() == '{' || chunk.front() == kByteOrderMark.front()))) {
      *done = true;
      return give(shaper);
    }
    const std::size_t line_feed = chunk.find('\n');
    const std::string_view part = chunk.substr(0, line_feed == std::string_view::npos ? line_feed : line_feed + 1);
    if (bytes_.size() + part.size() > bytes_max_) {
      return error();
    }
    bytes_.append(part);
    *taken = part.size();
    return is_text_ && bytes_.ends_with('\n') ? give(shaper) : Status();
  }

  // The object ends.
  Status finish(JsonShaper& shaper) { return is_text_ ? give(shaper) : Status(error()); }

 private:
  [[nodiscard]] const Error& error() const { return *error_; }

  Status give(JsonShaper& shaper) {
    const std::string lines = std::move(bytes_);
    bytes_ = {};
    Status status;
    for (std::string_view rest = lines; status.ok() && !rest.empty();) {
      const std::size_t end = rest.find('\n');
      std::string_view line = rest.substr(0, end);
      line.remove_suffix(line.ends_with('\r') ? 1 : 0);
      if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
        status = shaper.take_raw(line, is_text_ ? flow::Flaw::none : flow::Flaw::no_json);
      }
      rest.remove_prefix(std::min(end, rest.size() - 1) + 1);
    }
    return status;
  }

  std::size_t bytes_max_;
  std::string bytes_;
  std::optional<Error> error_;
  bool is_text_ = false;
};

}  // namespace dray::format
