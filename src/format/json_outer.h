// OuterMembers: what an object says beside the array of its records, for the options `include` and `skip`.
//
// Used by UnseparatedJson. Such a member may stand before or behind the records, so records that come while one is
// still unknown are held, up to bytes_max together, until the last is known or the object ends. Beyond that the object
// fails: {poison, "include_after_records"}. A member that comes twice counts as it stood last before a record. One
// thread at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/json_shape.h"

namespace dray::format {

class OuterMembers {
 public:
  // skip: an object with one of these members, of this text, has no records.
  OuterMembers(const Names& include, const Names& skip, std::size_t bytes_max);

  [[nodiscard]] bool used() const { return !members_.empty(); }
  // A new object.
  void begin();
  // Which one has this (decoded) name; nothing if none.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const;
  Status set(std::size_t which, std::string_view value);

  [[nodiscard]] bool waiting() const { return unknown_ > 0 && !skipped_; }
  [[nodiscard]] bool skipped() const { return skipped_; }
  Status hold(std::string_view record, bool blanks);
  // Gives on what is held, in the shape of what is known, or drops it if the object is skipped.
  Status release(JsonShaper& shaper);
  [[nodiscard]] Error overrun() const;

 private:
  struct Member {
    std::string name;
    std::optional<std::string> as;    // its name in records
    std::optional<std::string> skip;  // this text means: no records
    std::optional<std::string> value;
  };
  struct Held {
    std::size_t size;
    bool blanks;
  };

  Member& member(const std::string& name);
  void drop_held();
  [[nodiscard]] std::string included() const;

  std::vector<Member> members_;
  std::size_t bytes_max_;
  std::size_t unknown_ = 0;
  bool skipped_ = false;
  bool changed_ = true;
  std::string bytes_;  // the held records, one behind the other
  std::vector<Held> held_;
};

}  // namespace dray::format
