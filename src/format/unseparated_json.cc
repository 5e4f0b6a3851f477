#include "format/unseparated_json.h"

#include <algorithm>

#include <fmt/format.h>

#include "format/oversize.h"
#include "json/members.h"
#include "json/strict.h"

namespace dray::format {
namespace {

constexpr std::size_t kKeyMax = 1024;  // a longer key equals none of ours
constexpr std::size_t kSeenMax = 8;    // member names told in a message
constexpr std::size_t kSeenBytesMax = 40;
constexpr std::size_t kKept = 256U << 10U;
// Colons of a record are 32-bit offsets.
constexpr std::size_t kLargestRecord = std::size_t{1} << 31U;

bool is_space(char byte) {
  return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
}

// Bytes of numbers and literals; what they spell is checked when the word is whole.
bool is_word(char byte) {
  return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '-' ||
         byte == '+' || byte == '.';
}

std::string shown(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  return code > 0x20U && code < 0x7FU ? fmt::format("'{}'", byte) : fmt::format("byte {:#04x}", code);
}

std::string_view kind_of(char first) {
  switch (first) {
    case '{': return "an object";
    case '[': return "an array";
    case '"': return "a string";
    default: return "a number or literal";
  }
}

}  // namespace

UnseparatedJson::UnseparatedJson(RecordKeys keys, std::size_t record_bytes_max, flow::RecordSink& sink)
    : keys_(std::move(keys)), record_bytes_max_(std::min(record_bytes_max, kLargestRecord)), record_(sink) {}

Status UnseparatedJson::write(std::string_view chunk) {
  while (!chunk.empty()) {
    std::size_t taken = 0;
    if (Status status = step(chunk, &taken); !status) {
      return status;
    }
    offset_ += taken;
    chunk.remove_prefix(taken);
  }
  return {};
}

Status UnseparatedJson::finish() {
  if (at_ == At::word && after_ == At::top) {
    if (Status status = add({}, true); !status) {
      return status;
    }
  }
  if (at_ != At::top) {
    return Error{ErrorKind::poison, "truncated_json",
                 fmt::format("the JSON ends inside a value, after {} bytes", offset_)};
  }
  return {};
}

Status UnseparatedJson::step(std::string_view chunk, std::size_t* taken) {
  switch (at_) {
    case At::container: return take_container(chunk, taken);
    case At::string: return take_string(chunk, taken);
    case At::word: return take_word(chunk, taken);
    case At::key: return take_key(chunk, taken);
    default: break;
  }
  const char byte = chunk.front();
  if (is_space(byte)) {
    *taken = 1;
    return {};
  }
  Status status = take_punctuation(byte);
  // A value is taken from its first byte on.
  const bool value = at_ == At::container || at_ == At::string || at_ == At::word;
  *taken = value ? 0 : 1;
  return status;
}

Status UnseparatedJson::take_punctuation(char byte) {
  switch (at_) {
    case At::top: return begin_top(byte);
    case At::member: return begin_member(byte);
    case At::element: return begin_value(byte, Use::record, At::after_element);
    case At::first_element:
      if (byte == ']') {
        at_ = At::after_member;
        return {};
      }
      return begin_value(byte, Use::record, At::after_element);
    case At::after_element:
      if (byte != ',' && byte != ']') return bad_json(shown(byte) + " where ',' or ']' is due");
      at_ = byte == ',' ? At::element : At::after_member;
      return {};
    case At::after_member:
      if (byte == '}') return end_object();
      if (byte != ',') return bad_json(shown(byte) + " where ',' or '}' is due");
      at_ = At::next_key;
      return {};
    case At::first_key:
      if (byte == '}') return end_object();
      [[fallthrough]];
    case At::next_key:
      if (byte != '"') return bad_json(shown(byte) + " where a member's name is due");
      key_.clear();
      escaped_ = false;
      at_ = At::key;
      return {};
    default:
      if (byte != ':') return bad_json(shown(byte) + " where ':' is due");
      at_ = At::member;
      return {};
  }
}

Status UnseparatedJson::begin_top(char byte) {
  if (keys_.keys.empty()) {
    return begin_value(byte, Use::record, At::top);
  }
  if (byte == '{') {
    found_ = false;
    control_ = false;
    seen_.clear();
    seen_count_ = 0;
    at_ = At::first_key;
    return {};
  }
  if (byte != '[' && byte != '"' && !is_word(byte)) {
    return bad_json(shown(byte) + " where a value is due");
  }
  return Error{ErrorKind::poison, "no_records",
               fmt::format("an object with \"{}\" is due at byte {}, found {}", fmt::join(keys_.keys, "\" or \""),
                           offset_, kind_of(byte))};
}

Status UnseparatedJson::begin_member(char byte) {
  if (!wanted_) {
    return begin_value(byte, Use::skip, At::after_member);
  }
  found_ = true;
  if (byte == '[') {
    at_ = At::first_element;
    return {};
  }
  if (byte == '{') {
    return begin_value(byte, Use::record, At::after_member);
  }
  if (byte == 'n') {
    return begin_value(byte, Use::null_of_key, At::after_member);
  }
  if (byte != '"' && !is_word(byte)) {
    return bad_json(shown(byte) + " where a value is due");
  }
  return Error{ErrorKind::poison, "no_records",
               fmt::format("\"{}\" at byte {} is no array but {}", key_, offset_, kind_of(byte))};
}

Status UnseparatedJson::begin_value(char byte, Use use, At after) {
  if (byte == '{' || byte == '[') {
    kind_ = At::container;
    scanner_.begin(use == Use::record && byte == '{');
  } else if (byte == '"') {
    kind_ = At::string;
    escaped_ = false;
  } else if (is_word(byte)) {
    kind_ = At::word;
  } else {
    return bad_json(shown(byte) + " where a value is due");
  }
  use_ = use;
  after_ = after;
  at_ = kind_;
  return {};
}

Status UnseparatedJson::take_key(std::string_view chunk, std::size_t* taken) {
  std::size_t at = 0;
  for (; at < chunk.size(); ++at) {
    const char byte = chunk[at];
    if (byte == '"' && !escaped_) {
      end_key();
      *taken = at + 1;
      return {};
    }
    escaped_ = byte == '\\' && !escaped_;
    if (key_.size() <= kKeyMax) {
      key_ += byte;
    }
  }
  *taken = at;
  return {};
}

void UnseparatedJson::end_key() {
  std::string name;
  json::unescape(key_, name);
  key_ = std::move(name);
  wanted_ = std::find(keys_.keys.begin(), keys_.keys.end(), key_) != keys_.keys.end();
  control_ |= !keys_.control_key.empty() && key_ == keys_.control_key;
  if (++seen_count_ <= kSeenMax) {
    for (const char byte : std::string_view(key_).substr(0, kSeenBytesMax)) {
      seen_ += static_cast<unsigned char>(byte) < 0x20U ? '?' : byte;
    }
    seen_ += seen_count_ == kSeenMax ? " …" : ", ";
  }
  at_ = At::colon;
}

Status UnseparatedJson::take_container(std::string_view chunk, std::size_t* taken) {
  *taken = scanner_.scan(use_ == Use::record ? chunk.substr(0, room()) : chunk);
  if (scanner_.too_deep()) {
    return Error{ErrorKind::poison, "too_deep",
                 fmt::format("brackets nest deeper than {} at byte {}", json::kDepthMax, offset_ + *taken)};
  }
  if (scanner_.mismatched()) {
    return bad_json("a closing bracket of the wrong kind", *taken - 1);
  }
  return add(chunk.substr(0, *taken), scanner_.done());
}

Status UnseparatedJson::take_string(std::string_view chunk, std::size_t* taken) {
  std::size_t at = in_string_ ? 0 : 1;
  in_string_ = true;
  chunk = use_ == Use::record ? chunk.substr(0, room()) : chunk;
  for (; at < chunk.size(); ++at) {
    const char byte = chunk[at];
    if (byte == '"' && !escaped_) {
      in_string_ = false;
      *taken = at + 1;
      return add(chunk.substr(0, *taken), true);
    }
    escaped_ = byte == '\\' && !escaped_;
  }
  *taken = chunk.size();
  return add(chunk, false);
}

Status UnseparatedJson::take_word(std::string_view chunk, std::size_t* taken) {
  const auto end = std::find_if_not(chunk.begin(), chunk.end(), is_word);
  const bool done = end != chunk.end();
  *taken = std::min(static_cast<std::size_t>(end - chunk.begin()), room());
  return add(chunk.substr(0, *taken), done && *taken == static_cast<std::size_t>(end - chunk.begin()));
}

// How many bytes of the value may be taken now: enough to notice that it is too large.
std::size_t UnseparatedJson::room() const {
  return record_bytes_max_ + 1 - begun_.size();
}

Status UnseparatedJson::add(std::string_view part, bool done) {
  if (use_ == Use::skip) {
    at_ = done ? after_ : at_;
    return {};
  }
  if (part.size() + begun_.size() > record_bytes_max_) {
    return oversize_record(record_bytes_max_);
  }
  if (!done) {
    begun_.append(part);
    return {};
  }
  if (begun_.empty()) {
    return end_value(part);
  }
  begun_.append(part);
  Status status = end_value(begun_);
  begun_.clear();
  if (begun_.capacity() > kKept) {
    begun_.shrink_to_fit();
  }
  return status;
}

Status UnseparatedJson::end_value(std::string_view value) {
  at_ = after_;
  if (kind_ == At::container) {
    return record_.emit(value, scanner_.has_blanks(), scanner_.colons());
  }
  if (use_ == Use::null_of_key) {
    return value == "null" ? Status() : bad_json("neither an array nor null at a key of records");
  }
  if (kind_ == At::word && !json::is_value(value)) {
    return bad_json("a word that is neither number nor literal");
  }
  return record_.emit(value, false, {});
}

Status UnseparatedJson::end_object() {
  at_ = At::top;
  if (found_ || control_) {
    return {};
  }
  return Error{ErrorKind::poison, "no_records",
               fmt::format("an object without \"{}\" ends at byte {}; its members: {}",
                           fmt::join(keys_.keys, "\" or \""), offset_, seen_count_ == 0 ? "none" : seen_)};
}

Error UnseparatedJson::bad_json(std::string_view what, std::size_t ahead) const {
  return {ErrorKind::poison, "bad_json", fmt::format("not JSON at byte {}: {}", offset_ + ahead, what)};
}

}  // namespace dray::format
