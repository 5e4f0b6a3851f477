// FrameCutter: turns the byte stream of one syslog connection into whole frames; parse_frame: the parts of one frame.
//
// Used by the receiver. Framings are RFC 6587's: newline ("non-transparent framing", what Devo's senders use, devo.md
// 3.1) and octet counting (`LEN SP FRAME`). The cutter holds the torn tail of the last chunk until the rest comes, at
// most frame_bytes_max bytes of it; a longer frame or a malformed length is an error, after which the cutter is of no
// more use. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace dray::local {

enum class Framing { newline, octet_counting };

class FrameCutter {
 public:
  FrameCutter(Framing framing, std::size_t frame_bytes_max) : framing_(framing), frame_bytes_max_(frame_bytes_max) {}

  // Takes the next bytes and calls whole(std::string_view) with runs of one or more whole frames, each frame ended by
  // LF. In newline framing there is no work per frame: a run is as long as the chunk allows. The views live until the
  // call returns.
  template <class Whole>
  Status feed(std::string_view chunk, Whole whole) {
    return framing_ == Framing::newline ? feed_lines(chunk, whole) : feed_counted(chunk, whole);
  }

  // Bytes of a frame whose end has not come.
  [[nodiscard]] std::size_t torn_bytes() const { return held_.size(); }

 private:
  template <class Whole>
  Status feed_lines(std::string_view chunk, Whole& whole) {
    if (!held_.empty()) {
      const std::size_t end = chunk.find('\n');
      const std::size_t taken = end == std::string_view::npos ? chunk.size() : end + 1;
      if (Status held = hold(chunk.substr(0, taken)); !held) return held;
      if (end == std::string_view::npos) return {};
      whole(std::string_view(held_));
      held_.clear();
      chunk.remove_prefix(taken);
    }
    const std::size_t last = chunk.rfind('\n');
    if (last == std::string_view::npos) return hold(chunk);
    whole(chunk.substr(0, last + 1));
    return hold(chunk.substr(last + 1));
  }

  template <class Whole>
  Status feed_counted(std::string_view chunk, Whole& whole) {
    if (Status held = hold(chunk); !held) return held;
    std::size_t used = 0;
    std::string run;
    for (;;) {
      Result<std::optional<std::string_view>> frame = counted_frame(used);
      if (!frame) return frame.error();
      if (!frame.value()) break;
      used = static_cast<std::size_t>(frame.value()->end() - std::string_view(held_).begin());
      run.append(*frame.value());
      if (!frame.value()->ends_with('\n')) run.push_back('\n');
    }
    if (!run.empty()) whole(std::string_view(run));
    held_.erase(0, used);
    return {};
  }

  Status hold(std::string_view bytes);
  // The frame that begins at held_[from], if all of it is there.
  [[nodiscard]] Result<std::optional<std::string_view>> counted_frame(std::size_t from) const;

  const Framing framing_;
  const std::size_t frame_bytes_max_;
  std::string held_;
};

// `<14>2024-01-16 17:02:56.220 host my.app.tag: text`; views into the frame.
struct SyslogFrame {
  int priority = 0;
  std::string_view date, host, tag, text;
};

// The frame without its LF. Empty if it has not that shape.
std::optional<SyslogFrame> parse_frame(std::string_view frame);

}  // namespace dray::local
