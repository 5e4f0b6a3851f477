// Of the sections globals: and global_overrides:, and where state lies. The others have files of their own.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/sections.h"

namespace dray::config {

std::string collector_name(const Fields& fields, std::string_view key, const std::string& written) {
  std::string name = written;
  for (char& c : name) {
    if (c == '.' || c == '#' || c == ' ') c = '_';
  }
  const bool allowed = std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  });
  if (!allowed) {
    fields.error(key, fmt::format(R"({} is not allowed; allowed: letters, digits, "-" and "_")", in_quotes(written)));
  } else if (name != written) {
    fields.warning(key, fmt::format("{} is used as {}", in_quotes(written), in_quotes(name)));
  }
  fields.advise_length(key, name, {1, 10});
  return name;
}

void read_persistence(const Fields& fields, Globals& into) {
  static constexpr std::array<std::string_view, 3> kTypes = {"filesystem", "memory", "redis"};
  const auto type = fields.choice("type", kTypes);
  if (type && *type != "filesystem") {
    fields.warning(
        "type", fmt::format("\"{}\" is not needed here: the queue itself is the database, and the little local state "
                            "lies in the directory {}; allowed: filesystem",
                            *type, in_quotes(into.state_directory)));
  }
  const Fields config = fields.child("config", Section::persistence_config);
  if (const auto directory = config.text("directory_name")) into.state_directory = *directory;
}

void read_globals(const Fields& fields, Globals& into) {
  static constexpr std::array<std::string_view, 2> kFormats = {"text", "json"};
  if (const auto debug = fields.boolean("debug")) into.debug = *debug;
  if (const auto id = fields.text("id")) {
    into.id = *id;
    fields.advise_length("id", *id, {1, 5});
  }
  if (const auto name = fields.text("name")) into.name = collector_name(fields, "name", *name);
  if (const auto format = fields.choice("log_format", kFormats)) {
    into.log_format = *format == "json" ? LogFormat::json : LogFormat::text;
  }
  if (const auto bytes = fields.bytes("memory_bytes_max", {0, std::int64_t{1} << 40})) {
    constexpr std::int64_t kLeast = std::int64_t{32} << 20;
    into.memory_bytes_max = static_cast<std::uint64_t>(*bytes);
    if (*bytes > 0 && *bytes < kLeast) {
      fields.error("memory_bytes_max",
                   fmt::format("{} is too little to work with; at least {}, or 0 for no limit", *bytes, kLeast));
    }
  }
  if (const auto bytes = fields.bytes("quarantine_bytes_max", {std::int64_t{1} << 20, std::int64_t{1} << 42})) {
    into.quarantine_bytes_max = static_cast<std::uint64_t>(*bytes);
  }
  if (const auto grace = fields.integer("shutdown_grace_seconds", {0, 3600})) into.shutdown_grace = seconds(*grace);
  if (const auto period = fields.integer("sender_stats_period_in_sec", {10, 3600})) {
    into.sender_stats_period = seconds(*period);
    fields.advise_range("sender_stats_period_in_sec", *period, {60, 1800});
  }
  if (fields.has("persistence")) read_persistence(fields.child("persistence", Section::persistence), into);
}

}  // namespace dray::config
