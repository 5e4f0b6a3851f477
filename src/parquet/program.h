// Where dray-parquet is: $DRAY_PARQUET_HELPER, else beside dray's own binary, else in ../libexec/dray of it.
#pragma once

#include <string>

#include "base/result.h"

namespace dray::parquet {

// {later, "parquet_unavailable"}: nowhere; the message says where it was looked for and how to get it.
Result<std::string> find_program();

}  // namespace dray::parquet
