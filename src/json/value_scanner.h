// ValueScanner: finds the end of one JSON object or array in a stream of chunks, at several GB/s.
//
// Used by the splitters. Looks at 64 bytes at a time (AVX-512 or AVX2 and carry-less multiply where the processor has
// them, else SSE2 or plain C++) for strings, escapes and brackets, up to 16 KiB ahead, and then at the brackets alone;
// the state survives a chunk border at any byte. On the same pass it collects the ':' of the container's own members
// and whether there is white space outside strings. Told which names are looked for, it leaves out most of the others:
// their ends are compared 64 bytes at a time too, so that a record of twenty members costs two or three steps instead
// of twenty. It checks that brackets nest by kind and strings end; nothing else of the grammar. Faults are states, not
// errors. Memory: 90 KiB for what was looked at ahead, of which little is touched, and 4 bytes per collected member.
// One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/kernel.h"

namespace dray::json {

class ValueScanner {
 public:
  explicit ValueScanner(const Kernel& kernel = best_kernel()) : kernel_(&kernel) {}

  // Only members of these names matter from now on: the colons of all others may be missing. Decoded, as json/members.h
  // takes them. If their ends cannot be compared at once (see NameEnds): the colons of all members, as at first.
  void look_for(std::span<const std::string> names);

  // All of the bytes that the following chunks are taken from; they stay as they are until the next such call. What was
  // looked at behind the end of one value is then not looked at again for the next. Without it every chunk is by
  // itself.
  void read_from(std::string_view bytes);

  // A new value. collect: keep the colons of its members (values under 4 GiB only).
  void begin(bool collect);
  // The colons of the value at hand are not wanted any more; there are none.
  void stop_collecting() {
    state_.collect = false;
    state_.colon_count = 0;
  }

  // Takes bytes up to the end of the value, all of the chunk if it does not end there, or up to a fault. The value's
  // first byte must be '{' or '['. Returns how many were taken.
  std::size_t scan(std::string_view chunk);

  [[nodiscard]] bool done() const { return state_.end == ScanEnd::done; }
  [[nodiscard]] bool mismatched() const { return state_.end == ScanEnd::mismatched; }
  [[nodiscard]] bool too_deep() const { return state_.end == ScanEnd::too_deep; }
  // Bytes of the value taken so far.
  [[nodiscard]] std::uint64_t size() const { return state_.place.taken; }
  // True if there may be white space (or another control byte) outside strings or a line feed anywhere; false if there
  // is none for certain.
  [[nodiscard]] bool has_blanks() const { return state_.place.blanks != 0; }
  // Offsets from the value's first byte; valid until begin().
  [[nodiscard]] std::span<const std::uint32_t> colons() const { return {colons_.data(), state_.colon_count}; }

 private:
  const Kernel* kernel_;
  ScanState state_;
  NameEnds names_;
  bool all_names_ = true;
  std::vector<std::uint32_t> colons_;
};

}  // namespace dray::json
