#include "format/option_check.h"

#include <algorithm>

#include <fmt/format.h>

namespace dray::format {
namespace {

bool among(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool among(std::initializer_list<std::string_view> names, std::string_view name) {
  return among(std::span(names.begin(), names.size()), name);
}

void check_among(std::string_view format, const Settings& options, std::span<const std::string_view> known,
                 OptionFaults& faults) {
  for (const auto& [option, value] : options.members()) {
    if (among(known, option)) continue;
    faults.add(option, known.empty()
                           ? fmt::format("is unknown: {} has no options; remove it", format)
                           : fmt::format("is no option of {}; known are: {}", format, fmt::join(known, ", ")));
  }
}

}  // namespace

std::optional<bool> parse_switch(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte + ('a' - 'A')) : byte; });
  if (among({"true", "yes", "on", "1"}, lower)) {
    return true;
  }
  if (among({"false", "no", "off", "0"}, lower)) {
    return false;
  }
  return std::nullopt;
}

void check_switch(const Settings& options, const std::string& option, OptionFaults& faults) {
  const Setting* value = options.find(option);
  if (value == nullptr || parse_switch(options.text(option))) return;
  faults.add(option, value->if_text() == nullptr
                         ? "must be true or false, not a list or a mapping"
                         : fmt::format("must be true or false, not \"{}\"", options.text(option)));
}

void check_text(const Settings& options, const std::string& option, std::string_view what, OptionFaults& faults) {
  if (options.contains(option) && options.text(option).empty()) {
    faults.add(option, fmt::format("must be {}", what));
  }
}

void check_texts(const Settings& options, const std::string& option, std::string_view what, OptionFaults& faults) {
  const Setting* value = options.find(option);
  if (value == nullptr) return;
  if (value->texts().empty()) {
    faults.add(option, fmt::format("must be {}", what));
    return;
  }
  if (value->if_list() == nullptr) return;
  for (std::size_t i = 0; i < value->if_list()->size(); ++i) {
    if ((*value->if_list())[i].if_text() == nullptr) {
      faults.add(fmt::format("{}[{}]", option, i), fmt::format("is no text; {} must be {}", option, what));
    }
  }
}

void check_known(std::string_view format, const Settings& options, std::initializer_list<std::string_view> known,
                 OptionFaults& faults) {
  check_among(format, options, std::span(known.begin(), known.size()), faults);
}

void check_known(std::string_view format, const Settings& options, std::span<const Option> table,
                 OptionFaults& faults) {
  std::vector<std::string_view> known;
  for (const Option& one : table) known.push_back(one.name);
  check_among(format, options, known, faults);
}

OptionFaults check_has_none(std::string_view format, const Settings& options) {
  OptionFaults faults;
  check_known(format, options, {}, faults);
  return faults;
}

}  // namespace dray::format
