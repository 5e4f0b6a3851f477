#include "format/json_options.h"

#include <algorithm>

#include <fmt/format.h>

#include "format/option_check.h"

namespace dray::format {
namespace {

constexpr std::size_t kPathMax = 16;  // names in a path; each is an object that the walk is inside of

Error bad_option(std::string_view format, std::string_view option, std::string_view fault) {
  return {ErrorKind::config, "bad_option", fmt::format("file_format {}: config.{} {}", format, option, fault)};
}

bool is_beginning(const KeyPath& path, const KeyPath& of) {
  return path.size() <= of.size() && std::equal(path.begin(), path.end(), of.begin());
}

bool all_texts(const Setting::List& list) {
  return !list.empty() && std::all_of(list.begin(), list.end(), [](const Setting& item) {
    return item.if_text() != nullptr && !item.if_text()->empty();
  });
}

// A name, or a list of names and of paths.
Status check_paths(std::string_view format, const Settings& options, std::string_view option) {
  const Setting* value = options.find(option);
  if (value == nullptr || (value->if_text() != nullptr && !value->if_text()->empty())) {
    return {};
  }
  const Setting::List* list = value->if_list();
  const bool usable =
      list != nullptr && !list->empty() && std::all_of(list->begin(), list->end(), [](const Setting& item) {
        return item.if_list() != nullptr ? all_texts(*item.if_list())
                                         : item.if_text() != nullptr && !item.if_text()->empty();
      });
  if (!usable) {
    return bad_option(format, option, "must be a name, or a list of names, of which each may be a list: a path");
  }
  const std::vector<KeyPath> paths = key_paths(options, option);
  if (paths.size() > RecordKeys::kMax) {
    return bad_option(format, option, fmt::format("has more than {} names", RecordKeys::kMax));
  }
  if (std::any_of(paths.begin(), paths.end(), [](const KeyPath& path) { return path.size() > kPathMax; })) {
    return bad_option(format, option, fmt::format("has a path of more than {} names", kPathMax));
  }
  return {};
}

// Of two keys none may be on the way to the other: what stands there would be a record and would be walked.
Status check_apart(std::string_view format, const Settings& options, std::string_view option) {
  const std::vector<KeyPath> paths = key_paths(options, option);
  for (std::size_t i = 0; i < paths.size(); ++i) {
    for (std::size_t j = 0; j < paths.size(); ++j) {
      if (i != j && is_beginning(paths[i], paths[j])) {
        return bad_option(format, option,
                          paths[i] == paths[j] ? fmt::format(R"(names "{}" twice)", fmt::join(paths[i], "."))
                                               : fmt::format(R"(names "{}", which is on the way to "{}")",
                                                             fmt::join(paths[i], "."), fmt::join(paths[j], ".")));
      }
    }
  }
  return {};
}

Status check_names(std::string_view format, const Settings& options, std::string_view option) {
  const Setting* value = options.find(option);
  if (value == nullptr) {
    return {};
  }
  const Settings* names = value->if_settings();
  const bool usable =
      names != nullptr && !names->empty() &&
      std::all_of(names->members().begin(), names->members().end(), [](const auto& member) {
        return !member.first.empty() && member.second.if_text() != nullptr && !member.second.if_text()->empty();
      });
  return usable ? Status() : bad_option(format, option, "must be a mapping of names to names");
}

Status check_needs_key(std::string_view format, const Settings& options, std::span<const Option> table) {
  const bool has_key = std::any_of(table.begin(), table.end(), [](const Option& one) { return one.name == "key"; });
  for (const std::string_view option : {"control_key", "include", "skip"}) {
    if (has_key && options.contains(option) && !options.contains("key")) {
      return bad_option(format, option, "needs config.key beside it");
    }
  }
  for (const KeyPath& path : key_paths(options, "key")) {
    for (const std::string_view option : {"include", "skip"}) {
      for (const auto& [name, text] : names_of(options, option)) {
        if (name == path.front()) {
          return bad_option(format, option, fmt::format(R"(names "{}", which leads to the records)", name));
        }
      }
    }
  }
  return {};
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

Status check_json(std::string_view format, const Settings& options, std::span<const Option> table) {
  Status status = check_known(format, options, table);
  for (const std::string_view option : {"key", "keys", "extraction_key"}) {
    status = status ? check_paths(format, options, option) : status;
  }
  for (const std::string_view option : {"key", "keys"}) {
    status = status ? check_apart(format, options, option) : status;
  }
  for (const std::string_view option : {"include", "rename", "skip"}) {
    status = status ? check_names(format, options, option) : status;
  }
  status = status ? check_switch(format, options, "flat") : status;
  return status ? check_needs_key(format, options, table) : status;
}

}  // namespace dray::format
