# dray_options: the flags of all our code. Assertions (DRAY_ASSERT) are independent of NDEBUG and stay on in release.
add_library(dray_options INTERFACE)
target_compile_options(dray_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast -Werror
  -fno-omit-frame-pointer)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # g++ 12's own stable_sort uses what its library calls deprecated, and clang blames the caller. g++ watches our calls.
  target_compile_options(dray_options INTERFACE -Wno-deprecated-declarations)
endif()

if(DRAY_SANITIZE)
  target_compile_options(dray_options INTERFACE -fsanitize=${DRAY_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(dray_options INTERFACE -fsanitize=${DRAY_SANITIZE})
endif()
if(DRAY_FUZZ)
  target_compile_options(dray_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# Link-time optimisation is for the program and the benches alone: the objects carry both forms ("fat"), so that the many test
# binaries link in the ordinary, quick way. dray_lto is what those programs link.
add_library(dray_lto INTERFACE)
if(DRAY_LTO AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(dray_options INTERFACE -flto=auto -ffat-lto-objects)
  target_link_options(dray_lto INTERFACE -O2 -flto=auto)
  add_link_options(-fno-lto)  # comes before the target's own options, of which the last counts
endif()

find_program(DRAY_CCACHE ccache)
if(DRAY_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${DRAY_CCACHE})
endif()
