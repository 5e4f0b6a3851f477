// For the tests of format/: run a splitter over text cut at chosen places and keep what came out.
#pragma once

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "format/splitter.h"
#include "json/members.h"

namespace dray::format {

struct Outcome {
  std::vector<std::string> records;
  std::vector<bool> json;
  std::vector<flow::Flaw> flaws;
  std::string code;  // "" = ok
  std::string message;

  bool operator==(const Outcome& other) const {
    return records == other.records && json == other.json && flaws == other.flaws && code == other.code;
  }
  friend void PrintTo(const Outcome& outcome, std::ostream* out) {
    for (std::size_t i = 0; i < outcome.records.size(); ++i) {
      *out << "\n  " << (outcome.json[i] ? "json " : "text ") << static_cast<int>(outcome.flaws[i]) << ' '
           << outcome.records[i];
    }
    *out << "\n  " << outcome.code;
  }
};

class Kept final : public flow::RecordSink {
 public:
  Status accept(const flow::Record& record) override {
    outcome.records.emplace_back(record.bytes);
    outcome.json.push_back(record.is_json);
    outcome.flaws.push_back(record.flaw);
    EXPECT_FALSE(record.is_json && record.flaw != flow::Flaw::none);
    if (record.members && record.bytes.starts_with('{')) {
      std::vector<std::uint32_t> colons;
      EXPECT_TRUE(json::scan_members(record.bytes, colons));
      EXPECT_EQ(colons, std::vector<std::uint32_t>(record.members->begin(), record.members->end())) << record.bytes;
    }
    EXPECT_EQ(record.bytes.find('\n'), std::string_view::npos);
    return {};
  }
  Outcome outcome;
};

using Options = Settings;

// next_size: how long the next piece is.
template <class NextSize>
Outcome split_by(std::string_view format, const SplitterOptions& options, std::string_view text, NextSize next_size) {
  Kept kept;
  const auto splitter = find_format(format)->make(options, kept);
  Status status;
  while (status.ok() && !text.empty()) {
    const std::string_view chunk = text.substr(0, next_size());
    // A copy of its own, so that a sanitizer sees a read beyond it.
    const std::vector<char> copy(chunk.begin(), chunk.end());
    status = splitter->write({copy.data(), copy.size()});
    text.remove_prefix(chunk.size());
  }
  if (status) {
    status = splitter->finish();
  }
  if (!status) {
    EXPECT_EQ(status.error().kind, ErrorKind::poison);
    kept.outcome.code = status.error().code;
    kept.outcome.message = status.error().message;
  }
  return kept.outcome;
}

inline Outcome split(std::string_view format, const Options& options, std::string_view text) {
  return split_by(format, {.options = options}, text, [] { return std::string_view::npos; });
}

}  // namespace dray::format
