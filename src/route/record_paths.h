// RecordPaths: the raw values that a service looks at in every record, found in one pass over the record's members.
//
// A record whose splitter collected no members is scanned here. Missing values, and all values of records that are no
// JSON, are empty views. Views point into the record. One thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "flow/record.h"

namespace dray::route {

class RecordPaths {
 public:
  // Where the first step of a path stands in the record, and its value as written; empty: nowhere.
  struct Head {
    std::uint32_t colon = 0;
    std::string_view value;
  };

  // Paths as in Variable::keys; they outlive this object.
  explicit RecordPaths(std::span<const std::vector<std::string>> paths)
      : paths_(paths), heads_(paths.size()), values_(paths.size()) {
    for (const std::vector<std::string>& path : paths) {
      if (!path.empty()) lengths_ |= length_bit(path.front().size());
    }
  }

  // One value per path, in their order; valid until the next call.
  std::span<const std::string_view> find(const flow::Record& record);
  // Of the object that find() was given last, one per path; valid as long.
  [[nodiscard]] std::span<const Head> heads() const { return heads_; }

 private:
  void find_in_object(std::string_view object, std::span<const std::uint32_t> members);

  // Most members have names of another length than those that are looked for: one bit per length says so at once.
  static std::uint64_t length_bit(std::size_t length) { return std::uint64_t{1} << (length % 64); }
  [[nodiscard]] bool may_be_wanted(std::size_t length) const { return (lengths_ & length_bit(length)) != 0; }

  std::span<const std::vector<std::string>> paths_;
  std::uint64_t lengths_ = 0;
  std::vector<Head> heads_;
  std::vector<std::string_view> values_;
  std::vector<std::uint32_t> collected_;
};

}  // namespace dray::route
