#include "app/standard_output.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "app/exit_codes.h"

namespace dray::app {

int write_stdout(std::string_view text, int exit_code) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EPIPE) return exit_code;
    std::fprintf(stderr, "dray: standard output: %s\n", std::strerror(errno));
    return exit_code == kExitDone ? kExitWorkLeft : exit_code;
  }
  return exit_code;
}

}  // namespace dray::app
