// rooms: json
// Every kernel finds the same end and the same members; what is a JSON value is balanced, and stays one when made
// compact. A reader that looks at many bytes at once says what the one that looks at one says.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/assert.h"
#include "json/compact.h"
#include "json/members.h"
#include "json/strict.h"
#include "json/strict_reader.h"
#include "json/value_scanner.h"

namespace {

using dray::json::Kernel;
using dray::json::ValueScanner;

struct Seen {
  std::size_t taken = 0;
  bool done = false;
  bool blanks = false;
  std::vector<std::uint32_t> colons;
  bool operator==(const Seen&) const = default;
};

Seen scan(const Kernel& kernel, std::string_view text, std::size_t step) {
  ValueScanner scanner(kernel);
  scanner.begin(true);
  Seen seen;
  while (seen.taken < text.size() && !scanner.done() && !scanner.mismatched() && !scanner.too_deep()) {
    seen.taken += scanner.scan(text.substr(seen.taken, step));
  }
  seen.done = scanner.done();
  seen.blanks = scanner.has_blanks();
  seen.colons.assign(scanner.colons().begin(), scanner.colons().end());
  return seen;
}

// Every value that may begin in the text, each by itself and with what was looked at ahead of the one before it.
void scan_one_after_another(const Kernel& kernel, std::string_view text) {
  ValueScanner ahead(kernel);
  ahead.read_from(text);
  for (std::size_t at = 0; (at = text.find_first_of("{[", at)) != std::string_view::npos;) {
    const Seen expected = scan(kernel, text.substr(at), text.size());
    ahead.begin(true);
    const std::size_t taken = ahead.scan(text.substr(at));
    DRAY_ASSERT(taken == expected.taken && ahead.done() == expected.done && ahead.has_blanks() == expected.blanks);
    DRAY_ASSERT(std::vector<std::uint32_t>(ahead.colons().begin(), ahead.colons().end()) == expected.colons);
    at += expected.done ? taken : 1;
  }
}

void read_strictly(std::string_view text, bool value) {
  std::vector<std::uint32_t> colons;
  bool blanks = false;
  (void)dray::json::is_value(text, colons, blanks);
  dray::json::StrictReader reader;
  DRAY_ASSERT(reader.read(text) == value);
  DRAY_ASSERT(!value || reader.has_blanks() == blanks);
  DRAY_ASSERT(!value || std::vector<std::uint32_t>(reader.colons().begin(), reader.colons().end()) == colons);
}

void look_up(std::string_view text) {
  std::vector<std::uint32_t> colons;
  dray::json::scan_members(text, colons);
  const std::vector<std::string> path{"a", "-1", "b"};
  for (const auto& raw : {dray::json::find_member(text, colons, "a"), dray::json::find_path(text, {}, path)}) {
    if (raw) {
      const auto value = dray::json::string_value(*raw);
      DRAY_ASSERT(!value || value->size() <= raw->size());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const bool value = dray::json::is_value(text);
  if (!text.empty() && (text.front() == '{' || text.front() == '[')) {
    const Seen expected = scan(dray::json::best_kernel(), text, size + 1);
    for (const Kernel* kernel : dray::json::usable_kernels()) {
      DRAY_ASSERT(scan(*kernel, text, size + 1) == expected);
      DRAY_ASSERT(scan(*kernel, text, 1) == expected);
      DRAY_ASSERT(scan(*kernel, text, 65) == expected);
    }
    DRAY_ASSERT(!value || expected.done);
  }
  for (const Kernel* kernel : dray::json::usable_kernels()) {
    scan_one_after_another(*kernel, text);
  }
  read_strictly(text, value);
  std::string compacted;
  dray::json::compact(text, compacted);
  DRAY_ASSERT(compacted.find('\n') == std::string::npos);
  DRAY_ASSERT(!value || dray::json::is_value(compacted));
  // A line feed in a string becomes an escape, and that is JSON; nothing else becomes JSON.
  DRAY_ASSERT(value || text.find('\n') != std::string_view::npos || !dray::json::is_value(compacted));
  look_up(text);
  return 0;
}
