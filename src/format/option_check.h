// Checks of file_format.config that the formats share. Errors are {config, "bad_option"} and name the format, the
// option and what is allowed. Pure; any thread.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/settings.h"
#include "format/splitter.h"

namespace dray::format {

// true, yes, on, 1 and their opposites in any case, as YAML and Python configurations write them.
std::optional<bool> parse_switch(std::string_view text);

// Ok if the option is absent or a switch.
Status check_switch(std::string_view format, const Settings& options, const std::string& option);

// Complains about the first option that is not among the known ones. `lacking` are options of the product that change
// the events and that this version does not have.
Status check_known(std::string_view format, const Settings& options, std::initializer_list<std::string_view> known,
                   std::initializer_list<std::string_view> lacking = {});

// The same for a format whose table of options says all that it knows.
Status check_known(std::string_view format, const Settings& options, std::span<const Option> table);

}  // namespace dray::format
