#include "app/services_command.h"

#include <cstdio>
#include <string_view>

#include "app/exit_codes.h"
#include "config/predefined.h"
#include "service/catalogue.h"

namespace dray::app {

int show_services(const ServicesCommand& command) {
  if (command.name.empty()) {
    for (const service::Definition& definition : config::all_predefined()) {
      std::printf("%-24s %s\n", definition.name.c_str(), definition.summary.c_str());
    }
    return kExitDone;
  }
  const service::CatalogueEntry* entry = service::find_in_catalogue(command.name);
  if (entry == nullptr) {
    std::fprintf(stderr, "dray: there is no predefined service %s; `dray services` lists them.\n",
                 command.name.c_str());
    return kExitUsage;
  }
  std::fwrite(entry->yaml.data(), 1, entry->yaml.size(), stdout);
  return kExitDone;
}

}  // namespace dray::app
