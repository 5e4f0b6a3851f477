// DefinitionFault: one thing for which a service definition cannot be made ready, and where in it that stands.
//
// Told by those who compile definitions (route/, decode/), which see no file; config/ knows the lines. Values; any
// thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "service/definition.h"

namespace dray::service {

struct DefinitionFault {
  std::string path;     // from the definition on: line_filter_rules[0][1].pattern
  std::string message;  // what is wrong and what is allowed, without the path
  // Another key of the definition that would have to be right first: the variables of a template. May be empty.
  std::string depends_on{};
};

// All faults of a definition whose `members` are resolved.
using FaultsOf = std::function<std::vector<DefinitionFault>(const Definition&)>;

// For those who cannot say the line: the service and the path stand before the message.
inline Error as_error(const Definition& definition, const DefinitionFault& fault) {
  return {ErrorKind::config, "bad_definition", "service " + definition.name + ": " + fault.path + ": " + fault.message};
}

}  // namespace dray::service
