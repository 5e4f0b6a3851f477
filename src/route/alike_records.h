// AlikeRecords: what was decided for records that read the same wherever the service looks, so that the next one of
// them costs a few comparisons instead of a search for names and values.
//
// Used by the router before it looks into a record. Of a record with few members that may be looked at (splitters leave
// out the others, see flow/record.h) it keeps the bytes around their colons: from before the name's quote to the end of
// the value. Another record with as many members and the same bytes there has the same names and values, doubled ones
// included, and so the same decision. What does not fit is not kept, and a service whose records are seldom alike is
// soon left alone. One thread at a time.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "flow/record.h"
#include "route/decision_cache.h"
#include "route/record_paths.h"

namespace dray::route {

class AlikeRecords {
 public:
  // The decision for a record alike, or nullptr. Good until the next call of keep().
  [[nodiscard]] const Decision* find(const flow::Record& record);

  // Of a record that find() did not know. heads: as RecordPaths found them in it.
  void keep(const flow::Record& record, std::span<const RecordPaths::Head> heads, const Decision& decision);

 private:
  static constexpr std::size_t kEntriesMax = 64;
  // Many more places than entries, so that two kinds of records seldom want the same one.
  static constexpr std::size_t kPlaces = 1024;
  static constexpr unsigned kHashShift = 64 - 10;
  static constexpr std::size_t kMembersMax = 6;
  // Bytes around a colon, and where in them it stands if the record begins and ends further away: names of up to 21
  // bytes and values of up to 39 fit (CloudTrail's recipientAccountId, application-autoscaling.amazonaws.com).
  static constexpr std::size_t kWide = 64;
  static constexpr std::size_t kBefore = 24;
  // So many more misses than hits, and nothing is kept any more.
  static constexpr std::uint32_t kMissesMax = 256;

  struct Member {
    std::array<char, kWide> bytes;
    std::uint64_t same = 0;   // bit i: byte i must be the same
    std::uint32_t colon = 0;  // its place in them
  };
  struct Entry {
    std::size_t members = 0;
    std::size_t place = 0;
    std::array<Member, kMembersMax> member;
    Decision decision;
  };

  // Small, and wanted in the middle of find().
  [[nodiscard, gnu::always_inline]] static inline bool fits(const flow::Record& record);
  [[gnu::always_inline]] static inline std::size_t begin_around(std::string_view bytes, std::uint32_t colon);
  [[gnu::always_inline]] static inline std::size_t place_of(const flow::Record& record);
  [[nodiscard, gnu::always_inline]] static inline bool reads_like(const flow::Record& record, const Entry& entry);
  static bool note(std::string_view bytes, std::uint32_t colon, std::span<const RecordPaths::Head> heads,
                   Member& member);

  Entry& entry_for(std::size_t place);

  std::array<std::uint8_t, kPlaces> numbers_{};  // of the entries, from 1; 0: none
  std::vector<Entry> entries_;
  std::size_t oldest_ = 0;    // the next to go, when there are kEntriesMax
  std::uint32_t misses_ = 0;  // less the hits
  bool given_up_ = false;
};

}  // namespace dray::route
