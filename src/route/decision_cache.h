// DecisionCache: what was decided for records that hold the same values, so that most records cost no allocation.
//
// Filters and tag are a function of a few raw values (CloudTrail: eventSource, eventCategory, eventType), and those
// have few different combinations in an object. Direct-mapped, kPlaces entries, made at the first miss; values over
// kValueBytesMax together are not kept. One thread at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dray::route {

struct Decision {
  std::optional<std::size_t> filtered_by;  // the outer list of line_filter_rules that held
  bool overlong = false;                   // the tag would have had too many characters
  std::string tag;
};

class DecisionCache {
 public:
  // decide: Decision(); called on a miss. The reference is good until the next call.
  template <class Decide>
  const Decision& find_or(std::span<const std::string_view> values, const Decide& decide) {
    if (!make_key(values)) return uncached_ = decide();
    if (entries_.empty()) entries_.resize(kPlaces);
    Entry& entry = entries_[std::hash<std::string_view>{}(key_) % kPlaces];
    if (!entry.used || entry.key != key_) {
      entry.decision = decide();
      entry.key = key_;
      entry.used = true;
    }
    return entry.decision;
  }

 private:
  static constexpr std::size_t kPlaces = 64;
  static constexpr std::size_t kValueBytesMax = 512;

  struct Entry {
    bool used = false;
    std::string key;
    Decision decision;
  };

  // The values one behind the other, each with its length, so that different values never have the same key.
  bool make_key(std::span<const std::string_view> values) {
    key_.clear();
    for (const std::string_view value : values) {
      if (key_.size() + value.size() > kValueBytesMax) return false;
      key_ += static_cast<char>(value.size() & 0xFFU);
      key_ += static_cast<char>(value.size() >> 8U);
      key_ += value;
    }
    return true;
  }

  std::string key_;
  std::vector<Entry> entries_;
  Decision uncached_;
};

}  // namespace dray::route
