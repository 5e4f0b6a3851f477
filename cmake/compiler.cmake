# dray_options: the flags of all our code. Assertions (DRAY_ASSERT) are independent of NDEBUG and stay on in release.
add_library(dray_options INTERFACE)
target_compile_options(dray_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast -Werror
  -fno-omit-frame-pointer)

if(DRAY_SANITIZE)
  target_compile_options(dray_options INTERFACE -fsanitize=${DRAY_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(dray_options INTERFACE -fsanitize=${DRAY_SANITIZE})
endif()
if(DRAY_FUZZ)
  target_compile_options(dray_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(DRAY_CCACHE ccache)
if(DRAY_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${DRAY_CCACHE})
endif()
