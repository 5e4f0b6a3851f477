// Checks of file_format.config that the formats share. Each adds what is wrong to `faults`; an option that is absent is
// good. Pure; any thread.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/settings.h"
#include "format/option_faults.h"
#include "format/splitter.h"

namespace dray::format {

// true, yes, on, 1 and their opposites in any case, as YAML and Python configurations write them.
std::optional<bool> parse_switch(std::string_view text);

void check_switch(const Settings& options, const std::string& option, OptionFaults& faults);

// A text that is not empty, and `what` says which; no list and no mapping.
void check_text(const Settings& options, const std::string& option, std::string_view what, OptionFaults& faults);

// A text, or a list of texts that is not empty.
void check_texts(const Settings& options, const std::string& option, std::string_view what, OptionFaults& faults);

// Every option is one of the known ones.
void check_known(std::string_view format, const Settings& options, std::initializer_list<std::string_view> known,
                 OptionFaults& faults);

// The same for a format whose table of options says all that it knows.
void check_known(std::string_view format, const Settings& options, std::span<const Option> table, OptionFaults& faults);

// Of a format without options.
OptionFaults check_has_none(std::string_view format, const Settings& options);

}  // namespace dray::format
