// StrictReader: is a text exactly one JSON value (RFC 8259), and where do its members stand?
//
// Used for lines that are announced as JSON. Says the same as is_value() (json/strict.h); compact objects and arrays of
// up to 16 KiB are looked at 64 bytes at a time where the processor has AVX-512 (json/compact_check.h). One thread at a
// time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/compact_check.h"
#include "json/name_ends.h"

namespace dray::json {

class StrictReader {
 public:
  // check: how to look at compact texts; nullptr: no other way than for all.
  explicit StrictReader(CompactCheckFunction check = best_compact_check());

  // Only members of these names matter from now on: the colons of all others may be missing. Decoded, as
  // json/members.h takes them.
  void look_for(std::span<const std::string> names);

  // False: it is none, and what follows means nothing.
  bool read(std::string_view text);
  // The ':' of the members if the value is an object: offsets in the text, ascending. Valid until the next read().
  [[nodiscard]] std::span<const std::uint32_t> colons() const { return colons_; }
  // Is there white space outside strings?
  [[nodiscard]] bool has_blanks() const { return blanks_; }

 private:
  CompactCheckFunction check_function_;
  std::unique_ptr<CompactCheck> check_;  // made when first used
  NameEnds names_;
  bool all_names_ = true;
  std::vector<std::uint32_t> colons_;
  bool blanks_ = false;
};

}  // namespace dray::json
