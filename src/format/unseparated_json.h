// UnseparatedJson: JSON values one after another, with or without white space between them, as a stream.
//
// Without keys every top-level value is one record. With keys the top-level values must be objects, and every element
// of the array at such a key is one record; a single object there is one record, null is none, a doubled key gives
// both arrays. All other members are skipped without being kept, wherever they stand and however long they are. An
// object that has the control key and none of the keys is a control object (a CloudTrail digest): no records. Keys
// count at the top level of the value only. Grammar is checked along this walk; inside a record only that brackets
// nest by kind and strings end. Errors are {poison, ...} after every earlier record was accepted: "no_records" (an
// object without the keys; the message tells its members), "bad_json", "truncated_json", "too_deep" (over 1,024
// levels), "oversize_record". One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "format/json_record.h"
#include "format/splitter.h"
#include "json/value_scanner.h"

namespace dray::format {

struct RecordKeys {
  std::vector<std::string> keys;  // empty: top-level values are the records
  std::string control_key;        // empty: none
};

class UnseparatedJson final : public Splitter {
 public:
  UnseparatedJson(RecordKeys keys, std::size_t record_bytes_max, flow::RecordSink& sink);

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
  };
  // What the value at hand is for.
  enum class Use { record, skip, null_of_key };

  Status step(std::string_view chunk, std::size_t* taken);
  Status take_punctuation(char byte);
  Status begin_top(char byte);
  Status begin_member(char byte);
  Status begin_value(char byte, Use use, At after);
  Status take_key(std::string_view chunk, std::size_t* taken);
  void end_key();
  Status take_container(std::string_view chunk, std::size_t* taken);
  Status take_string(std::string_view chunk, std::size_t* taken);
  Status take_word(std::string_view chunk, std::size_t* taken);
  Status add(std::string_view part, bool done);
  Status end_value(std::string_view value);
  Status end_object();
  [[nodiscard]] std::size_t room() const;
  [[nodiscard]] Error bad_json(std::string_view what, std::size_t ahead = 0) const;

  RecordKeys keys_;
  std::size_t record_bytes_max_;
  JsonRecord record_;
  json::ValueScanner scanner_;

  At at_ = At::top;
  Use use_ = Use::skip;
  At after_ = At::top;       // where the walk goes on behind the value
  At kind_ = At::container;  // of the value: container, string or word
  bool in_string_ = false;   // behind the opening quote of a string
  bool escaped_ = false;     // in a key or string: the next byte is
  std::string begun_;        // the start of a record that spans chunks
  std::string key_;          // as written, up to kKeyMax bytes
  bool wanted_ = false;      // the member at hand is one of the keys
  bool found_ = false;       // this object has one of the keys
  bool control_ = false;     // this object has the control key
  std::string seen_;         // names of this object's members, for the message
  std::size_t seen_count_ = 0;
  std::uint64_t offset_ = 0;  // of the chunk's first byte not taken, in plain bytes
};

}  // namespace dray::format
