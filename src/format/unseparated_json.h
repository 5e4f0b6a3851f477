// UnseparatedJson: JSON values one after another, with or without white space between them, as a stream. All JSON
// formats but separated_json_processor are made from it.
//
// Without keys every top-level value is one record, and of a top-level array every element. With keys these values must
// be objects, and every element of the array at such a key is one record; a single object there is one record, null is
// none, a doubled key gives both arrays. A key is a path: objects on the way are walked, all other members are skipped
// without being kept, wherever they stand and however long they are. An object that has the control key and none of the
// keys is a control object (a CloudTrail digest): no records. Grammar is checked along this walk; inside a record only
// that brackets nest by kind and strings end.
//
// Bytes between top-level values that begin none, and a top-level record that is none, are garbage: if within
// record_bytes_max a line begins with '{', the lines up to there come as records with Flaw::no_json and the walk
// goes on at it. Otherwise, and everywhere else, errors are {poison, ...} after every earlier record was accepted:
// "no_records" (an object without the keys; the message tells its members), "bad_json", "truncated_json", "too_deep"
// (over 1,024 levels), "oversize_record" (or pieces), "include_after_records". One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/json_between.h"
#include "format/json_garbage.h"
#include "format/json_itself.h"
#include "format/json_keys.h"
#include "format/json_outer.h"
#include "format/json_shape.h"
#include "format/oversize.h"
#include "format/splitter.h"
#include "json/value_scanner.h"

namespace dray::format {

struct JsonWalk {
  std::vector<KeyPath> keys;  // alternatives, none the beginning of another; empty: top-level values are the records
  std::string control_key;    // empty: none
  Names skip;                 // an object with such a member of such a text has no records
  bool whole = false;         // arrays, at the top and at a key, are one record each
  bool scalars = false;       // a string, number or boolean at a key is a record
  bool or_itself = false;     // what has none of the keys is itself a record
  bool text = false;          // lines of text may stand between top-level objects, and are records
};

class UnseparatedJson final : public Splitter {
 public:
  UnseparatedJson(JsonWalk walk, const JsonShape& shape, const SplitterOptions& options, flow::RecordSink& sink);

  Status write(std::string_view chunk) override;
  Status finish() override;

 private:
  // What the next byte may be.
  enum class At {
    top,
    first_key,
    next_key,
    key,
    colon,
    member,
    after_member,
    first_element,
    element,
    after_element,  // the walk
    container,
    string,
    word,  // inside a value
    garbage,
  };
  // What the value at hand is for.
  enum class Use { record, skip, null_of_key, outer };
  // An object or array that the walk is inside of.
  struct Frame {
    bool array;
    bool top;            // of an array: its elements are like top-level values
    std::uint64_t keys;  // of an object: bit i, the walk came here along keys[i]
  };

  // Behind an element of an array of records, where a comma and an object are the next one. Most records are followed
  // by one, and need not be found byte by byte.
  [[nodiscard]] bool next_is_record() const {
    return at_ == At::after_element && !frames_.back().top && !itself_.active();
  }
  Status step(std::string_view chunk, std::size_t* taken);
  Status take_punctuation(char byte);
  Status begin_top(char byte);
  Status begin_member(char byte);
  Status begin_at_key(char byte);
  Status begin_value(char byte, Use use);
  void open_object(std::uint64_t keys);
  void open_array(bool top);
  void close() {
    level_ -= frames_.back().array ? 0U : 1U;
    frames_.pop_back();
    at_ = behind();
  }
  // Where the walk goes on behind a value.
  [[nodiscard]] At behind() const {
    if (frames_.empty()) return At::top;
    return frames_.back().array ? At::after_element : At::after_member;
  }
  Status take_key(std::string_view chunk, std::size_t* taken);
  void end_key();
  Status take_container(std::string_view chunk, std::size_t* taken);
  Status take_string(std::string_view chunk, std::size_t* taken);
  Status take_word(std::string_view chunk, std::size_t* taken);
  Status take_garbage(std::string_view chunk, std::size_t* taken);
  Status add(std::string_view part, bool done);
  Status add_to_pieces(std::string_view part, bool done);
  Status over_the_limit();
  Status end_value(std::string_view value);
  Status end_object();
  Status after_step(std::string_view taken);
  Status fault(Status status);
  Status give_held(Status status);
  [[nodiscard]] bool garbage_may_follow() const;
  // How many bytes of the value may be taken now: enough to notice that it is too large.
  [[nodiscard]] std::size_t room() const {
    const bool kept = (use_ == Use::record || use_ == Use::outer) && !oversize_;
    return kept ? record_bytes_max_ + 1 - begun_.size() : std::string_view::npos;
  }
  [[nodiscard]] Error bad_json(std::string_view what, std::size_t ahead = 0) const;

  JsonWalk walk_;
  RecordKeys keys_;
  std::size_t record_bytes_max_;
  bool in_pieces_;
  JsonShaper shaper_;
  OuterMembers outer_;
  WholeObject itself_;
  OversizePieces pieces_;
  Garbage garbage_;
  BetweenValues between_;
  json::ValueScanner scanner_;
  bool collects_ = true;  // the colons of records

  At at_ = At::top;
  std::vector<Frame> frames_;
  std::size_t level_ = 0;  // objects among the frames
  Use use_ = Use::skip;
  At kind_ = At::container;                  // of the value: container, string or word
  bool in_string_ = false;                   // behind the opening quote of a string
  bool escaped_ = false;                     // in a key or string: the next byte is
  bool oversize_ = false;                    // the record at hand is given on in pieces
  std::string begun_;                        // the start of a record that spans chunks
  std::string key_;                          // as written, up to kKeyMax bytes
  RecordKeys::Match here_;                   // of the member at hand
  std::optional<std::size_t> outer_member_;  // which of the outer members it is
  bool found_ = false;                       // this object has one of the keys
  bool control_ = false;                     // this object has the control key
  bool ended_ = false;                       // in this step an object that may be its own record ended
  std::uint64_t offset_ = 0;                 // of the chunk's first byte not taken, in plain bytes
};

}  // namespace dray::format
