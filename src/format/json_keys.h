// RecordKeys: which members of an object lead to its records, and what it has instead, for the message.
//
// Used by UnseparatedJson. Names compare decoded. One thread at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "format/json_shape.h"

namespace dray::format {

class RecordKeys {
 public:
  static constexpr std::size_t kMax = 64;

  // None is the beginning of another.
  explicit RecordKeys(std::vector<KeyPath> keys) : keys_(std::move(keys)) {
    keys_.resize(std::min(keys_.size(), kMax));
  }

  struct Match {
    std::uint64_t along = 0;  // bit i: keys[i] goes through this member
    bool whole = false;       // and one ends at it
  };

  [[nodiscard]] bool empty() const { return keys_.empty(); }

  // A member at that level (the outermost is 1) of an object that lies along these keys.
  [[nodiscard]] Match match(std::uint64_t along, std::size_t level, std::string_view name) const {
    Match match;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      const KeyPath& path = keys_[i];
      if (((along >> i) & 1U) != 0 && path.size() >= level && path[level - 1] == name) {
        match.along |= std::uint64_t{1} << i;
        match.whole |= path.size() == level;
      }
    }
    return match;
  }

  // As a message shows them.
  [[nodiscard]] std::string names() const {
    std::string names;
    for (const KeyPath& path : keys_) {
      names += fmt::format("{}\"{}\"", names.empty() ? "" : " or ", fmt::join(path, "."));
    }
    return names;
  }

  // A new object; the members that it has.
  void begin() {
    seen_.clear();
    seen_count_ = 0;
  }
  void note(std::string_view name) {
    if (++seen_count_ > kSeenMax + 1) return;
    if (seen_count_ > 1) seen_ += ", ";
    if (seen_count_ > kSeenMax) {
      seen_ += "…";
      return;
    }
    for (const char byte : name.substr(0, kSeenBytesMax)) {
      seen_ += static_cast<unsigned char>(byte) < 0x20U ? '?' : byte;
    }
  }
  [[nodiscard]] std::string_view seen() const { return seen_.empty() ? std::string_view("none") : seen_; }

 private:
  static constexpr std::size_t kSeenMax = 8;
  static constexpr std::size_t kSeenBytesMax = 40;

  std::vector<KeyPath> keys_;
  std::string seen_;
  std::size_t seen_count_ = 0;
};

}  // namespace dray::format
