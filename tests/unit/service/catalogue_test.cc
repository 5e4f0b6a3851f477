#include "service/catalogue.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace dray::service {
namespace {

TEST(Catalogue, HoldsEveryFileOfServicesByteForByte) {
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(DRAY_SOURCE_DIR "/services")) {
    ++files;
    std::ostringstream text;
    text << std::ifstream(file.path()).rdbuf();
    const CatalogueEntry* entry = find_in_catalogue(file.path().stem().string());
    ASSERT_NE(entry, nullptr) << file.path();
    EXPECT_EQ(entry->yaml, text.str());
  }
  EXPECT_EQ(catalogue().size(), files);
  EXPECT_EQ(find_in_catalogue("custom_service"), nullptr);
}

}  // namespace
}  // namespace dray::service
