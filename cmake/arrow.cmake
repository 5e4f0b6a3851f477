# Apache Arrow for dray-parquet: fetched once into build/arrow, shared by all build trees. Gives Arrow::parquet.
# Debian has no Arrow. The wheel of pyarrow holds the very libraries and headers; pip checks it against the hash in
# arrow_requirements.txt. Its Python half is unpacked too, into DRAY_PYARROW, for the second opinions of tests/golden.
# Why only the helper program links it: docs/decisions/0007-parquet-in-a-program-of-its-own.md
set(DRAY_ARROW_SOVERSION 2600)

function(dray_arrow_failed reason)
  message(FATAL_ERROR "Apache Arrow, which reads parquet objects, could not be had: ${reason}\n"
          "It is fetched once, by `python3 -m pip download` (Debian: python3-pip), into ${PROJECT_SOURCE_DIR}/build/arrow. "
          "pip's own settings apply (PIP_INDEX_URL, PIP_FIND_LINKS, HTTPS_PROXY).\n"
          "Without a network: configure with -DDRAY_PARQUET=OFF; everything but parquet objects works.")
endfunction()

# Leaves the unpacked wheel in `root`. A stamp is written last, so that a broken run is done again.
function(dray_fetch_arrow platform root)
  set(requirements ${PROJECT_SOURCE_DIR}/cmake/arrow_requirements.txt)
  file(SHA256 ${requirements} wanted)
  string(APPEND wanted " with python")  # what is unpacked of the wheel
  file(MAKE_DIRECTORY ${root})
  file(LOCK ${root} DIRECTORY GUARD FUNCTION TIMEOUT 900 RESULT_VARIABLE locked)
  if(locked)
    dray_arrow_failed("another configure run holds ${root}: ${locked}")
  endif()
  if(EXISTS ${root}/stamp)
    file(READ ${root}/stamp present)
    if(present STREQUAL wanted)
      return()
    endif()
  endif()
  find_package(Python3 COMPONENTS Interpreter)
  if(NOT Python3_FOUND)
    dray_arrow_failed("there is no python3")
  endif()
  message(STATUS "Fetching Apache Arrow (55 MB, once)")
  file(GLOB older LIST_DIRECTORIES true ${root}/pyarrow-*.dist-info)  # its name has the version
  file(REMOVE_RECURSE ${root}/wheel ${root}/pyarrow ${older})
  execute_process(
    COMMAND ${Python3_EXECUTABLE} -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all:
            --require-hashes --implementation cp --python-version 311 --platform ${platform}
            --dest ${root}/wheel --requirement ${requirements}
    RESULT_VARIABLE result ERROR_VARIABLE said)
  if(NOT result EQUAL 0)
    string(STRIP "${said}" said)
    dray_arrow_failed("${said}")
  endif()
  file(GLOB wheel ${root}/wheel/pyarrow-*.whl)
  file(ARCHIVE_EXTRACT INPUT ${wheel} DESTINATION ${root} PATTERNS
       "pyarrow/include/*" "pyarrow/*.so" "pyarrow/*.so.*" "pyarrow/*.py" "pyarrow-*.dist-info/licenses/*")
  file(REMOVE_RECURSE ${root}/wheel)
  file(WRITE ${root}/stamp ${wanted})
endfunction()

if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|aarch64)$")
  dray_arrow_failed("there is no build for ${CMAKE_SYSTEM_PROCESSOR}")
endif()
set(arrow_root ${PROJECT_SOURCE_DIR}/build/arrow/${CMAKE_SYSTEM_PROCESSOR})
dray_fetch_arrow(manylinux_2_28_${CMAKE_SYSTEM_PROCESSOR} ${arrow_root})

set(DRAY_PYARROW ${arrow_root})
# Installed with a slash behind it: were it empty, that would be the root of the file system.
file(GLOB DRAY_ARROW_LICENSES LIST_DIRECTORIES true ${arrow_root}/pyarrow-*.dist-info/licenses)
list(LENGTH DRAY_ARROW_LICENSES count)
if(NOT count EQUAL 1)
  dray_arrow_failed("${arrow_root} has ${count} folders of its licences; remove it and configure again")
endif()

foreach(library arrow parquet)
  add_library(Arrow::${library} SHARED IMPORTED)
  set_target_properties(Arrow::${library} PROPERTIES
    IMPORTED_LOCATION ${arrow_root}/pyarrow/lib${library}.so.${DRAY_ARROW_SOVERSION}
    IMPORTED_SONAME lib${library}.so.${DRAY_ARROW_SOVERSION}
    INTERFACE_INCLUDE_DIRECTORIES ${arrow_root}/pyarrow/include)
endforeach()
target_link_libraries(Arrow::parquet INTERFACE Arrow::arrow)
