#include "format/unseparated_json.h"

#include <algorithm>

#include <fmt/format.h>

#include "format/json_bytes.h"
#include "json/members.h"
#include "json/strict.h"

namespace dray::format {
namespace {

constexpr std::size_t kKeyMax = 1024;  // a longer key equals none of ours
constexpr std::size_t kKept = 256U << 10U;
// Colons of a record are 32-bit offsets.
constexpr std::size_t kLargestRecord = std::size_t{1} << 31U;

}  // namespace

UnseparatedJson::UnseparatedJson(JsonWalk walk, const JsonShape& shape, const SplitterOptions& options,
                                 flow::RecordSink& sink)
    : walk_(std::move(walk)),
      keys_(walk_.keys),
      record_bytes_max_(std::min(options.record_bytes_max, kLargestRecord)),
      in_pieces_(options.oversize_in_pieces),
      shaper_(shape, record_bytes_max_, sink),
      outer_(shape.include, walk_.skip, record_bytes_max_),
      itself_(record_bytes_max_, in_pieces_, shaper_),
      pieces_(record_bytes_max_),
      garbage_(record_bytes_max_) {
  if (shape.plain() && options.wanted_members) {
    collects_ = !options.wanted_members->empty();
    scanner_.look_for(*options.wanted_members);
  }
}

Status UnseparatedJson::write(std::string_view chunk) {
  scanner_.read_from(chunk);
  while (!chunk.empty()) {
    if (chunk.starts_with(",{") && next_is_record()) {
      chunk.remove_prefix(1);
      ++offset_;
      if (Status status = begin_value('{', Use::record); !status) return status;
    }
    const std::string_view next = itself_.active() ? chunk.substr(0, itself_.room()) : chunk;
    std::size_t taken = 0;
    Status status = step(next, &taken);
    if (itself_.active()) {
      const Status added = after_step(next.substr(0, taken));
      status = status ? added : status;
    }
    if (!status) {
      if (status = fault(std::move(status)); !status) {
        return status;
      }
    }
    offset_ += taken;
    chunk.remove_prefix(taken);
  }
  return {};
}

Status UnseparatedJson::finish() {
  if (at_ == At::word && frames_.empty()) {
    if (Status status = add({}, true); !status) {
      return give_held(std::move(status));
    }
  }
  if (at_ == At::top && between_.half() && walk_.text) {
    begun_ = between_.begun();
    if (Status status = fault(bad_json("half a byte order mark")); !status) return status;
  }
  if (at_ == At::garbage) {
    return garbage_.finish(shaper_);
  }
  if (at_ != At::top || between_.half()) {
    return give_held(Error{ErrorKind::poison, "truncated_json",
                           fmt::format("the JSON ends inside a value, after {} bytes", offset_)});
  }
  return {};
}

Status UnseparatedJson::step(std::string_view chunk, std::size_t* taken) {
  switch (at_) {
    case At::container: return take_container(chunk, taken);
    case At::string: return take_string(chunk, taken);
    case At::word: return take_word(chunk, taken);
    case At::key: return take_key(chunk, taken);
    case At::garbage: return take_garbage(chunk, taken);
    default: break;
  }
  const char byte = chunk.front();
  if (at_ == At::top && between_.take(byte)) {
    *taken = 1;
    return {};
  }
  if (is_space(byte) && !between_.half()) {
    itself_.note_blanks();
    *taken = 1;
    return {};
  }
  Status status = take_punctuation(byte);
  // A value is taken from its first byte on.
  const bool value = at_ == At::container || at_ == At::string || at_ == At::word;
  *taken = value || !status ? 0 : 1;
  return status;
}

Status UnseparatedJson::take_punctuation(char byte) {
  switch (at_) {
    case At::top: return begin_top(byte);
    case At::member: return begin_member(byte);
    case At::first_element:
      if (byte == ']') {
        close();
        return {};
      }
      [[fallthrough]];
    case At::element: return frames_.back().top ? begin_top(byte) : begin_value(byte, Use::record);
    case At::after_element:
      if (byte == ',') {
        at_ = At::element;
        return {};
      }
      if (byte != ']') return bad_json(shown(byte) + " where ',' or ']' is due");
      close();
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

// A top-level value, or an element of a top-level array.
Status UnseparatedJson::begin_top(char byte) {
  if (frames_.empty() && !between_.value_may_begin(byte, walk_.text)) {
    begun_ = between_.begun();
    return bad_json(shown(byte) + " where a value is due");
  }
  if (byte == '[' && frames_.empty() && !walk_.whole) {
    open_array(true);
    return {};
  }
  if (keys_.empty()) {
    return begin_value(byte, Use::record);
  }
  if (byte == '{') {
    found_ = false;
    control_ = false;
    keys_.begin();
    outer_.begin();
    if (walk_.or_itself) {
      itself_.begin();
    }
    open_object(~std::uint64_t{0});
    return {};
  }
  if (byte != '[' && byte != '"' && !is_word(byte)) {
    return bad_json(shown(byte) + " where a value is due");
  }
  if (walk_.or_itself) {
    return begin_value(byte, Use::record);
  }
  return Error{ErrorKind::poison, "no_records",
               fmt::format("an object with {} is due at byte {}, found {}", keys_.names(), offset_, kind_of(byte))};
}

Status UnseparatedJson::begin_member(char byte) {
  if (!itself_.given_on()) {
    if (here_.whole) {
      return begin_at_key(byte);
    }
    if (here_.along != 0 && byte == '{') {
      open_object(here_.along);
      return {};
    }
    if (outer_member_) {
      return begin_value(byte, Use::outer);
    }
  }
  return begin_value(byte, Use::skip);
}

Status UnseparatedJson::begin_at_key(char byte) {
  if (byte == '{' || byte == '[' || walk_.scalars) {
    found_ = true;
    itself_.drop();
    if (byte == '[' && !walk_.whole) {
      open_array(false);
      return {};
    }
    return begin_value(byte, byte == 'n' ? Use::null_of_key : Use::record);
  }
  if (walk_.or_itself) {
    return begin_value(byte, Use::skip);
  }
  if (byte == 'n') {
    found_ = true;
    return begin_value(byte, Use::null_of_key);
  }
  if (byte != '"' && !is_word(byte)) {
    return bad_json(shown(byte) + " where a value is due");
  }
  return Error{ErrorKind::poison, "no_records",
               fmt::format("\"{}\" at byte {} is no array but {}", key_, offset_, kind_of(byte))};
}

Status UnseparatedJson::begin_value(char byte, Use use) {
  if (use == Use::record && level_ > 0 && outer_.skipped()) {
    use = Use::skip;
  }
  if (byte == '{' || byte == '[') {
    kind_ = At::container;
    scanner_.begin(collects_ && use == Use::record && byte == '{');
  } else if (byte == '"') {
    kind_ = At::string;
    escaped_ = false;
  } else if (is_word(byte)) {
    kind_ = At::word;
  } else {
    return bad_json(shown(byte) + " where a value is due");
  }
  use_ = use;
  at_ = kind_;
  return {};
}

void UnseparatedJson::open_object(std::uint64_t keys) {
  frames_.push_back({false, false, keys});
  ++level_;
  at_ = At::first_key;
}

void UnseparatedJson::open_array(bool top) {
  frames_.push_back({true, top, 0});
  at_ = At::first_element;
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
  at_ = At::colon;
  here_ = keys_.match(frames_.back().keys, level_, key_);
  outer_member_.reset();
  if (level_ > 1) {
    return;
  }
  if (outer_.used()) {
    outer_member_ = outer_.find(key_);
  }
  control_ |= !walk_.control_key.empty() && key_ == walk_.control_key;
  keys_.note(key_);
}

Status UnseparatedJson::take_container(std::string_view chunk, std::size_t* taken) {
  *taken = scanner_.scan(chunk.substr(0, room()));
  const std::string_view part = chunk.substr(0, *taken);
  if (!scanner_.mismatched() && !scanner_.too_deep()) {
    return add(part, scanner_.done());
  }
  // What is bad goes where the good would go: into the pieces, or to what may turn out to be garbage.
  if (oversize_) {
    if (Status status = add_to_pieces(part, false); !status) return status;
  } else if (use_ == Use::record) {
    begun_.append(part);
  }
  if (scanner_.too_deep()) {
    return Error{ErrorKind::poison, "too_deep",
                 fmt::format("brackets nest deeper than {} at byte {}", json::kDepthMax, offset_ + *taken)};
  }
  return bad_json("a closing bracket of the wrong kind", *taken - 1);
}

Status UnseparatedJson::take_string(std::string_view chunk, std::size_t* taken) {
  std::size_t at = in_string_ ? 0 : 1;
  in_string_ = true;
  chunk = chunk.substr(0, room());
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

Status UnseparatedJson::take_garbage(std::string_view chunk, std::size_t* taken) {
  bool done = false;
  Status status = garbage_.take(chunk, taken, &done, shaper_);
  if (done) between_.begin_line();
  at_ = done ? At::top : At::garbage;
  return status;
}

Status UnseparatedJson::add(std::string_view part, bool done) {
  if (use_ == Use::skip) {
    if (done) {
      at_ = behind();
      if (kind_ == At::container && scanner_.has_blanks()) {
        itself_.note_blanks();
      }
    }
    return {};
  }
  if (!oversize_ && part.size() + begun_.size() > record_bytes_max_) {
    if (Status status = over_the_limit(); !status) return status;
  }
  if (oversize_) {
    return add_to_pieces(part, done);
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
  if (status) {
    begun_.clear();
    if (begun_.capacity() > kKept) {
      begun_.shrink_to_fit();
    }
  }
  return status;
}

// The record at hand is larger than it may be.
Status UnseparatedJson::over_the_limit() {
  if (use_ != Use::record || (!in_pieces_ && !outer_.waiting())) {
    return oversize_record(record_bytes_max_);
  }
  if (outer_.waiting()) {
    return outer_.overrun();
  }
  oversize_ = true;
  scanner_.stop_collecting();
  const std::string begun = std::move(begun_);
  begun_.clear();
  return add_to_pieces(begun, false);
}

Status UnseparatedJson::add_to_pieces(std::string_view part, bool done) {
  const auto give = [this](std::string_view piece) { return shaper_.take_raw(piece, flow::Flaw::oversize); };
  Status status = pieces_.add(part, give);
  if (!status || !done) {
    return status;
  }
  oversize_ = false;
  at_ = behind();
  return pieces_.finish(give);
}

Status UnseparatedJson::end_value(std::string_view value) {
  if (use_ == Use::null_of_key) {
    at_ = behind();
    return value == "null" ? Status() : bad_json("neither an array nor null at a key of records");
  }
  if (kind_ == At::word && !json::is_value(value)) {
    if (begun_.empty()) {
      begun_.assign(value);
    }
    return bad_json("a word that is neither number nor literal");
  }
  at_ = behind();
  if (use_ == Use::outer) {
    Status status = outer_.set(*outer_member_, value);
    if (outer_.skipped()) {
      itself_.drop();
    }
    return status && !outer_.waiting() ? outer_.release(shaper_) : status;
  }
  const bool container = kind_ == At::container;
  const bool blanks = container ? scanner_.has_blanks() : value.find('\n') != std::string_view::npos;
  if (walk_.or_itself && level_ == 0) {
    return shaper_.take_as_it_is(value, blanks);
  }
  if (outer_.waiting()) {
    return outer_.hold(value, blanks);
  }
  if (outer_.used()) {
    if (Status status = outer_.release(shaper_); !status) return status;
  }
  return shaper_.take(value, blanks, container ? flow::MemberColons(scanner_.colons()) : std::nullopt);
}

Status UnseparatedJson::end_object() {
  if (level_ > 1) {
    close();
    return {};
  }
  if (!found_ && !control_ && !outer_.skipped() && !itself_.active()) {
    return Error{
        ErrorKind::poison, "no_records",
        fmt::format("an object without {} ends at byte {}; its members: {}", keys_.names(), offset_, keys_.seen())};
  }
  ended_ = itself_.active();
  close();
  return outer_.used() ? outer_.release(shaper_) : Status();
}

// While an object may be its own record: its bytes, and its end.
Status UnseparatedJson::after_step(std::string_view taken) {
  Status status = itself_.add(taken);
  if (!status || !ended_) {
    return status;
  }
  ended_ = false;
  return itself_.end();
}

// Is what cannot be read at the top level, where nothing of it was given on?
bool UnseparatedJson::garbage_may_follow() const {
  if (itself_.active()) {
    return itself_.kept() && !frames_.front().top;
  }
  return frames_.empty() && !oversize_ && (at_ == At::top || use_ == Use::record);
}

// Ok if the walk can go on: as garbage.
Status UnseparatedJson::fault(Status status) {
  const std::string_view code = status.error().code;
  if (at_ != At::garbage && (code == "bad_json" || code == "no_records") && garbage_may_follow()) {
    const std::string begun = std::move(begun_);
    begun_.clear();
    if (garbage_.begin(itself_.kept() ? itself_.release() : begun, status.error(), walk_.text)) {
      at_ = At::garbage;
      frames_.clear();
      level_ = 0;
      ended_ = false;
      return {};
    }
  }
  return give_held(std::move(status));
}

// Before the stream ends with an error of ours: the records that came before it.
Status UnseparatedJson::give_held(Status status) {
  constexpr std::string_view kOurs[] = {"bad_json", "truncated_json", "too_deep", "no_records", "oversize_record"};
  if (outer_.used() && std::count(std::begin(kOurs), std::end(kOurs), status.error().code) != 0) {
    const Status released = outer_.release(shaper_);
    return released ? status : released;
  }
  return status;
}

Error UnseparatedJson::bad_json(std::string_view what, std::size_t ahead) const {
  return {ErrorKind::poison, "bad_json", fmt::format("not JSON at byte {}: {}", offset_ + ahead, what)};
}

}  // namespace dray::format
