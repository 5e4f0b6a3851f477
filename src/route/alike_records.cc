#include "route/alike_records.h"

#include <algorithm>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace dray::route {
namespace {

// Bit i: the bytes at i are the same.
#if defined(__SSE2__)
std::uint64_t same_16(const char* one, const char* other) {
  const __m128i a = _mm_loadu_si128(reinterpret_cast<const __m128i*>(one));
  const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(other));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(a, b)));
}

// Written out, for g++ 12 leaves a loop of four rounds a loop.
std::uint64_t same_bytes(const char* one, const char* other) {
  return same_16(one, other) | same_16(one + 16, other + 16) << 16U | same_16(one + 32, other + 32) << 32U |
         same_16(one + 48, other + 48) << 48U;
}
#else
std::uint64_t same_bytes(const char* one, const char* other) {
  std::uint64_t same = 0;
  for (unsigned i = 0; i < 64; ++i) same |= static_cast<std::uint64_t>(one[i] == other[i]) << i;
  return same;
}
#endif

}  // namespace

bool AlikeRecords::fits(const flow::Record& record) {
  return record.is_json && record.members && record.bytes.size() >= kWide && !record.members->empty() &&
         record.members->size() <= kMembersMax && record.bytes.front() == '{';
}

std::size_t AlikeRecords::begin_around(std::string_view bytes, std::uint32_t colon) {
  return std::min(colon < kBefore ? std::size_t{0} : colon - kBefore, bytes.size() - kWide);
}

// Of the first bytes of the values, where there are so many.
std::size_t AlikeRecords::place_of(const flow::Record& record) {
  constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ULL;
  std::uint64_t hash = record.members->size();
  for (const std::uint32_t colon : *record.members) {
    std::uint64_t value = 0;
    std::memcpy(&value, record.bytes.data() + std::min<std::size_t>(colon + 1, record.bytes.size() - sizeof value),
                sizeof value);
    hash = (hash ^ value) * kGolden;
    hash ^= hash >> 32U;
  }
  return (hash * kGolden) >> kHashShift;
}

bool AlikeRecords::reads_like(const flow::Record& record, const Entry& entry) {
  const std::span<const std::uint32_t> colons = *record.members;
  if (entry.members != colons.size()) return false;
  std::uint64_t unlike = 0;
  for (std::size_t i = 0; i < colons.size(); ++i) {
    const Member& member = entry.member[i];
    const std::size_t begin = begin_around(record.bytes, colons[i]);
    unlike |= ~same_bytes(record.bytes.data() + begin, member.bytes.data()) & member.same;
    unlike |= (colons[i] - begin) ^ member.colon;
  }
  return unlike == 0;
}

const Decision* AlikeRecords::find(const flow::Record& record) {
  if (entries_.empty() || !fits(record)) return nullptr;
  const std::size_t number = numbers_[place_of(record)];
  if (number == 0) return nullptr;
  const Entry& entry = entries_[number - 1];
  if (!reads_like(record, entry)) return nullptr;
  misses_ -= misses_ == 0 ? 0 : 1;
  return &entry.decision;
}

// The bytes that say which member stands at a colon, and, if it is one of the heads, its value. False if they do not
// fit, or the name is not written as it is.
bool AlikeRecords::note(std::string_view bytes, std::uint32_t colon, std::span<const RecordPaths::Head> heads,
                        Member& member) {
  const std::size_t begin = begin_around(bytes, colon);
  if (colon < begin + 2 || bytes[colon - 1] != '"') return false;
  const std::string_view before = bytes.substr(begin, colon - 1 - begin);
  const std::size_t quote = before.rfind('"');
  if (quote == std::string_view::npos || quote == 0 || before.find('\\', quote - 1) != std::string_view::npos) {
    return false;
  }
  std::size_t end = colon + 1;
  for (const RecordPaths::Head& head : heads) {
    if (head.colon != colon) continue;
    if (head.value.empty()) return false;
    end = static_cast<std::size_t>(head.value.data() - bytes.data()) + head.value.size();
    // A string ends at its quote, anything else at what follows it.
    end += head.value.front() == '"' ? 0U : 1U;
  }
  if (end > bytes.size() || end - begin > kWide) return false;
  std::memcpy(member.bytes.data(), bytes.data() + begin, kWide);
  member.colon = static_cast<std::uint32_t>(colon - begin);
  const std::size_t from = quote - 1;  // the byte before the quote says that it is none in a string
  const std::size_t count = end - begin - from;
  member.same = (count == kWide ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1) << from;
  return true;
}

AlikeRecords::Entry& AlikeRecords::entry_for(std::size_t place) {
  std::uint8_t& number = numbers_[place];
  if (number == 0 && entries_.size() < kEntriesMax) {
    entries_.emplace_back();
    number = static_cast<std::uint8_t>(entries_.size());
  } else if (number == 0) {
    numbers_[entries_[oldest_].place] = 0;
    number = static_cast<std::uint8_t>(oldest_ + 1);
    oldest_ = (oldest_ + 1) % kEntriesMax;
  }
  Entry& entry = entries_[number - 1];
  entry.place = place;
  return entry;
}

void AlikeRecords::keep(const flow::Record& record, std::span<const RecordPaths::Head> heads,
                        const Decision& decision) {
  if (given_up_ || !fits(record)) return;
  if (++misses_ > kMissesMax) {
    given_up_ = true;
    entries_ = std::vector<Entry>();
    return;
  }
  const std::span<const std::uint32_t> colons = *record.members;
  std::array<Member, kMembersMax> noted;
  for (std::size_t i = 0; i < colons.size(); ++i) {
    if (!note(record.bytes, colons[i], heads, noted[i])) return;
  }
  Entry& entry = entry_for(place_of(record));
  std::copy_n(noted.begin(), colons.size(), entry.member.begin());
  entry.members = colons.size();
  entry.decision = decision;
}

}  // namespace dray::route
