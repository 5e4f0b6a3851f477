#include "local/syslog_frame.h"

#include <charconv>
#include <string>

namespace dray::local {

namespace {

// The longest length that RFC 6587 senders write in practice; longer means that the stream is not octet-counted at all.
constexpr std::size_t kLengthDigitsMax = 10;

Error bad_stream(const std::string& message) {
  return {ErrorKind::poison, "bad_framing", message};
}

}  // namespace

Status FrameCutter::hold(std::string_view bytes) {
  // In octet counting a chunk of many frames passes through here: counted_frame() bounds those.
  if (framing_ == Framing::newline && held_.size() + bytes.size() > frame_bytes_max_) {
    return bad_stream("a frame is longer than " + std::to_string(frame_bytes_max_) + " bytes");
  }
  held_.append(bytes);
  return {};
}

Result<std::optional<std::string_view>> FrameCutter::counted_frame(std::size_t from) const {
  const std::string_view rest = std::string_view(held_).substr(from);
  const std::size_t space = rest.find(' ');
  const std::string_view digits = rest.substr(0, space);
  if (digits.size() > kLengthDigitsMax || digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return bad_stream("a frame does not begin with its length: the sender may use newline framing");
  }
  if (space == std::string_view::npos) return std::optional<std::string_view>();
  std::size_t length = 0;
  const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (digits.empty() || parsed.ec != std::errc()) return bad_stream("a frame has no length");
  if (length > frame_bytes_max_) {
    return bad_stream("a frame is longer than " + std::to_string(frame_bytes_max_) + " bytes");
  }
  if (rest.size() - space - 1 < length) return std::optional<std::string_view>();
  return std::optional(rest.substr(space + 1, length));
}

std::optional<SyslogFrame> parse_frame(std::string_view frame) {
  SyslogFrame parsed;
  const std::size_t close = frame.find('>');
  if (frame.empty() || frame.front() != '<' || close == std::string_view::npos) return std::nullopt;
  const std::string_view digits = frame.substr(1, close - 1);
  const auto number = std::from_chars(digits.data(), digits.data() + digits.size(), parsed.priority);
  if (number.ec != std::errc() || number.ptr != digits.data() + digits.size()) return std::nullopt;

  // The date holds colons, but none before a space; host and tag hold neither.
  const std::string_view rest = frame.substr(close + 1);
  const std::size_t colon = rest.find(": ");
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view header = rest.substr(0, colon);
  const std::size_t before_tag = header.rfind(' ');
  if (before_tag == std::string_view::npos || before_tag == 0) return std::nullopt;
  const std::size_t before_host = header.rfind(' ', before_tag - 1);
  if (before_host == std::string_view::npos) return std::nullopt;
  parsed.date = header.substr(0, before_host);
  parsed.host = header.substr(before_host + 1, before_tag - before_host - 1);
  parsed.tag = header.substr(before_tag + 1);
  parsed.text = rest.substr(colon + 2);
  return parsed;
}

}  // namespace dray::local
