// BetweenValues: what may stand between top-level JSON values and is none: white space, and the byte order marks of
// files that were joined. Where lines of text may stand there too, it keeps the white space at a line's start, which
// is theirs.
//
// Used by UnseparatedJson. One thread at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "format/json_bytes.h"

namespace dray::format {

class BetweenValues {
 public:
  // True if the byte is such a one.
  bool take(char byte) {
    if (byte == kByteOrderMark[mark_]) {
      mark_ = (mark_ + 1) % kByteOrderMark.size();
      return true;
    }
    if (mark_ > 0 || !is_space(byte)) {
      return false;
    }
    if (byte == '\n') {
      begin_line();
    } else if (indent_ && indent_->size() < kIndentMax) {
      *indent_ += byte;
    }
    return true;
  }

  // The next byte is none. True if a value may begin there: not in half a byte order mark, and not in a line of text.
  bool value_may_begin(char byte, bool text_may_stand) {
    if (mark_ > 0 || (text_may_stand && byte != '{')) {
      return false;
    }
    indent_.reset();
    return true;
  }

  // What was taken and belongs to the text that begins.
  std::string begun() {
    std::string indent = std::exchange(indent_, std::nullopt).value_or("");
    return indent.append(kByteOrderMark.substr(0, std::exchange(mark_, 0)));
  }
  // Half a byte order mark was taken, and any byte but its next makes it text, white space too.
  [[nodiscard]] bool half() const { return mark_ > 0; }
  // What stood between the values ended with a line.
  void begin_line() { indent_.emplace(); }

 private:
  static constexpr std::size_t kIndentMax = 1024;

  std::size_t mark_ = 0;                    // so many bytes of a byte order mark
  std::optional<std::string> indent_ = "";  // of the line at hand, while nothing else of it has come
};

}  // namespace dray::format
