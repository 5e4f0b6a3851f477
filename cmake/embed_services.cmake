# Script: writes OUT, a C++ source that holds the texts of FILES as service::catalogue(). See services.cmake.
list(SORT FILES)
set(entries "")
foreach(path IN LISTS FILES)
  get_filename_component(name ${path} NAME_WE)
  file(READ ${path} text)
  if(text MATCHES "\\)yaml\"")
    message(FATAL_ERROR "${path} holds the end mark of a raw string")
  endif()
  string(APPEND entries "    {\"${name}\", R\"yaml(${text})yaml\"},\n")
endforeach()
file(WRITE ${OUT} "// Generated from services/*.yaml by cmake/embed_services.cmake.
#include \"service/catalogue.h\"

namespace dray::service {
namespace {

constexpr CatalogueEntry kCatalogue[] = {
${entries}};

}  // namespace

std::span<const CatalogueEntry> catalogue() { return kCatalogue; }

}  // namespace dray::service
")
