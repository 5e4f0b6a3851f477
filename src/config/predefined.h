// The predefined services (services/*.yaml, built into the binary), parsed.
//
// Each is parsed once, when it is first asked for; a fault in one of these files is our own bug and ends the process (a
// unit test parses them all). Thread-safe.
#pragma once

#include <string_view>
#include <vector>

#include "service/definition.h"

namespace dray::config {

// nullptr if there is none of that name. Lives as long as the program.
const service::Definition* predefined(std::string_view name);
// In the order of their names.
const std::vector<service::Definition>& all_predefined();
// Fills `members` from the names in any_of: for a definition that the user wrote or changed.
void resolve_members(service::Definition& definition);

}  // namespace dray::config
