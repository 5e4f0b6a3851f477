// JsonShape and JsonShaper: what becomes of a JSON value that the walk found, before it is a record.
//
// Used by UnseparatedJson for all formats made from it. Without any wish the value goes on as it stands, uncopied.
// With them, in this order: `extraction` looks into the value and takes what stands there; a string may become text;
// members of an object are renamed, flattened, and those of the object around it added at its end. Numbers and strings
// keep their spelling throughout. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/json_record.h"
#include "format/splitter.h"

namespace dray::format {

using KeyPath = std::vector<std::string>;                        // from the outside in
using Names = std::vector<std::pair<std::string, std::string>>;  // old, new; or member, text

struct JsonShape {
  // How a string is sent that stands at a key or is an element there.
  enum class Strings {
    json,   // as written, with its quotes
    text,   // decoded once: one record
    lines,  // decoded once: a record for every line
  };

  // Alternatives, the first that is there counts: of an array there its elements, an object itself, a string as text.
  // Nothing there, or null: the value itself.
  std::vector<KeyPath> extraction;
  Strings strings = Strings::json;
  Names rename;
  bool flat = false;
  Names include;  // outer member, its name in the record

  [[nodiscard]] bool plain() const {
    return extraction.empty() && strings == Strings::json && rename.empty() && !flat && include.empty();
  }
};

class JsonShaper {
 public:
  JsonShaper(JsonShape shape, std::size_t record_bytes_max, flow::RecordSink& sink)
      : shape_(std::move(shape)), plain_(shape_.plain()), bytes_max_(record_bytes_max), sink_(sink), record_(sink) {}

  // blanks: there may be white space outside strings, or a line feed anywhere. colons: of the
  // value's members.
  Status take(std::string_view value, bool blanks, const flow::MemberColons& colons) {
    return plain_ ? record_.emit(value, blanks, colons) : take_shaped(value, blanks, colons);
  }
  // The same without any wish.
  Status take_as_it_is(std::string_view value, bool blanks) { return record_.emit(value, blanks, std::nullopt); }
  // Bytes that are no JSON.
  Status take_raw(std::string_view bytes, flow::Flaw flaw) { return sink_.accept({.bytes = bytes, .flaw = flaw}); }

  // What `include` adds to the records that follow: compact members with commas between them, or nothing.
  void include(std::string members) { included_ = std::move(members); }

 private:
  Status take_shaped(std::string_view value, bool blanks, const flow::MemberColons& colons);
  Status take_extracted(std::string_view value);
  Status take_whole(std::string_view value, const flow::MemberColons& colons);
  Status take_string(std::string_view raw);
  Status take_text(std::string_view text);

  JsonShape shape_;
  bool plain_;
  std::size_t bytes_max_;
  flow::RecordSink& sink_;
  JsonRecord record_;
  std::string included_;
  // Buffers kept from record to record.
  std::string compacted_;
  std::string shaped_;
  std::string text_;
  std::string one_line_;
  std::vector<std::uint32_t> colons_;
};

}  // namespace dray::format
