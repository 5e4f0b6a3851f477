# The program's version as a source. At build time, and written anew only if it changed: a commit relinks, nothing else.
# Called with -DSOURCE=<checkout> -DVERSION=<project's> -DOUT=<file>.
# Without git, or without a checkout of our own (an archive, perhaps unpacked inside some other checkout), it is the
# project's version alone.
set(version "${VERSION}")
find_program(GIT git)
if(GIT)
  execute_process(COMMAND ${GIT} -C ${SOURCE} rev-parse --show-toplevel
                  OUTPUT_VARIABLE top ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
  get_filename_component(here ${SOURCE} REALPATH)
  if(NOT failed AND top STREQUAL here)
    execute_process(COMMAND ${GIT} -C ${SOURCE} describe --tags --always --abbrev=10 --dirty
                    OUTPUT_VARIABLE commit ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE failed)
    if(NOT failed AND commit AND NOT commit STREQUAL "v${VERSION}")
      string(APPEND version " (git ${commit})")
    endif()
  endif()
endif()
set(text "// Made by cmake/version.cmake.
#include \"app/cli.h\"

namespace dray::app {
const char* const kVersion = \"${version}\";
}  // namespace dray::app
")
set(before "")
if(EXISTS ${OUT})
  file(READ ${OUT} before)
endif()
if(NOT before STREQUAL text)
  file(WRITE ${OUT} "${text}")
endif()
