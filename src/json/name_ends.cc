#include "json/name_ends.h"

#include <algorithm>

namespace dray::json {
namespace {

// No byte is found in these: a 0 never at the place of another, nor the 1 at that of 0.
constexpr NameEnds::Bytes kNoBytes{1};

// False if the place is taken by another byte, or there is none: bytes over 127 have none.
bool add(char byte, NameEnds::Bytes& bytes) {
  const std::size_t place = static_cast<unsigned char>(byte) & 15U;
  const bool is_free = bytes.at(place) == kNoBytes.at(place) || bytes.at(place) == byte;
  if (static_cast<unsigned char>(byte) > 127 || !is_free) {
    return false;
  }
  bytes.at(place) = byte;
  return true;
}

}  // namespace

std::optional<NameEnds> ends_of(std::span<const std::string> names) {
  NameEnds ends{.last = kNoBytes, .before_last = kNoBytes};
  const bool apart = std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return !name.empty() && add(name.back(), ends.last) &&
           add(name.size() > 1 ? name[name.size() - 2] : '"', ends.before_last);
  });
  return apart ? std::optional(ends) : std::nullopt;
}

}  // namespace dray::json
