#include "parquet/program.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <system_error>

namespace dray::parquet {
namespace {

constexpr const char* kVariable = "DRAY_PARQUET_HELPER";
constexpr const char* kCure =
    "; without it parquet objects cannot be read. Build dray with -DDRAY_PARQUET=ON (the default), which makes the "
    "program dray-parquet beside dray, or install both with cmake --install";

bool is_program(const std::filesystem::path& path) {
  return ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

Result<std::string> find_program() {
  // Read once a parquet object and never written: no thread of dray changes the environment.
  if (const char* named = std::getenv(kVariable);
      named != nullptr && *named != '\0') {  // NOLINT(concurrency-mt-unsafe)
    if (is_program(named)) return std::string(named);
    return Error{ErrorKind::later, "parquet_unavailable",
                 std::string(kVariable) + " names " + named + ", which is no program" + kCure};
  }
  std::error_code fault;
  const std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe", fault).parent_path();
  const auto beside = here / "dray-parquet";
  const auto installed = here.parent_path() / "libexec" / "dray" / "dray-parquet";
  for (const auto& path : {beside, installed}) {
    if (is_program(path)) return path.string();
  }
  return Error{ErrorKind::later, "parquet_unavailable",
               "there is no " + beside.string() + " and no " + installed.string() + kCure};
}

}  // namespace dray::parquet
