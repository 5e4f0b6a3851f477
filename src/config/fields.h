// Fields: the keys of one mapping, checked against the table of keys, and read by type.
//
// Made for each mapping by the readers of sections (config/sections.h). Construction alone complains of unknown
// keys (with the nearest known one, or the place where the key belongs), of keys written twice, of those without
// effect and of those refused; other names lead to their key. The typed reads complain of a wrong value, say what
// is allowed, and never show a secret. A key without value (`id:`) counts as absent. Included only by config/*.cc,
// because it shows yaml-cpp. One thread.
#pragma once

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "config/complaint.h"
#include "config/keys.h"
#include "config/surroundings.h"

namespace dray::config {

// What every reader needs: which file this is, what is around it, where complaints go. The references outlive the
// reader.
struct Reading {
  std::string file;
  const Surroundings& around;
  Complaints& out;
};

struct Range {
  std::int64_t least;
  std::int64_t most;
};

class Fields {
 public:
  // `also`: a second section whose keys may stand in this mapping.
  Fields(const Reading& reading, Section section, const YAML::Node& node, std::string path,
         std::optional<Section> also = std::nullopt);

  [[nodiscard]] bool has(std::string_view name) const { return entries_.contains(name); }
  // The line of the key, or of the mapping if it has no such key.
  [[nodiscard]] int line(std::string_view name) const;
  [[nodiscard]] std::string path_of(std::string_view name) const;
  [[nodiscard]] const Reading& reading() const { return reading_; }

  void error(std::string_view name, std::string message) const;
  void warning(std::string_view name, std::string message) const;
  void missing(std::string_view name, std::string_view what) const;

  [[nodiscard]] std::optional<std::string> text(std::string_view name) const;
  // One of `allowed`, in any case; a complaint and nothing otherwise.
  [[nodiscard]] std::optional<std::string> choice(std::string_view name,
                                                  std::span<const std::string_view> allowed) const;
  [[nodiscard]] std::optional<bool> boolean(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> integer(std::string_view name, Range allowed) const;
  // A number of bytes, as such or with KiB, MiB, GiB or TiB (KB and K, and so on, mean the same: powers of 1,024).
  [[nodiscard]] std::optional<std::int64_t> bytes(std::string_view name, Range allowed) const;
  // The value, or what stands in the file that <name>_file names (below credentials/, final line end removed).
  [[nodiscard]] Secret secret(std::string_view name) const;
  // A complaint if the value is not a whole number in the page's range, or longer or shorter than the page advises.
  void advise_range(std::string_view name, std::int64_t value, Range advised) const;
  void advise_length(std::string_view name, std::string_view value, Range advised) const;

  // The line of the key whose value these are: what is missing in it is told there.
  void stands_at(int line) { line_ = line; }

  // The value as it stands; Null if absent.
  [[nodiscard]] YAML::Node node(std::string_view name) const;
  [[nodiscard]] Fields child(std::string_view name, Section section) const;

 private:
  struct Entry {
    YAML::Node value;
    std::string written;  // the name in the file
    int line = 0;
  };

  void take(const YAML::Node& key, const YAML::Node& value);
  void unknown(const std::string& name, int line) const;
  [[nodiscard]] const Key* known(std::string_view name) const;
  [[nodiscard]] const Entry* find(std::string_view name) const;
  [[nodiscard]] std::string_view kind_of(std::string_view name) const;
  [[nodiscard]] Secret secret_from_file(std::string_view file_key) const;

  Reading reading_;
  Section section_;
  std::optional<Section> also_;
  std::string path_;
  int line_ = 0;
  std::map<std::string, Entry, std::less<>> entries_;
};

// A mapping of things by their own names: inputs, outputs, services. Complains if it is something else or a name stands
// twice; what a null holds is nothing.
struct Named {
  std::string name;
  YAML::Node value;
  int line = 0;
};
std::vector<Named> named_children(const Reading& reading, const YAML::Node& node, const std::string& path,
                                  std::string_view what);

// False if its `enabled` says so; the rest of a disabled part is not looked at, it may well hold placeholders.
bool is_enabled(const Reading& reading, const Named& part, Section section);

// In quotes, control characters escaped, cut to 80 characters.
std::string in_quotes(std::string_view value);

}  // namespace dray::config
