// Separators in file_format.config: text in which escapes may stand for bytes that YAML makes hard to write.
//
// \n \r \t \v \f \0 \\ and \xHH are understood; YAML in double quotes has put the byte itself already, which is the
// same. Any other text stands for itself. Pure; any thread.
#pragma once

#include <string>
#include <string_view>

namespace dray::format {

std::string parse_separator(std::string_view text);

}  // namespace dray::format
