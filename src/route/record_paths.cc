#include "route/record_paths.h"

#include <algorithm>
#include <bit>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "json/members.h"

namespace dray::route {
namespace {

constexpr std::uint32_t kNone = 0;  // no colon stands at an object's first byte

enum class KeyForm { plain, unusual };

struct Key {
  KeyForm form = KeyForm::unusual;
  std::string_view text;  // of a plain one
};

// The key before a colon. Plain: a quote right before the colon and no backslash up to the quote before it, so that
// the text between is the key, decoded. All else is unusual.
Key key_by_bytes(std::string_view object, std::size_t colon) {
  if (colon < 2 || colon > object.size() || object[colon - 1] != '"') return {};
  const std::size_t end = colon - 1;
  std::size_t begin = end;
  while (begin > 0 && object[begin - 1] != '"') {
    if (object[begin - 1] == '\\') return {};
    --begin;
  }
  if (begin < 2 || object[begin - 2] == '\\') return {};
  return {KeyForm::plain, object.substr(begin, end - begin)};
}

#if defined(__SSE2__)
std::uint32_t places_of(char byte, const char* at) {
  const __m128i wanted = _mm_set1_epi8(byte);
  const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at + 16));
  return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(low, wanted))) |
         static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(high, wanted))) << 16U;
}
#endif

// The same, looking at 32 bytes at once: most keys are shorter, and a loop whose length differs from member to member
// costs more in wrong guesses of the processor than in work.
Key key_before(std::string_view object, std::size_t colon) {
#if defined(__SSE2__)
  constexpr std::size_t kWide = 32;
  if (colon >= kWide && colon <= object.size()) {
    const char* at = object.data() + colon - kWide;
    const std::uint32_t quotes = places_of('"', at);
    const std::uint32_t before_last = quotes & 0x7FFFFFFFU;
    if ((quotes >> 31U) == 1U && before_last > 1U) {
      // The place of the quote that opens the key, unless that one is escaped.
      const auto opening = 31U - static_cast<std::uint32_t>(std::countl_zero(before_last));
      // From the byte before the opening quote on.
      if ((places_of('\\', at) >> (opening - 1U)) != 0) return {};
      const std::size_t begin = opening + 1U;
      return {KeyForm::plain, std::string_view(at + begin, kWide - 1 - begin)};
    }
  }
#endif
  return key_by_bytes(object, colon);
}

}  // namespace

std::span<const std::string_view> RecordPaths::find(const flow::Record& record) {
  std::fill(values_.begin(), values_.end(), std::string_view{});
  std::fill(heads_.begin(), heads_.end(), Head());
  if (!record.is_json || paths_.empty() || record.bytes.empty()) return values_;
  if (record.bytes.front() == '{') {
    if (!record.members) json::scan_members(record.bytes, collected_);
    find_in_object(record.bytes, record.members.value_or(collected_));
  } else {
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      values_[i] = json::find_path(record.bytes, {}, paths_[i]).value_or(std::string_view{});
    }
  }
  return values_;
}

// From the last member to the first, because of a doubled key the last counts. One pass for all paths: a record has
// some twenty members, and looking for each path by itself would read every key once per path.
void RecordPaths::find_in_object(std::string_view object, std::span<const std::uint32_t> members) {
  std::size_t missing = paths_.size();
  for (std::size_t m = members.size(); m-- > 0 && missing > 0;) {
    const Key key = key_before(object, members[m]);
    if (key.form == KeyForm::plain && !may_be_wanted(key.text.size())) continue;
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      if (heads_[i].colon != kNone) continue;
      const std::string& wanted = paths_[i].front();
      if (key.form == KeyForm::plain ? key.text != wanted
                                     : !json::find_member(object, members.subspan(m, 1), wanted).has_value()) {
        continue;
      }
      heads_[i].colon = members[m];
      --missing;
    }
  }
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    if (heads_[i].colon == kNone) continue;
    heads_[i].value = json::value_behind(object, heads_[i].colon);
    values_[i] =
        paths_[i].size() == 1
            ? heads_[i].value
            : json::find_path(heads_[i].value, {}, std::span(paths_[i]).subspan(1)).value_or(std::string_view{});
  }
}

}  // namespace dray::route
