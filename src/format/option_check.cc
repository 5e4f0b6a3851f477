#include "format/option_check.h"

#include <algorithm>

#include <fmt/format.h>

namespace dray::format {
namespace {

Error bad_option(std::string message) {
  return {ErrorKind::config, "bad_option", std::move(message)};
}

bool among(std::initializer_list<std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
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

Status check_switch(std::string_view format, const Settings& options, const std::string& option) {
  if (!options.contains(option) || parse_switch(options.text(option))) {
    return {};
  }
  return bad_option(fmt::format("file_format {}: config.{} is \"{}\"; allowed are true and false", format, option,
                                options.text(option)));
}

Status check_known(std::string_view format, const Settings& options, std::initializer_list<std::string_view> known,
                   std::initializer_list<std::string_view> lacking) {
  for (const auto& [option, value] : options.members()) {
    if (among(lacking, option)) {
      return bad_option(fmt::format("file_format {}: config.{} changes the events and is not supported yet; remove it",
                                    format, option));
    }
    if (!among(known, option)) {
      return bad_option(
          known.size() == 0
              ? fmt::format("file_format {}: config.{} is unknown; this format has no options", format, option)
              : fmt::format("file_format {}: config.{} is unknown; known are: {}", format, option,
                            fmt::join(known, ", ")));
    }
  }
  return {};
}

Status check_known(std::string_view format, const Settings& options, std::span<const Option> table) {
  for (const auto& [option, value] : options.members()) {
    if (std::none_of(table.begin(), table.end(), [&](const Option& one) { return one.name == option; })) {
      std::string known;
      for (const Option& one : table) {
        known += fmt::format("{}{}", known.empty() ? "known are: " : ", ", one.name);
      }
      return bad_option(fmt::format("file_format {}: config.{} is unknown; {}", format, option,
                                    known.empty() ? "this format has no options" : known));
    }
  }
  return {};
}

}  // namespace dray::format
