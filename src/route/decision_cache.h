// DecisionCache: what was decided for records that hold the same values, so that most records cost no allocation.
//
// Filters and tag are a function of a few raw values (CloudTrail: eventSource, eventCategory, eventType), and those
// have few different combinations in an object. Direct-mapped, kPlaces entries, made at the first miss; values over
// kValueBytesMax together are not kept. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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
    std::uint64_t hash = 0;
    std::size_t bytes = 0;
    for (const std::string_view value : values) {
      hash = mixed(hash, value);
      bytes += value.size();
    }
    if (bytes > kValueBytesMax) return uncached_ = decide();
    if (entries_.empty()) entries_.resize(kPlaces);
    Entry& entry = entries_[hash >> kHashShift];
    if (!entry.is_of(values)) entry.keep(values, decide());
    return entry.decision;
  }

 private:
  static constexpr std::size_t kPlaces = 64;
  static constexpr unsigned kHashShift = 64 - 6;
  static constexpr std::size_t kValueBytesMax = 512;

  struct Entry {
    bool used = false;
    std::vector<std::size_t> sizes;  // of the values
    std::string bytes;               // theirs, one behind the other
    Decision decision;

    [[nodiscard]] bool is_of(std::span<const std::string_view> values) const {
      if (!used) return false;
      const char* at = bytes.data();
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i].size() != sizes[i] || values[i] != std::string_view(at, sizes[i])) return false;
        at += sizes[i];
      }
      return true;
    }

    void keep(std::span<const std::string_view> values, Decision decided) {
      used = true;
      sizes.clear();
      bytes.clear();
      for (const std::string_view value : values) {
        sizes.push_back(value.size());
        bytes += value;
      }
      decision = std::move(decided);
    }
  };

  // Of a value its length and its first and last eight bytes: enough to tell apart what differs in practice, and a
  // collision costs a decision made anew. (Multiplier: the golden ratio's, as in Fibonacci hashing.)
  static std::uint64_t mixed(std::uint64_t hash, std::string_view value) {
    constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ULL;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    if (value.size() >= sizeof first) {
      std::memcpy(&first, value.data(), sizeof first);
      std::memcpy(&last, value.data() + value.size() - sizeof last, sizeof last);
    } else {
      for (const char byte : value) first = first << 8U | static_cast<unsigned char>(byte);
    }
    hash = (hash ^ first ^ value.size()) * kGolden;
    hash ^= hash >> 32U;
    return (hash ^ last) * kGolden;
  }

  std::vector<Entry> entries_;
  Decision uncached_;
};

}  // namespace dray::route
