// Trouble: what may be wrong with an object or a record of it. Disposition: what the user wants done about it.
//
// `on_error` of an input (docs/errors.md): read by config/, carried out by decode/ (records) and pipeline/ (objects).
// The defaults lose nothing. Values; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace dray::flow {

enum class Trouble : std::uint8_t {
  undecodable_record,  // a line that was announced as JSON and is not
  oversize_record,     // over record_bytes_max
  corrupt_object,      // damaged or cut off: the compression, or the structure around the records
  unknown_codec,       // compressed in a form that this version does not read
  limit_exceeded,      // a bomb: a ratio, a depth, that no log has
  unknown_format,      // no service takes it, or it holds nothing that its format calls a record
};

enum class Disposition : std::uint8_t {
  leave,       // the notification stays: again after its visibility timeout, then the dead-letter queue
  send_raw,    // sent as text, as it stands
  quarantine,  // a file with the reason; then it counts as delivered
  remove,      // `delete`: a warning; then it counts as delivered
};

struct TroubleName {
  Trouble trouble;
  std::string_view name;
};
inline constexpr std::array<TroubleName, 6> kTroubles{{
    {Trouble::undecodable_record, "undecodable_record"},
    {Trouble::oversize_record, "oversize_record"},
    {Trouble::corrupt_object, "corrupt_object"},
    {Trouble::unknown_codec, "unknown_codec"},
    {Trouble::limit_exceeded, "limit_exceeded"},
    {Trouble::unknown_format, "unknown_format"},
}};

struct DispositionName {
  Disposition disposition;
  std::string_view name;
};
inline constexpr std::array<DispositionName, 4> kDispositions{{
    {Disposition::send_raw, "send_raw"},
    {Disposition::leave, "leave"},
    {Disposition::quarantine, "quarantine"},
    {Disposition::remove, "delete"},
}};

constexpr std::string_view name_of(Trouble trouble) {
  return kTroubles[static_cast<std::size_t>(trouble)].name;
}

constexpr std::string_view name_of(Disposition disposition) {
  for (const DispositionName& one : kDispositions) {
    if (one.disposition == disposition) return one.name;
  }
  return "";
}

// One disposition for each trouble.
class Dispositions {
 public:
  static constexpr Disposition standard(Trouble trouble) {
    return trouble == Trouble::undecodable_record ? Disposition::send_raw : Disposition::leave;
  }

  constexpr Dispositions() {
    for (const TroubleName& one : kTroubles) set(one.trouble, standard(one.trouble));
  }
  [[nodiscard]] constexpr Disposition of(Trouble trouble) const { return of_[static_cast<std::size_t>(trouble)]; }
  constexpr void set(Trouble trouble, Disposition disposition) { of_[static_cast<std::size_t>(trouble)] = disposition; }
  [[nodiscard]] constexpr bool any(Disposition disposition) const {
    for (const Disposition one : of_) {
      if (one == disposition) return true;
    }
    return false;
  }

 private:
  std::array<Disposition, kTroubles.size()> of_{};
};

}  // namespace dray::flow
