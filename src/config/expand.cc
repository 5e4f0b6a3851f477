#include "config/expand.h"

#include <fmt/format.h>

#include <algorithm>

namespace dray::config {
namespace {

bool is_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Error fault(std::string message) {
  return {ErrorKind::config, "bad_variable", std::move(message)};
}

// `inside` is what stands between `${` and `}`.
Result<std::string> value_of(std::string_view inside, const Environment& environment) {
  const std::size_t mark = inside.find(":-");
  const std::string name(inside.substr(0, mark));
  if (!is_name(name)) {
    return fault(
        "\"${...}\" needs the name of an environment variable (letters, digits, _); write \"$${\" for a literal "
        "\"${\"");
  }
  auto value = environment ? environment(name) : std::nullopt;
  if (mark != std::string_view::npos && (!value || value->empty())) return std::string(inside.substr(mark + 2));
  if (!value)
    return fault(fmt::format("the environment variable {0} is not set; set it or write ${{{0}:-default}}", name));
  return std::move(*value);
}

}  // namespace

Result<std::string> expand(std::string_view text, const Environment& environment) {
  std::string out;
  while (true) {
    const std::size_t at = text.find("${");
    if (at == std::string_view::npos) break;
    if (at > 0 && text[at - 1] == '$') {
      out.append(text.substr(0, at - 1)).append("${");
      text.remove_prefix(at + 2);
      continue;
    }
    const std::size_t end = text.find('}', at);
    if (end == std::string_view::npos) return fault(R"("${" without "}"; write "$${" for a literal "${")");
    auto value = value_of(text.substr(at + 2, end - at - 2), environment);
    if (!value) return std::move(value).error();
    out.append(text.substr(0, at)).append(*value);
    text.remove_prefix(end + 1);
  }
  return out.append(text);
}

}  // namespace dray::config
