// `dray formats [NAME]`: the catalogues of formats (file_format.type) and codecs (encoding), from the code itself.
#pragma once

#include <string>

namespace dray::app {

struct FormatsCommand {
  std::string name;       // "" = list them
  bool markdown = false;  // all of them, as a page
};

// All formats with their options, and the codecs.
std::string formats_markdown();

// Returns the exit code.
int show_formats(const FormatsCommand& command);

}  // namespace dray::app
