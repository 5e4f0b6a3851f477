#include "base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace dray {

void assertion_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr,
               "dray: assertion failed: %s (%s:%d). This is a bug in dray; nothing was deleted because of it.\n",
               condition, file, line);
  std::abort();
}

}  // namespace dray
