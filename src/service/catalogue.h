// The texts of services/*.yaml, built into the binary by cmake/services.cmake. config/predefined.h parses them.
//
// Constant data; any thread.
#pragma once

#include <span>
#include <string_view>

namespace dray::service {

struct CatalogueEntry {
  std::string_view name;  // aws_sqs_vpc: the file's name without .yaml
  std::string_view yaml;  // the whole file
};

// In the order of their names.
std::span<const CatalogueEntry> catalogue();
// nullptr if there is none of that name.
const CatalogueEntry* find_in_catalogue(std::string_view name);

}  // namespace dray::service
