// Complaint: one thing that is wrong in the user's configuration, and where; Complaints: all of them, found in one
// pass.
//
// Made by config/load.cc and config/definition_parser.cc, printed by `dray check` and at the start. Nobody stops at
// the first complaint: the user should mend everything at once. A message says what is wrong and what is allowed,
// names the nearest known key where a key is unknown, and never shows a secret. At most kComplaintsMax are kept;
// the rest is counted. Values; not thread-safe.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dray::config {

struct Complaint {
  enum class Severity { error, warning };
  Severity severity = Severity::error;
  std::string file;
  int line = 0;         // 1-based; 0: unknown
  std::string key;      // dotted path: inputs.sqs_collector.region; may be empty
  std::string message;  // one sentence

  bool operator==(const Complaint&) const = default;
};

inline constexpr std::size_t kComplaintsMax = 1'000;

class Complaints {
 public:
  void add(Complaint complaint);
  void error(std::string file, int line, std::string key, std::string message);
  void warning(std::string file, int line, std::string key, std::string message);
  // Takes over all of the other's.
  void append(const Complaints& other);

  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] std::size_t errors() const { return errors_; }      // how many, those not kept included
  [[nodiscard]] std::size_t warnings() const { return warnings_; }  // the same
  [[nodiscard]] bool full() const { return all_.size() >= kComplaintsMax; }
  [[nodiscard]] const std::vector<Complaint>& all() const { return all_; }  // as they were found
  // By file, line, then key; equal places keep the order in which they were found.
  [[nodiscard]] std::vector<Complaint> sorted() const;
  // One line each, sorted, each ending in LF: `file:line: error: key: message`. Without a line `file: error: …`.
  [[nodiscard]] std::string text() const;

 private:
  std::vector<Complaint> all_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
};

// `file:line: error: key: message`, without line end.
std::string to_text(const Complaint& complaint);

// The known name that the user probably meant: least edit distance (a swap of neighbours counts one, case counts
// nothing), at most a third of the longer name's length. Empty if none is near.
std::string_view nearest_key(std::string_view name, std::span<const std::string_view> known);

// The first of the known names that has what was written in it, if that is of three characters or more. Empty if none
// has.
std::string_view name_with_part(std::string_view part, std::span<const std::string_view> known);

}  // namespace dray::config
