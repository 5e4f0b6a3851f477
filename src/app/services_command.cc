#include "app/services_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "app/exit_codes.h"
#include "app/standard_output.h"
#include "app/try_services.h"
#include "config/predefined.h"

namespace dray::app {
namespace {

constexpr std::string_view kIndent = "        ";  // inputs: ▸ NAME: ▸ services: ▸ NAME: ▸ here, two each

std::string tag_of(const service::Definition& definition) {
  if (!definition.routing_template.empty()) return definition.routing_template;
  return fmt::format("any of {} services", definition.any_of.size());
}

std::string list() {
  std::size_t name_width = 0;
  std::size_t summary_width = 0;
  for (const service::Definition& definition : config::all_predefined()) {
    name_width = std::max(name_width, definition.name.size());
    summary_width = std::max(summary_width, definition.summary.size());
  }
  std::string text;
  for (const service::Definition& definition : config::all_predefined()) {
    text += fmt::format("{:<{}}  {:<{}}  {}\n", definition.name, name_width, definition.summary, summary_width,
                        tag_of(definition));
  }
  return text;
}

}  // namespace

std::string pasteable(const service::CatalogueEntry& entry) {
  std::string text = fmt::format("    services:\n      {}:\n", entry.name);
  std::string_view rest = entry.yaml;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (!line.empty()) text += kIndent;
    for (std::size_t i = 0; i < line.size(); ++i) {
      // In a configuration ${NAME} would be taken from the environment.
      if (line.substr(i).starts_with("${")) text += '$';
      text += line[i];
    }
    text += '\n';
  }
  return text;
}

int show_services(const ServicesCommand& command) {
  std::string text;
  if (command.name.empty()) {
    text = list();
  } else if (const service::CatalogueEntry* entry = service::find_in_catalogue(command.name)) {
    text = pasteable(*entry);
  } else {
    std::fputs(no_such_service(command.name).c_str(), stderr);
    return kExitUsage;
  }
  return write_stdout(text, kExitDone);
}

}  // namespace dray::app
