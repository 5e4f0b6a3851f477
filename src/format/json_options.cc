#include "format/json_options.h"

#include <algorithm>

#include <fmt/format.h>

#include "format/option_check.h"

namespace dray::format {
namespace {

constexpr std::size_t kPathMax = 16;  // names in a path; each is an object that the walk is inside of

bool is_beginning(const KeyPath& path, const KeyPath& of) {
  return path.size() <= of.size() && std::equal(path.begin(), path.end(), of.begin());
}

bool all_texts(const Setting::List& list) {
  return !list.empty() && std::all_of(list.begin(), list.end(), [](const Setting& item) {
    return item.if_text() != nullptr && !item.if_text()->empty();
  });
}

// A name, or a list of names and of paths.
void check_paths(const Settings& options, const std::string& option, OptionFaults& faults) {
  const Setting* value = options.find(option);
  if (value == nullptr || (value->if_text() != nullptr && !value->if_text()->empty())) {
    return;
  }
  const Setting::List* list = value->if_list();
  const bool usable =
      list != nullptr && !list->empty() && std::all_of(list->begin(), list->end(), [](const Setting& item) {
        return item.if_list() != nullptr ? all_texts(*item.if_list())
                                         : item.if_text() != nullptr && !item.if_text()->empty();
      });
  if (!usable) {
    faults.add(option, "must be a name, or a list of names, of which each may be a list: a path");
    return;
  }
  const std::vector<KeyPath> paths = key_paths(options, option);
  if (list->size() > RecordKeys::kMax) {
    faults.add(option, fmt::format("has more than {} names", RecordKeys::kMax));
  }
  if (std::any_of(paths.begin(), paths.end(), [](const KeyPath& path) { return path.size() > kPathMax; })) {
    faults.add(option, fmt::format("has a path of more than {} names", kPathMax));
  }
}

// Of two keys none may be on the way to the other: what stands there would be a record and would be walked.
void check_apart(const Settings& options, const std::string& option, OptionFaults& faults) {
  const std::vector<KeyPath> paths = key_paths(options, option);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    for (std::size_t j = 0; j < paths.size(); ++j) {
      if (i == j || !is_beginning(paths[i], paths[j])) continue;
      faults.add(option, paths[i] == paths[j] ? fmt::format(R"(names "{}" twice)", fmt::join(paths[i], "."))
                                              : fmt::format(R"(names "{}", which is on the way to "{}")",
                                                            fmt::join(paths[i], "."), fmt::join(paths[j], ".")));
      return;
    }
  }
}

void check_names(const Settings& options, const std::string& option, OptionFaults& faults) {
  const Setting* value = options.find(option);
  if (value == nullptr) {
    return;
  }
  const Settings* names = value->if_settings();
  if (names == nullptr || names->empty()) {
    faults.add(option, "must be a mapping of names to names");
    return;
  }
  for (const auto& [name, text] : names->members()) {
    if (name.empty() || text.if_text() == nullptr || text.if_text()->empty()) {
      faults.add(fmt::format("{}.{}", option, name), "must be a name; neither side may be empty");
    }
  }
}

void check_needs_key(const Settings& options, std::span<const Option> table, OptionFaults& faults) {
  const bool has_key = std::any_of(table.begin(), table.end(), [](const Option& one) { return one.name == "key"; });
  for (const char* option : {"control_key", "include", "skip"}) {
    if (has_key && options.contains(option) && !options.contains("key")) {
      faults.add(option, "needs key beside it");
    }
  }
  for (const KeyPath& path : key_paths(options, "key")) {
    for (const std::string_view option : {"include", "skip"}) {
      for (const auto& [name, text] : names_of(options, option)) {
        if (name == path.front()) {
          faults.add(fmt::format("{}.{}", option, name), "is a name of key, which leads to the records");
        }
      }
    }
  }
}

}  // namespace

std::vector<KeyPath> key_paths(const Settings& options, std::string_view option) {
  std::vector<KeyPath> paths;
  const Setting* value = options.find(option);
  if (value == nullptr) {
    return paths;
  }
  const Setting::List one{*value};
  for (const Setting& item : value->if_list() != nullptr ? *value->if_list() : one) {
    KeyPath path = item.texts();
    if (!path.empty() && !path.front().empty() && paths.size() < RecordKeys::kMax) {
      paths.push_back(std::move(path));
    }
  }
  return paths;
}

Names names_of(const Settings& options, std::string_view option) {
  Names names;
  const Setting* value = options.find(option);
  if (value != nullptr && value->if_settings() != nullptr) {
    for (const auto& [name, text] : value->if_settings()->members()) {
      if (text.if_text() != nullptr) {
        names.emplace_back(name, *text.if_text());
      }
    }
  }
  return names;
}

JsonWalk walk_of(const Settings& options) {
  JsonWalk walk;
  walk.keys = key_paths(options, "key");
  walk.skip = names_of(options, "skip");
  if (options.contains("control_key")) {
    walk.control_key = options.text("control_key");
  } else if (std::find(walk.keys.begin(), walk.keys.end(), KeyPath{"Records"}) != walk.keys.end()) {
    // The AWS CloudTrail User Guide, "CloudTrail digest file structure": every digest has it, no log file does.
    walk.control_key = "digestStartTime";
  }
  return walk;
}

JsonShape shape_of(const Settings& options) {
  JsonShape shape;
  shape.extraction = key_paths(options, "extraction_key");
  shape.rename = names_of(options, "rename");
  shape.include = names_of(options, "include");
  shape.flat = parse_switch(options.text("flat")).value_or(false);
  return shape;
}

OptionFaults check_json(std::string_view format, const Settings& options, std::span<const Option> table) {
  OptionFaults faults;
  check_known(format, options, table, faults);
  // What is wrong with an option already is not told again in other words.
  for (const char* option : {"key", "keys", "extraction_key"}) {
    if (!faults.has(option)) check_paths(options, option, faults);
  }
  for (const char* option : {"key", "keys"}) {
    if (!faults.has(option)) check_apart(options, option, faults);
  }
  for (const char* option : {"include", "rename", "skip"}) {
    if (!faults.has(option)) check_names(options, option, faults);
  }
  const Setting* control = options.find("control_key");
  if (control != nullptr && control->if_text() == nullptr) faults.add("control_key", "must be the name of a member");
  if (!faults.has("flat")) check_switch(options, "flat", faults);
  check_needs_key(options, table, faults);
  return faults;
}

}  // namespace dray::format
