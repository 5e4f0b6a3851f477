#include "app/formats_command.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace dray::app {
namespace {

namespace fs = std::filesystem;

TEST(FormatsCommand, TheCommittedPageIsTheCatalogue) {
  const std::string made = formats_markdown();
  const std::ifstream file(fs::path(DRAY_SOURCE_DIR) / "docs/formats-reference.md", std::ios::binary);
  std::ostringstream committed;
  committed << file.rdbuf();
  if (made == committed.str()) return;
  FAIL() << "docs/formats-reference.md is not what src/format and src/codec say; take the new text with: dray formats "
            "--markdown > docs/formats-reference.md";
}

}  // namespace
}  // namespace dray::app
