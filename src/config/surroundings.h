// Surroundings: all that reading a configuration may touch outside the text: environment, files, the place of the
// directories.
//
// system_surroundings() is the machine; tests and the fuzz target give their own, so that they touch nothing. Any
// thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/expand.h"
#include "service/definition_fault.h"

namespace dray::config {

struct FileText {
  std::string text;
  bool open_to_others = false;  // group or others may read it
};

struct Surroundings {
  Environment environment;
  // Regular files only, of at most 4 MiB; an error's message says why not, without the path.
  std::function<Result<FileText>(const std::string& path)> read_file;
  // Holds certs/, credentials/ and state/; "" is the working directory.
  std::string directory;
  // What those who make services ready say against a definition (decode/ready_service.h); empty: nobody is asked.
  service::FaultsOf faults_of;
};

Surroundings system_surroundings();

// The path that `written` means: itself if absolute, else below `folder` (certs, credentials, or "") of the directory.
std::string placed(const Surroundings& around, std::string_view folder, const std::string& written);

}  // namespace dray::config
